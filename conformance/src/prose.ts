import { readTracked } from './markdown.js'

/** More words than this in a sentence, and it has to be read twice. */
export const longestSentence = 35

/** Words and turns that have a plainer one. Only what is never right in these pages: a check with exceptions is not read. */
const plainer: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bwho(m)?ever\b/i, 'anybody who'],
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\bbeside\b/i, 'next to'],
  [/\banew\b/i, 'again'],
  [/\bunawares\b/i, 'without knowing'],
  [/\bin passing\b/i, 'for a passing reason'],
  [/\bwants\b/i, 'needs'],
  [/\b(is|are|was|were) wanted\b/i, 'needed'],
  [/\b(is|are|was|were|be) told\b/i, 'receives, or hears'],
  [/\btells? of\b/i, 'reports'],
  [/\b(has|have|is|are) over\b/i, 'has ended, or has expired'],
  [/\b(thereby|hence|whilst|shall|upon|therein|lest)\b/i, 'a word of today'],
  [/\b(in order to|prior to|utili[sz]e[sd]?|leverag(e[sd]?|ing)|seamless(ly)?)\b/i, 'to, before, use'],
  [/\b(simply|obviously|of course|needless to say)\b/i, 'nothing'],
]

/** The sentences of a page: of its paragraphs, list items and cells; not of code, headings and what a tool has written. */
export function sentencesOf(page: string): string[] {
  const text = readTracked(page)
    .replace(/^---\n[\s\S]*?\n---$/m, '')
    .replace(/^<!-- ([\w ]+) -->$[\s\S]*?^<!-- \/\1 -->$/gm, '')
    .replace(/^<!-- .* begins here -->$[\s\S]*?^<!-- .* ends here -->$/gm, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/^ *(```|~~~)[\s\S]*?^ *\1.*$/gm, '')
    .replace(/``.+?``|`[^`]*`/g, 'X')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
  return unitsOf(text).flatMap((unit) => unit.split(/(?<=(?<!\b(?:e\.g|i\.e|etc|vs))[.!?][*)]*)\s+/))
}

function unitsOf(text: string): string[] {
  const units: string[] = []
  let paragraph: string[] = []
  const end = (): void => {
    if (paragraph.length > 0) units.push(paragraph.join(' '))
    paragraph = []
  }
  for (const line of text.split('\n')) {
    const item = /^\s*(?:[-*]|\d+\.)\s+(.*)$/.exec(line)
    if (line.startsWith('|')) {
      end()
      units.push(...line.split('|').map((cell) => cell.trim()))
    } else if (item?.[1] !== undefined) {
      end()
      paragraph = [item[1]]
    } else if (line.trim() === '' || line.startsWith('#')) {
      end()
    } else {
      paragraph.push(line.trim())
    }
  }
  end()
  return units.filter((unit) => unit !== '')
}

/** The sentences of a source file's comments: not of code in them, nor of tags such as `@param`. */
export function sentencesOfComments(file: string): string[] {
  const comments = readTracked(file).matchAll(/\/\*([\s\S]*?)\*\/|(?<=^|\s)\/\/(.*)$/gm)
  return [...comments].flatMap(([, block, line]) =>
    (block ?? line ?? '')
      .replace(/```[\s\S]*?```/g, '')
      .replace(/^\s*\* ?/gm, ' ')
      .replace(/\s+/g, ' ')
      .replace(/`[^`]*`/g, 'X')
      .split(/(?<=[.!?])\s+|@\w+ /),
  )
}

/** What somebody who reads this sentence for the first time stumbles over. */
export function stumblesIn(sentence: string): string[] {
  const words = sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
  const long = words > longestSentence ? [`${words} words in one sentence`] : []
  const odd = plainer.flatMap(([pattern, instead]) => {
    const [found] = pattern.exec(sentence) ?? []
    return found === undefined ? [] : [`"${found}" (plainer: ${instead})`]
  })
  return [...long, ...odd]
}
