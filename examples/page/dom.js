/** The element with this id. */
export const element = (id) => document.getElementById(id)

/** Makes an element: `make('li', { class: 'row' }, 'text', child)`. Text is never read as HTML. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/** Runs the action at each click, once at a time. The button keeps the focus meanwhile. */
export function onClick(button, action) {
  let busy = false
  button.addEventListener('click', async () => {
    if (busy) return
    busy = true
    button.setAttribute('aria-busy', 'true')
    try {
      await action()
    } finally {
      busy = false
      button.removeAttribute('aria-busy')
    }
  })
}

/** `09:41:07` */
export const timeOf = (ms) => new Date(ms).toLocaleTimeString('en-GB')
