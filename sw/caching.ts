import { createHandlerBoundToURL, type PrecacheEntry, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

/** The page addresses of the contract, which all open offline; anything else is the server's to answer. */
export const PAGES = [/^\/$/, /^\/(?:notes|cards|collections)\/[^/]+$/, /^\/trash$/, /^\/settings$/]

/** Must be called in the worker's first turn. */
export function serveOffline(manifest: (PrecacheEntry | string)[]): void {
  precacheAndRoute(manifest)
  registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { allowlist: PAGES }))
}
