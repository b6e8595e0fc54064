import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { sql } from 'kysely'
import { LIMITS } from '../src/core/limits.ts'
import { authRoutes } from './auth-routes.ts'
import { refuseCrossOrigin } from './http/cross-origin.ts'
import type { Deps, Env } from './http/env.ts'
import { onError, onMissing, refuse } from './http/errors.ts'
import { checkHost } from './http/host.ts'
import { logRequests } from './http/log.ts'
import { measureRequests } from './http/measure.ts'
import { page } from './http/pages.ts'
import { limitSignIn } from './http/rate-limit.ts'
import { Refusal } from './http/refusal.ts'
import { security } from './http/security.ts'
import { requireSession } from './http/session.ts'
import { staticRoutes } from './http/static.ts'
import { createWriteOnce } from './http/write-once.ts'
import { metricsRoutes } from './metrics-routes.ts'
import { openApi } from './openapi.ts'
import { RESOURCES } from './rest/resources.ts'
import { restRoutes } from './rest/routes.ts'
import { syncRoutes } from './sync/routes.ts'

const tooLarge = () => new Refusal(413, 'too_large', 'The request is larger than 8 MiB.')

/** Everything the server answers, without a socket. */
export function createApp(deps: Deps): Hono<Env> {
  const app = new Hono<Env>()
  app.onError(onError)
  app.notFound((c) => {
    const api = c.req.path === '/api' || c.req.path.startsWith('/api/')
    return api ? onMissing(c) : c.html(page('Nothing here', 'There is nothing at this address.', '/'), 404)
  })

  app.use(requestId({ generator: deps.world.newId }))
  app.use(logRequests(deps))
  app.use(measureRequests(deps))
  app.use(security(deps))
  app.use('/api/*', async (c, next) => {
    await next()
    c.header('Cache-Control', 'no-store')
  })
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const headers = { Allow: methods.join(', ') }
        return refuse(
          c,
          new Refusal(405, 'method_not_allowed', `This address answers ${headers.Allow}.`, { headers }),
        )
      },
    }),
  )
  app.use(checkHost(deps))
  app.use(refuseCrossOrigin(deps))
  app.use(bodyLimit({ maxSize: LIMITS.requestBytes, onError: (c) => refuse(c, tooLarge()) }))

  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    if (deps.draining()) throw new Refusal(503, 'stopping', 'The server is stopping.')
    await sql`select 1`.execute(deps.db)
    return c.json({ status: 'ok' })
  })
  app.route('/metrics', metricsRoutes(deps))

  app.use('/api/auth/*', limitSignIn(deps))
  app.route('/api/auth', authRoutes(deps))
  app.get('/api/openapi.json', (c) => c.json(openApi()))

  app.use('/api/*', requireSession(deps))
  const writeOnce = createWriteOnce(deps)
  for (const resource of RESOURCES)
    app.route(`/api/${resource.plural}`, restRoutes(resource, deps, writeOnce))
  app.route('/api/sync', syncRoutes(deps))

  app.route('/', staticRoutes(deps))
  return app
}
