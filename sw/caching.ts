import { PrecacheController, type PrecacheEntry } from 'workbox-precaching'

/** The page addresses of the contract, which all open offline; anything else is the server's to answer. */
const PAGES = /^\/(?:(?:notes|cards|collections)\/[^/]+|trash|settings)?$/
const SHELL = '/index.html'

/**
 * Workbox keeps the files of this version and answers from them; which request is for one of them is a look into its
 * list, for which its router, made for many routes, would cost a twentieth of the worker. Must be called in the
 * worker's first turn.
 */
export function serveOffline(
  scope: ServiceWorkerGlobalScope,
  manifest: readonly (PrecacheEntry | string)[],
): void {
  const files = new PrecacheController()
  files.precache([...manifest])
  scope.addEventListener('fetch', (event) => {
    const { request } = event
    if (request.method !== 'GET') return
    const { origin, pathname, search } = new URL(request.url)
    if (origin !== scope.location.origin) return
    const isPage = request.mode === 'navigate' && PAGES.test(pathname)
    const cacheKey = files.getCacheKeyForURL(isPage ? SHELL : pathname + search)
    if (cacheKey === undefined) return
    const wanted = isPage ? new Request(SHELL) : request
    event.respondWith(files.strategy.handle({ event, request: wanted, params: { cacheKey } }))
  })
}
