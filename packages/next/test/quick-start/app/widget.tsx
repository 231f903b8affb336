'use client'

import type { WidgetToken } from '@tesouro-tokens/next'

/** Stands for the vendor's component. */
export function Widget({ initialToken }: { initialToken: WidgetToken | null }) {
  return <output>{initialToken?.exp}</output>
}
