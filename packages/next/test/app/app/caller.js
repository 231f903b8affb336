'use client'

import { createElement } from 'react'

/** The action's other way into the page: a function that client code calls. */
export function Caller({ mint }) {
  return createElement('button', { type: 'button', onClick: () => mint() }, 'by script')
}
