import type { FrameworkFirst } from './framework-first.js'

/** express.json(), Nest's parser on Express, the parser of Next's pages/api: the limits of all are under 2 MiB. */
const bodyParser: FrameworkFirst = { malformedJson: 400, undeclaredOver8KiB: 200, undeclared2MiB: 413 }

const typesOfNestOnFastify = ['text/plain', 'application/x-www-form-urlencoded']
const fastify: FrameworkFirst = {
  ...bodyParser,
  emptyJson: 400,
  methodsWithBody: ['POST', 'PUT', 'DELETE', 'OPTIONS'],
  unsupportedType: (type = '') => (typesOfNestOnFastify.includes(type) ? undefined : 415),
}

/** Next lets no other method through to a route handler. */
const nextRoute: FrameworkFirst = { otherMethods: 405 }
const nextEdgeRoute: FrameworkFirst = { ...nextRoute, waitsForBody: true }

/** With what each framework answers before an adapter is asked: the rows of `frameworkFirst` that differ. */
export const behind: Readonly<
  Record<'bodyParser' | 'fastify' | 'nextRoute' | 'nextEdgeRoute', FrameworkFirst>
> = { bodyParser, fastify, nextRoute, nextEdgeRoute }
