import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { etag } from 'hono/etag'
import type { Deps, Env } from './env.ts'
import { page } from './pages.ts'

/** The app's addresses; every other path is a file of the build or nothing. */
const PAGES = ['/', '/notes/:id', '/cards/:id', '/collections/:id', '/trash', '/settings']

const FOREVER = 'public, max-age=31536000, immutable'

/** The built client. Names under /assets carry a hash of their content; all else is asked for anew each time. */
export function staticRoutes({ distDir }: Deps): Hono<Env> {
  const routes = new Hono<Env>()
  const built = () => existsSync(join(distDir, 'index.html'))
  // Looked for at the first request and not before: the client may be built while the server runs.
  let files: ReturnType<typeof serveStatic<Env>> | null = null
  let index: ReturnType<typeof serveStatic<Env>> | null = null

  routes.use('*', etag(), async (c, next) => {
    await next()
    if (c.res.ok) c.header('Cache-Control', c.req.path.startsWith('/assets/') ? FOREVER : 'no-cache')
  })
  for (const path of PAGES) {
    routes.get(path, async (c, next) => {
      if (!built()) {
        return c.html(
          page('Pawkit is not built yet', 'The server runs, but the app was not built. Run: npm start'),
          503,
        )
      }
      index ??= serveStatic<Env>({ root: distDir, path: 'index.html' })
      return index(c, next)
    })
  }
  routes.use('*', async (c, next) => {
    if (!built()) return next()
    files ??= serveStatic<Env>({ root: distDir })
    return files(c, next)
  })
  return routes
}
