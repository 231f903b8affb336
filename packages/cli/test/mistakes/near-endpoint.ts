import { alice, application, path } from './application.js'
import { closedPort, envWith, type Mistake } from './mistake.js'

/** What stands between the doctor and the endpoint, or in its place. */
export const nearEndpointMistakes: readonly Mistake[] = [
  {
    name: 'an application that crashes at the request',
    setUp: () => application(({ app }) => app.use((request) => void request.socket.resetAndDestroy())),
    id: 'endpoint',
    status: 'fail',
    found: /ends the connection without an answer \(ECONNRESET\)/,
    todo: /the process has crashed/,
  },
  {
    name: 'an application that is not running',
    setUp: async () => ({
      env: await envWith(),
      args: ['--endpoint', `http://localhost:${await closedPort()}${path}`],
    }),
    id: 'endpoint',
    status: 'fail',
    found: /nothing listens at localhost/,
  },
  {
    name: 'a front-end server that answers every path with its page',
    setUp: () =>
      application(({ app }) =>
        app.use((_request, response) => response.type('html').send('<div id="root"></div>')),
      ),
    id: 'endpoint',
    status: 'fail',
    found: /a web page/,
    todo: /port of your backend/,
  },
  {
    name: 'a middleware that redirects to the sign-in page',
    setUp: () =>
      application(({ app }) => app.use((_request, response) => response.redirect('/login?next=/secret'))),
    id: 'endpoint',
    status: 'fail',
    found: /redirect \(302\) to \/login:/,
  },
  {
    name: 'an address that the server needs without its last slash',
    setUp: () =>
      application(
        ({ app }) => app.use((request, response) => response.redirect(308, request.path.replace(/\/$/, ''))),
        { path: `${path}/` },
      ),
    id: 'endpoint',
    status: 'fail',
    found: /redirect \(308\) to the same endpoint/,
    todo: /Ask http:\/\/127\.0\.0\.1:\d+\/api\/tesouro\/widget-token, and give the page/,
  },
  {
    name: 'an interceptor that wraps the answer',
    setUp: () =>
      application(({ app, tokens, sessions }) =>
        app.post(
          path,
          sessions,
          async (_request, response) => void response.json({ data: await tokens.mintWidgetToken(alice) }),
        ),
      ),
    id: 'endpoint',
    status: 'fail',
    found: /without a widgetToken \(members: data\)/,
    todo: /interceptor/,
  },
  {
    name: 'a middleware that never goes on',
    setUp: () => application(({ app }) => app.use(() => {})),
    id: 'endpoint',
    status: 'fail',
    found: /does not answer within 5 s/,
    todo: /never calls next/,
  },
]
