import { Module } from '@nestjs/common'
import { AuthController } from './auth.controller.js'
import { Customers } from './customers.js'

@Module({ controllers: [AuthController], providers: [Customers], exports: [Customers] })
export class AuthModule {}
