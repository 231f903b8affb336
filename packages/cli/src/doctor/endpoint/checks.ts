import type { Secrets } from '../../terminal/secrets.js'
import { type Check, result } from '../check.js'
import { asPage } from './as-page.js'
import { forms } from './forms.js'
import { identities } from './identities.js'
import type { EndpointOptions } from './options.js'
import { origins } from './origins.js'
import { strangers } from './strangers.js'
import { Target } from './target.js'
import { tokens } from './tokens.js'

/** The user's own endpoint: first as their page, then as an attacker. */
export function endpointChecks(
  options: EndpointOptions,
  widgetSecret: string | undefined,
  secrets: Secrets,
): readonly Check[] {
  const target = new Target(options, widgetSecret, secrets)
  return [asPage, strangers, identities, origins, forms, tokens].map((make) =>
    unlessSilent(make(target), target),
  )
}

/** An endpoint that does not answer is not checked. */
function unlessSilent(check: Check, target: Target): Check {
  return {
    ...check,
    run: (context) =>
      target.silent ? result(check.id, 'skip', 'the endpoint', 'it does not answer') : check.run(context),
  }
}
