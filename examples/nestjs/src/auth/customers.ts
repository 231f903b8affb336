import { Injectable } from '@nestjs/common'
import { ConfigService } from '@nestjs/config'
import type { TesouroUser } from '@tesouro-tokens/nestjs'

/** A customer of the example. `sub` never changes; `email` is one that the bank has verified. */
export interface Customer extends TesouroUser {
  name: string
}

/** Stands for your table of users. The platform looks them up by e-mail address: there, take two that it knows. */
@Injectable()
export class Customers {
  readonly all: readonly Customer[]

  constructor(config: ConfigService) {
    this.all = [
      { sub: 'u_ana', email: config.get('ANA_EMAIL') || 'ana@bank.example', name: 'Ana' },
      { sub: 'u_bruno', email: config.get('BRUNO_EMAIL') || 'bruno@bank.example', name: 'Bruno' },
    ]
  }
}
