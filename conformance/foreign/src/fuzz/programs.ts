import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCli } from '@tesouro-tokens/cli'
import { createTesouroTokens, unsecuredSubjectToken } from '@tesouro-tokens/core'
import fc from 'fast-check'
import { type Fuzzer, hold } from './fuzzer.js'
import { damaged, text } from './values.js'

const widgetSecret = '0f1e2d3c4b5a6978'.repeat(4)
const env = { TESOURO_WIDGET_SECRET: widgetSecret, TESOURO_CLIENT_ID: 'client-1' }

interface Printed {
  code: number
  text: string
}

/** Runs the command line in this process. */
async function printedBy(
  args: readonly string[],
  given: { cwd?: string; env?: { readonly [name: string]: string } },
): Promise<Printed> {
  let printed = ''
  const write = (part: string): void => {
    printed += part
  }
  const code = await runCli(args, {
    out: write,
    error: write,
    read: async () => '',
    columns: 80,
    color: false,
    progress: false,
    env: {},
    cwd: tmpdir(),
    now: () => Date.now(),
    nodeVersion: process.versions.node,
    interrupted: Promise.resolve(),
    ...given,
  })
  return { code, text: printed }
}

/** Nothing of it moves the cursor or rings a bell, and no secret is shown. */
function holdPrintable({ code, text: printed }: Printed): void {
  hold([0, 1, 2].includes(code), `ended with ${code}`)
  hold(/^[^\p{Cc}\u2028\u2029]*$/u.test(printed.replaceAll('\n', '')), `printed ${JSON.stringify(printed)}`)
  hold(!printed.includes(widgetSecret), 'shows the widget secret')
}

/** Tokens that somebody has pasted. */
export const pasted: Fuzzer = {
  name: 'inspect',
  property: () => {
    const token = fc.oneof(text, fc.constantFrom(signed, minted).chain(damaged))
    return fc.asyncProperty(token, async (given) => {
      holdPrintable(await printedBy(['inspect', '--', given], { env }))
    })
  },
}

/** `.env` files. */
export const envFiles: Fuzzer = {
  name: '.env',
  property: () => {
    const good = `TESOURO_WIDGET_SECRET=${widgetSecret}\nTESOURO_CLIENT_ID="client-1" # mine\nexport A='b\nc'\n`
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.oneof(text, damaged(good)).map((one) => Buffer.from(one)),
    )
    return fc.asyncProperty(bytes, async (given) => {
      const folder = mkdtempSync(join(tmpdir(), 'tesouro-fuzz-'))
      try {
        writeFileSync(join(folder, '.env'), given)
        const { code, text: printed } = await printedBy(['inspect', 'a.b.c'], { cwd: folder })
        holdPrintable({ code, text: printed })
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  },
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const signed = `${part({ alg: 'ES256' })}.${part({ sub: 'a', email: 'a@b.c', exp: 2e9 })}.c2lnbmF0dXJl`
const { widgetToken: minted } = await createTesouroTokens({
  environment: 'sandbox',
  clientId: 'client-1',
  clientSecret: 'canary-of-the-client',
  widgetSecret,
  subjectToken: unsecuredSubjectToken(),
}).mintWidgetToken({ sub: 'alice', email: 'alice@bank.example' })
