import { requestHost, type WidgetTokenRequestHeaders } from '@tesouro-tokens/core'
import { expect, test } from 'vitest'

test.each<[name: string, headers: WidgetTokenRequestHeaders, trusted: boolean, host: string | undefined]>([
  ['a proxy that nobody trusts', { host: 'inner', 'x-forwarded-host': 'evil.example' }, false, 'inner'],
  ['a proxy that is trusted', { host: 'inner', 'x-forwarded-host': 'bank.example' }, true, 'bank.example'],
  ['several proxies', { host: 'inner', 'x-forwarded-host': 'bank.example, middle' }, true, 'bank.example'],
  ['a list of one', { host: ['inner'], 'x-forwarded-host': ['bank.example'] }, true, 'bank.example'],
  ['an empty value', { host: 'inner', 'x-forwarded-host': '' }, true, 'inner'],
  ['null', { host: 'inner', 'x-forwarded-host': null }, true, 'inner'],
  ['HTTP/2', { ':authority': 'bank.example' }, false, 'bank.example'],
  ['another case', { Host: 'bank.example' }, false, 'bank.example'],
  ['Headers', new Headers({ host: 'bank.example' }), false, 'bank.example'],
  ['Headers without it', new Headers(), true, undefined],
  ['nothing', {}, true, undefined],
])('the host is misread behind %s', (_, headers, trusted, host) => {
  expect(requestHost(headers, trusted)).toBe(host)
})
