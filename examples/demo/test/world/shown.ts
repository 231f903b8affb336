import type { BrowserContext, FrameLocator, Page } from 'playwright-core'

/** What all frames of a page hold: their markup with shadow roots, and what stands in form fields. */
export async function everythingShown(page: Page): Promise<string> {
  const texts = await Promise.all(
    page.frames().map((frame) =>
      frame.evaluate(() => {
        const textOf = (root: Document | ShadowRoot): string => {
          const all = [...root.querySelectorAll('*')]
          const markup = root instanceof Document ? root.documentElement.outerHTML : root.innerHTML
          const fields = all.map((found) => ('value' in found ? String(found.value) : ''))
          const inside = all.map(({ shadowRoot }) => (shadowRoot ? textOf(shadowRoot) : ''))
          return [document.title, markup, ...fields, ...inside].join('\n')
        }
        return textOf(document)
      }),
    ),
  )
  return texts.join('\n')
}

/** Everything that the browser keeps: cookies, local and session storage, IndexedDB, caches, service workers, `name`. */
export async function everythingStored(context: BrowserContext): Promise<string> {
  const state = await context.storageState({ indexedDB: true })
  const frames = context.pages().flatMap((page) => page.frames())
  const rest = await Promise.all(
    frames.map((frame) =>
      frame.evaluate(async () => {
        const cached: string[] = []
        for (const name of await caches.keys())
          for (const request of await (await caches.open(name)).keys()) cached.push(name, request.url)
        const workers = await navigator.serviceWorker.getRegistrations()
        return JSON.stringify({
          local: { ...localStorage },
          session: { ...sessionStorage },
          databases: await indexedDB.databases(),
          workers: workers.map(({ scope }) => scope),
          name: window.name,
          history: history.state,
          cookie: document.cookie,
          cached,
        })
      }),
    ),
  )
  return [JSON.stringify(state), ...rest].join('\n')
}

/** The accounts in the widget, a line each. */
export function rowsOf(widget: FrameLocator): Promise<string[]> {
  return widget
    .getByRole('listitem')
    .evaluateAll((items) =>
      items.map((item) => [...item.querySelectorAll('span')].map((part) => part.textContent).join(' | ')),
    )
}
