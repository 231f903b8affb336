import { Controller, Get, Module } from '@nestjs/common'
import { HealthCheck, type HealthCheckResult, HealthCheckService, TerminusModule } from '@nestjs/terminus'
import { TesouroTokensHealthIndicator } from '@tesouro-tokens/nestjs'

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly tesouro: TesouroTokensHealthIndicator,
  ) {}

  /** For whatever watches the process. It asks nothing of the platform and tells nothing secret. */
  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.tesouro.isHealthy('tesouro')])
  }
}

@Module({ imports: [TerminusModule], controllers: [HealthController] })
export class HealthModule {}
