/** One file of the app; `revision` is left out where its name changes with its content. */
export interface AppFile {
  readonly url: string
  readonly revision?: string
}

/** The files of this version of the app, kept on the device. */
export interface AppFiles {
  /** Fetches what is not here yet; rejects where one file cannot be had, and the version is not installed then. */
  install(): Promise<void>
  /** Removes those of the version before. */
  clear(): Promise<void>
  /** The answer to a request for one of them or for a page of the app; null: it is the server's. */
  answer(request: Request): Promise<Response> | null
}

/** The page addresses of the contract, which all open offline; anything else is the server's to answer. */
const PAGES = /^\/(?:(?:notes|cards|collections)\/[^/]+|trash|settings)?$/
const SHELL = '/index.html'
/**
 * Keeps the files of this version of the app and answers from them. All are there before the worker is installed;
 * those of the version before go when it is activated, since until then its pages need them. Workbox's precaching does
 * the same for any site; its plugins, strategies and routes would take a sixth of the worker's 25 kB, which sync needs.
 */
export function appFiles(scope: ServiceWorkerGlobalScope, files: readonly AppFile[]): AppFiles {
  const { origin } = scope.location
  /** Under which key a file of this version is stored, by its path. */
  const kept = new Map<string, string>()
  for (const { url, revision } of files) {
    const address = new URL(url, origin)
    const path = address.pathname
    if (revision) address.searchParams.set('__WB_REVISION__', revision)
    kept.set(path, address.href)
  }
  /** As Workbox named it, and its keys, so that what an earlier Pawkit has stored is not fetched again. */
  const opened = (): Promise<Cache> => caches.open(`workbox-precache-v2-${scope.registration.scope}`)

  /** The browser may have taken single files back, or refuse its caches altogether: then there is the network. */
  const stored = async (key: string): Promise<Response | undefined> => {
    try {
      return await (await opened()).match(key)
    } catch {
      return undefined
    }
  }

  const install = async (): Promise<void> => {
    const cache = await opened()
    const missing = async ([path, key]: [string, string]): Promise<void> => {
      if (await cache.match(key)) return
      // What may be in the browser's own cache under the name of one with a revision is of an older version.
      const answer = await fetch(path, { cache: key.includes('?') ? 'reload' : 'default' })
      // A redirect is a sign-in page of some proxy, and a browser refuses it as the answer to a navigation.
      if (!answer.ok || answer.redirected) throw new TypeError(`${path}: ${answer.status}`)
      await cache.put(key, answer)
    }
    await Promise.all([...kept].map(missing))
  }

  return {
    install,

    async clear() {
      const cache = await opened()
      const wanted = new Set(kept.values())
      const old = (await cache.keys()).filter(({ url }) => !wanted.has(url))
      await Promise.all(old.map((request) => cache.delete(request)))
      // One that was activated while this one was being installed has taken its new files for old. Not awaited: pages wait
      // for the activation, which must not wait for the network.
      void install().catch(() => {})
    },

    answer({ method, mode, url }) {
      const { origin: asked, pathname, search } = new URL(url)
      if (method !== 'GET' || asked !== origin) return null
      const isPage = mode === 'navigate' && PAGES.test(pathname)
      const path = isPage ? SHELL : pathname
      const key = kept.get(path)
      if (!key || (search && !isPage)) return null
      return stored(key).then((found) => found ?? fetch(path))
    },
  }
}
