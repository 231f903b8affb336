import { element, make, timeOf } from './dom.js'
import { members, otherMember } from './members.js'
import { send } from './requests.js'
import { thisVisit } from './visit.js'

const partNames = ['header', 'encrypted key', 'IV', 'ciphertext', 'tag']

/** Lets the sandbox open a widget token, and shows what is in it. */
export async function open(platform, widgetToken) {
  const visit = thisVisit()
  const { ok, body } = await send('POST', `${platform}/__sandbox/open`, { widgetToken }, { signal: visit })
  if (!ok || visit.aborted) return
  element('opened').hidden = false
  element('opened-parts').replaceChildren(...parts(widgetToken))
  element('opened-groups').replaceChildren(
    group('Header', members.header, body.header),
    group('Members', members.payload, { ...body.payload, subject_token: 'a JWT' }),
    group('Subject token', members.subject, { ...body.subjectToken?.header, ...body.subjectToken?.claims }),
  )
}

export function clear() {
  element('opened').hidden = true
  element('opened-parts').replaceChildren()
  element('opened-groups').replaceChildren()
}

/** The five parts of a JWE (RFC 7516): how each begins, and how long it is. */
function parts(widgetToken) {
  return widgetToken
    .split('.')
    .map((part, index) =>
      make(
        'span',
        { class: `part part-${index}` },
        make('code', {}, part.length > 14 ? `${part.slice(0, 12)}…` : part),
        make('small', {}, `${partNames[index]}, ${part.length}`),
      ),
    )
}

function group(title, sentences, values) {
  const list = make('dl')
  for (const [name, value] of Object.entries(values)) {
    list.append(
      make(
        'div',
        {},
        make('dt', {}, make('code', {}, name)),
        make('dd', { class: 'value' }, make('code', {}, readable(name, value))),
        make('dd', { class: 'why' }, sentences[name] ?? otherMember),
      ),
    )
  }
  return make('section', { class: 'group' }, make('h3', {}, title), list)
}

const readable = (name, value) =>
  (name === 'iat' || name === 'exp') && typeof value === 'number'
    ? `${value} (${timeOf(value * 1000)})`
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)
