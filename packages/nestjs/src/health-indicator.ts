import { Inject, Injectable } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import type { TesouroTokens, TesouroTokensHealth } from '@tesouro-tokens/core'
import { getTesouroTokensToken } from './injection.js'

/** How the tokens of a registration are, in the form of `@nestjs/terminus`. */
export interface TesouroTokensHealthStatus extends Omit<TesouroTokensHealth, 'healthy'> {
  status: 'up' | 'down'
}

/**
 * An indicator for health checks by `@nestjs/terminus`. It costs one cache operation at most, sends nothing to
 * the platform and tells nothing secret. It reports a bypassed cache, which does not make it `down`.
 *
 * @example
 * ```ts
 * import { Controller, Get, Inject } from '@nestjs/common'
 * import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus'
 * import { TesouroTokensHealthIndicator } from '@tesouro-tokens/nestjs'
 *
 * @Controller('health')
 * export class HealthController {
 *   constructor(
 *     @Inject(HealthCheckService) readonly health: HealthCheckService,
 *     @Inject(TesouroTokensHealthIndicator) readonly tesouro: TesouroTokensHealthIndicator,
 *   ) {}
 *
 *   @Get()
 *   @HealthCheck()
 *   check(): Promise<HealthCheckResult> {
 *     return this.health.check([() => this.tesouro.isHealthy('tesouro')])
 *   }
 * }
 * ```
 */
@Injectable()
export class TesouroTokensHealthIndicator {
  @Inject(ModuleRef) private readonly moduleRef!: ModuleRef

  /** `key` is what the result is filed under; `name` that of the registration. */
  async isHealthy<Key extends string>(
    key: Key,
    name?: string,
  ): Promise<Record<Key, TesouroTokensHealthStatus>> {
    const tokens = this.moduleRef.get<TesouroTokens>(getTesouroTokensToken(name), { strict: false })
    const { healthy, ...more } = await tokens.health()
    return { [key]: { status: healthy ? 'up' : 'down', ...more } } as Record<Key, TesouroTokensHealthStatus>
  }
}
