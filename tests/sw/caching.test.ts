import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type AppFiles, appFiles } from '../../sw/caching.ts'
import { driveFiles } from '../../sw/driver.ts'
import { eventually } from '../support/eventually.ts'

const ORIGIN = 'https://pawkit.example'
const SCOPE = { location: new URL(`${ORIGIN}/sw.js`), registration: { scope: `${ORIGIN}/` } }
const scope = SCOPE as unknown as ServiceWorkerGlobalScope

/** The browser's store of answers, which Node has not: by address, as the worker uses it. */
class Store {
  readonly kept = new Map<string, Response>()
  refuses = false

  async open(): Promise<this> {
    if (this.refuses) throw new DOMException('The caches are turned off.', 'SecurityError')
    return this
  }
  async match(key: string): Promise<Response | undefined> {
    return this.kept.get(key)?.clone()
  }
  async put(key: string, answer: Response): Promise<void> {
    this.kept.set(key, answer)
  }
  async keys(): Promise<{ url: string }[]> {
    return [...this.kept.keys()].map((url) => ({ url }))
  }
  async delete({ url }: { url: string }): Promise<boolean> {
    return this.kept.delete(url)
  }
}

let store: Store
let asked: (readonly [string, RequestCache | undefined])[]
let network: (path: string) => Response
beforeEach(() => {
  store = new Store()
  asked = []
  network = (path) => new Response(`${path} of the network`)
  vi.stubGlobal('caches', store)
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    asked.push([path, init?.cache])
    return network(path)
  })
})
afterEach(() => vi.unstubAllGlobals())

/** `index.html` has a revision, the script its content's hash in its name. */
const version = (revision: string): AppFiles =>
  appFiles(scope, [{ url: '/index.html', revision }, { url: '/assets/app-1a2b.js' }])
const request = (path: string, rest: Partial<Request> = {}): Request =>
  ({ method: 'GET', mode: 'no-cors', url: new URL(path, ORIGIN).href, ...rest }) as Request
const words = async (files: AppFiles, path: string, rest?: Partial<Request>) =>
  (await files.answer(request(path, rest)))?.text()

describe('the app’s own files', () => {
  test('all are fetched, past the browser’s own cache where a name does not tell the content', async () => {
    await version('1').install()
    expect(asked.sort()).toEqual([
      ['/assets/app-1a2b.js', 'default'],
      ['/index.html', 'reload'],
    ])
    expect(store.kept.size).toBe(2)
  })

  test('what is here already is not fetched again; what is of an older version goes once that is over', async () => {
    await version('1').install()
    asked = []
    const next = version('2')
    await next.install()
    expect(asked).toEqual([['/index.html', 'reload']])
    expect(store.kept.size).toBe(3)
    await next.clear()
    expect([...store.kept.keys()].sort()).toEqual([
      `${ORIGIN}/assets/app-1a2b.js`,
      `${ORIGIN}/index.html?__WB_REVISION__=2`,
    ])
  })

  test('what a version took that was activated meanwhile is there again, and offline nothing fails for it', async () => {
    const [second, third] = [version('2'), version('3')]
    await third.install()
    await second.clear()
    network = () => {
      throw new TypeError('offline')
    }
    await third.clear()
    network = (path) => new Response(`${path} of the network`)
    await third.clear()
    await eventually(() => expect(store.kept.has(`${ORIGIN}/index.html?__WB_REVISION__=3`)).toBe(true))
  })

  test.each<[string, () => Response]>([
    ['is not there', () => new Response('', { status: 404 })],
    [
      'is a sign-in page of some proxy',
      () => Object.defineProperty(new Response('Sign in'), 'redirected', { value: true }),
    ],
  ])('a version of which one file %s is not installed', async (_, answer) => {
    network = (path) => (path === '/index.html' ? answer() : new Response('well'))
    await expect(version('1').install()).rejects.toThrow('/index.html')
    expect(store.kept.has(`${ORIGIN}/index.html?__WB_REVISION__=1`)).toBe(false)
  })

  test('pages of the app and its files are answered from here', async () => {
    const files = version('1')
    await files.install()
    asked = []
    for (const page of ['/', '/notes/x', '/cards/x', '/trash', '/settings?part=sync'])
      expect(await words(files, page, { mode: 'navigate' }), page).toBe('/index.html of the network')
    expect(await words(files, '/assets/app-1a2b.js')).toBe('/assets/app-1a2b.js of the network')
    expect(asked).toEqual([])
  })

  test('everything else is the server’s', async () => {
    const files = version('1')
    const others: readonly [string, Partial<Request>?][] = [
      ['/notes/x', { method: 'POST', mode: 'navigate' }],
      ['https://elsewhere.example/index.html'],
      ['/api/sync/changes'],
      ['/notes/x'],
      ['/nothing/here', { mode: 'navigate' }],
      ['/assets/app-1a2b.js?v=2'],
    ]
    for (const [path, rest] of others) expect(files.answer(request(path, rest)), path).toBe(null)
  })

  test('a file that the browser took back, or caches that it refuses: then there is the network', async () => {
    const files = version('1')
    await files.install()
    store.kept.clear()
    network = (path) => new Response(`${path} again`)
    expect(await words(files, '/', { mode: 'navigate' })).toBe('/index.html again')
    store.refuses = true
    expect(await words(files, '/assets/app-1a2b.js')).toBe('/assets/app-1a2b.js again')
  })

  test('the worker is installed with all of them, cleans up when it takes over, and answers only for its own', async () => {
    const listeners = new Map<string, (event: unknown) => void>()
    const listening = {
      addEventListener: (type: string, listener: (event: unknown) => void) => listeners.set(type, listener),
    }
    driveFiles(listening as unknown as ServiceWorkerGlobalScope, version('1'))
    const work: Promise<unknown>[] = []
    const waitUntil = (more: Promise<unknown>): void => void work.push(more)
    store.kept.set(`${ORIGIN}/old.js`, new Response('old'))
    listeners.get('install')?.({ waitUntil })
    await Promise.all(work)
    listeners.get('activate')?.({ waitUntil })
    await Promise.all(work)
    expect(store.kept.size).toBe(2)
    const answers: Promise<Response>[] = []
    const respondWith = (answer: Promise<Response>): void => void answers.push(answer)
    listeners.get('fetch')?.({ request: request('/index.html'), respondWith })
    listeners.get('fetch')?.({ request: request('/api/sync/push', { method: 'POST' }), respondWith })
    expect(await Promise.all(answers)).toHaveLength(1)
  })
})
