import { expect, test } from 'vitest'
import { linksOf } from '../src/links.js'
import { readTracked } from '../src/markdown.js'

interface Question {
  readonly question: string
  /** The pages that a reader clicks to, beginning in the README. */
  readonly clicks: readonly string[]
  /** What the last page says. */
  readonly answer: RegExp
}

const index = 'docs/README.md'
const questions: readonly Question[] = [
  {
    question: 'How do I rotate secrets?',
    clicks: [index, 'docs/secret-managers.md'],
    answer: /^## Changing a secret$/m,
  },
  {
    question: 'We have several client ids.',
    clicks: [index, 'docs/several-client-ids.md'],
    answer: /tokens: tokensFor/,
  },
  { question: 'Does it run on Vercel?', clicks: [index, 'docs/fleet.md'], answer: /\bVercel\b/ },
  {
    question: 'How do I test without the platform?',
    clicks: ['docs/testing-your-code.md'],
    answer: /startSandbox\(\)/,
  },
  {
    question: 'Which events are there?',
    clicks: [index, 'docs/access-tokens.md'],
    answer: /^## Events$[\s\S]*onEvent/m,
  },
  {
    question: 'Which metrics are there?',
    clicks: ['packages/opentelemetry/README.md'],
    answer: /^## Metrics$[\s\S]*tesouro_tokens\.exchange\.duration/m,
  },
  {
    question: 'What should wake somebody?',
    clicks: ['docs/operations.md'],
    answer: /^## What to watch$[\s\S]*wake somebody/m,
  },
  { question: 'How large must Redis be?', clicks: ['docs/fleet.md'], answer: /^## Sizing$/m },
  {
    question: 'Why do I get 429?',
    clicks: ['docs/troubleshooting.md'],
    answer: /^### `rate_limited`\n\n429/m,
  },
  {
    question: 'We use Fastify, or AWS Lambda.',
    clicks: ['docs/frameworks.md'],
    answer: /^## Fastify$[\s\S]*^## AWS Lambda$/m,
  },
  {
    question: 'What do I do at logout?',
    clicks: [index, 'docs/access-tokens.md'],
    answer: /^## Logout$[\s\S]*forgetUser\(/m,
  },
  {
    question: 'How do I set up EmbeddedProvider?',
    clicks: [index, 'docs/in-the-page.md'],
    answer: /<EmbeddedProvider\n[\s\S]*widgetTokenRefreshUrl=/,
  },
  {
    question: 'What may an update change?',
    clicks: ['docs/upgrading.md'],
    answer: /^## What a version may change$/m,
  },
  {
    question: 'How do I report a vulnerability?',
    clicks: ['SECURITY.md'],
    answer: /^## Reporting a vulnerability$/m,
  },
  {
    question: 'My page is on another port.',
    clicks: [index, 'docs/from-another-origin.md'],
    answer: /another port/,
  },
  {
    question: 'The widget stays empty.',
    clicks: ['docs/troubleshooting.md'],
    answer: /^### The widget stays empty$/m,
  },
]

test.each(questions)('a reader of the README does not find out: $question', ({ clicks, answer }) => {
  expect(clicks.length).toBeLessThanOrEqual(2)
  let page = 'README.md'
  for (const next of clicks) {
    expect(
      linksOf(page).map(({ file }) => file),
      `${page} does not link there`,
    ).toContain(next)
    page = next
  }
  expect(readTracked(page)).toMatch(answer)
})

test('the README is longer than what somebody reads who decides', () => {
  expect(readTracked('README.md').split('\n').length).toBeLessThanOrEqual(200)
})
