import axe from 'axe-core'
import type { Frame, Page } from 'playwright-core'

declare global {
  interface Window {
    axe: typeof axe
  }
}

/** What axe finds wrong in the page and in each frame of it, once nothing moves any more. */
export async function violationsIn(page: Page): Promise<string[]> {
  return (await Promise.all(page.frames().map(violationsInFrame))).flat()
}

async function violationsInFrame(frame: Frame): Promise<string[]> {
  await frame.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
  // as a debugger would: the content security policy of the page stays as it is
  await frame.evaluate(axe.source)
  return frame.evaluate(async () => {
    const { violations, passes } = await window.axe.run(document, { iframes: false })
    if (passes.length === 0) return ['axe has checked nothing']
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`),
    )
  })
}

/** What is wider than the window, in each frame. */
export async function tooWideIn(page: Page): Promise<string[]> {
  const answers = await Promise.all(
    page.frames().map((frame) =>
      frame.evaluate(() => {
        const { clientWidth, scrollWidth } = document.documentElement
        const wide = [...document.querySelectorAll('*')].filter(
          (found) => found.getBoundingClientRect().right > clientWidth + 0.5 && found.checkVisibility(),
        )
        return [
          ...(scrollWidth > clientWidth ? [`scrolls to ${scrollWidth} px of ${clientWidth} px`] : []),
          ...wide.map((found) => `${found.tagName} ${found.id} ${found.className}`),
        ]
      }),
    ),
  )
  return answers.flat()
}

/** Names of the controls that can be seen. */
export function controlsIn(page: Page): Promise<string[]> {
  return page
    .locator('a[href], button, input, select, textarea, summary, [tabindex="0"]')
    .filter({ visible: true })
    .evaluateAll((all) =>
      all.map((found) => found.id || found.ariaLabel || found.textContent || found.tagName),
    )
}

/** The controls at which the Tab key stops on its way from the top of the page, and whether one can see it. */
export async function tabStopsIn(page: Page, most: number): Promise<{ name: string; visible: boolean }[]> {
  const stops: { name: string; visible: boolean }[] = []
  await page.evaluate(() => {
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute('tabindex')
  })
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      let focused = document.activeElement
      for (let inner = focused; inner; ) {
        focused = inner
        const root = inner instanceof HTMLIFrameElement ? inner.contentDocument : inner.shadowRoot
        inner = root?.activeElement ?? null
      }
      if (focused === null || focused === document.body) return undefined
      const { outlineStyle, outlineWidth } = getComputedStyle(focused)
      return {
        name: focused.id || focused.ariaLabel || focused.textContent || focused.tagName,
        visible: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1,
      }
    })
    if (stop === undefined) break
    stops.push(stop)
  }
  return stops
}
