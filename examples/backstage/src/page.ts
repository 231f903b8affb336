import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The page that the examples share. (Bundlers would take `new URL('../../page', …)` for a file to be bundled.) */
export const pageFolder: string = join(fileURLToPath(import.meta.url), '../../../page')

/** The package that the page imports, as it is published: modules that browsers take as they are. */
export const browserPackageFolder: string = join(
  fileURLToPath(import.meta.url),
  '../../../../packages/browser/dist',
)
/** The path under which pages find it. */
export const browserPackagePath = '/tesouro-tokens-browser'

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** A file of the page, for frameworks that serve no folder of their own accord. */
export async function pageFile(
  name: string,
): Promise<{ type: string; content: Uint8Array<ArrayBuffer> } | undefined> {
  const [, ofPackage, file = '', ending = ''] =
    /^(tesouro-tokens-browser\/)?([a-z-]+\.([a-z]+))$/.exec(name) ?? []
  const type = types[ending]
  if (type === undefined) return undefined
  const folder = ofPackage === undefined ? pageFolder : browserPackageFolder
  const content = await readFile(join(folder, file)).catch(() => undefined)
  return content && { type, content }
}

/** What the page has to know about where it runs. */
export interface PlatformFacts {
  /** Origin of the platform that the server talks to. */
  platform: string
  /** The platform is the sandbox on this machine, which can be asked to misbehave. */
  sandbox: boolean
  /** Origin of a page that is none of ours, where the demo has started one. */
  neighbour: string | null
  /** Origin of the published snippet, where the demo has started it to be attacked. */
  whatNotToDo: string | null
}

export const platform: PlatformFacts = platformFacts(process.env)

function platformFacts(env: NodeJS.ProcessEnv): PlatformFacts {
  const hosted =
    env.TESOURO_ENVIRONMENT === 'production' ? 'https://api.tesouro.com' : 'https://api.sandbox.tesouro.com'
  const { origin, hostname } = new URL(env.TESOURO_BASE_URL || hosted)
  const originOf = (url: string | undefined): string | null => (url ? new URL(url).origin : null)
  return {
    platform: origin,
    sandbox: /^(?:localhost|127\.|\[::1\])/.test(hostname),
    neighbour: originOf(env.NEIGHBOUR_ORIGIN),
    whatNotToDo: originOf(env.WHAT_NOT_TO_DO_ORIGIN),
  }
}

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  `connect-src 'self' ${platform.platform} ${platform.whatNotToDo ?? ''}`.trim(),
  `frame-src 'self' ${platform.neighbour ?? ''}`.trim(),
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/** For every file of the page. Nothing is stored, so that nothing is left to go back to after a logout. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}
