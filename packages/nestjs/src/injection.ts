import { Inject, type InjectionToken } from '@nestjs/common'
import { TesouroTokens } from '@tesouro-tokens/core'

/**
 * The injection token of a registration's tokens, for `inject` lists, `moduleRef.get` and `overrideProvider`:
 * the class `TesouroTokens` for the registration without a name.
 */
export function getTesouroTokensToken(name?: string): InjectionToken<TesouroTokens> {
  return name === undefined ? TesouroTokens : Symbol.for(`TesouroTokens(${name})`)
}

export function getRegistrationToken(name?: string): symbol {
  return Symbol.for(`TesouroTokensRegistration(${name ?? ''})`)
}

/**
 * Injects the tokens of the registration of that name.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common'
 * import { InjectTesouroTokens, TesouroTokens } from '@tesouro-tokens/nestjs'
 *
 * @Injectable()
 * export class Payouts {
 *   constructor(@InjectTesouroTokens('north') readonly tokens: TesouroTokens) {}
 * }
 * ```
 */
export function InjectTesouroTokens(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getTesouroTokensToken(name))
}
