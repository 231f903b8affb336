import { STATUS_CODES } from 'node:http'
import { HttpException } from '@nestjs/common'

/** A problem document (RFC 9457) to be thrown, of the form that the widget token endpoint has too. */
export class Problem extends HttpException {
  readonly headers: Record<string, string>

  constructor(status: number, code: string, detail: string, retryAfter?: string | number | null) {
    super({ type: 'about:blank', title: STATUS_CODES[status], status, detail, code }, status)
    this.headers = retryAfter ? { 'retry-after': String(retryAfter) } : {}
  }
}
