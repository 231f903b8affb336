import { expect, test } from 'vitest'
import { trackedFiles } from '../src/markdown.js'
import { longestSentence, sentencesOf, sentencesOfComments, stumblesIn } from '../src/prose.js'

/** Written by tools, from docstrings and changesets. */
const written = /^docs\/api\/|^tools\/messages\/|\/CHANGELOG\.md$/
const pages = trackedFiles('*.md').filter((page) => !written.test(page))

test('there is nothing to read', () => {
  expect(sentencesOf('README.md').length).toBeGreaterThan(40)
})

const stumbles = (sentences: readonly string[]): string[] =>
  sentences.flatMap((sentence) =>
    stumblesIn(sentence).map((stumble) => `${stumble}: ${sentence.slice(0, 160)}`),
  )

test.each(pages)('%s has to be read twice', (page) => {
  expect(stumbles(sentencesOf(page))).toEqual([])
})

test('a message of a package has to be read twice', () => {
  const messages = sentencesOf('tools/messages/messages.md').filter((sentence) => !/\bUsage:/.test(sentence))
  expect(messages.length).toBeGreaterThan(500)
  expect(stumbles(messages)).toEqual([])
})

test('a comment or a docstring has to be read twice', () => {
  const files = trackedFiles('packages/*/src/*.ts')
  expect(files.length).toBeGreaterThan(200)
  expect(
    files.flatMap((file) => stumbles(sentencesOfComments(file)).map((found) => `${file}: ${found}`)),
  ).toEqual([])
})

test('a long sentence, or a word that has a plainer one, is not noticed', () => {
  const words = (count: number): string => 'word '.repeat(count).trim()
  expect(stumblesIn(words(longestSentence))).toEqual([])
  expect(stumblesIn(words(longestSentence + 1))).toHaveLength(1)
  expect(stumblesIn('Whoever failed has told of it.')).toHaveLength(1)
  expect(stumblesIn('It wants a key beside the secret.')).toHaveLength(2)
})
