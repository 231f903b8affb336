import { element } from './dom.js'
import './widget.js'

const { user, platform, sandbox } = await (await fetch('/api/demo')).json()

if (user !== null) {
  const widget = document.createElement('tesouro-widget')
  Object.assign(widget, { user, platform, sandbox })
  for (const name of ['token', 'ended'])
    widget.addEventListener(name, ({ detail }) =>
      parent.postMessage({ widget: name, detail }, location.origin),
    )
  element('place').append(widget)
}

addEventListener('pagehide', () => element('place').replaceChildren())
