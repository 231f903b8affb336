import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Repairs links whose anchor has a number too many. The generator takes a method's anchor to be its name after that of
 * its class, and so `Sandbox.stats()` and `SandboxStats` to be the same; the page names the method alone.
 *
 * @param {string} folder
 */
export async function repairAnchors(folder) {
  /** @type {Map<string, string>} */
  const pages = new Map()
  for (const page of await readdir(folder)) pages.set(page, await readFile(join(folder, page), 'utf8'))
  const anchors = new Map([...pages].map(([page, text]) => [page, anchorsOf(text)]))

  for (const [page, text] of pages) {
    const repaired = text.replaceAll(/\]\(([^)#\s]*)#([^)]+?)(-\d+)\)/g, (link, target, anchor, number) => {
      const there = anchors.get(target || page)
      return there?.has(anchor) && !there.has(anchor + number) ? `](${target}#${anchor})` : link
    })
    if (repaired !== text) await writeFile(join(folder, page), repaired)
  }
}

/**
 * @param {string} text
 * @returns {Set<string>} what can be linked to, as GitHub names it
 */
function anchorsOf(text) {
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id))
  for (const [, heading = ''] of text.matchAll(/^#+ (.+)$/gm)) {
    const name = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    let anchor = name
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${name}-${count}`
    anchors.add(anchor)
  }
  return anchors
}
