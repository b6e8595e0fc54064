import 'fake-indexeddb/auto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CHANNEL, ENGINE_LOCK } from '../../src/core/messages.ts'
import { presenceLock, type Wanting } from '../../src/core/session.ts'
import { Database } from '../../src/store/database.ts'
import { adoptLibrary, openLibrary } from '../../src/store/library.ts'
import { readSyncState } from '../../src/store/read.ts'
import { ACCOUNT, tick } from '../support/device.ts'
import { eventually } from '../support/eventually.ts'

type Listener = (event: Record<string, unknown>) => void

/** The platform as the worker's script finds it in its first turn; everything else is the real thing. */
class Platform {
  readonly listeners = new Map<string, Listener[]>()
  readonly requests: string[] = []
  state: ServiceWorkerState | 'activated' = 'activated'
  held: string[] = []
  readonly #heard: unknown[] = []

  readonly self = {
    addEventListener: (type: string, listener: Listener) =>
      this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]),
    removeEventListener: () => {},
    clients: { claim: async () => {} },
    skipWaiting: async () => {},
    registration: { scope: 'https://pawkit.example/', sync: { register: async () => {} }, active: null },
    location: new URL('https://pawkit.example/sw.js'),
    navigator: {
      onLine: true,
      locks: {
        request: async (name: string, work: () => Promise<void>) => {
          this.held = [name]
          await work().finally(() => (this.held = []))
        },
        query: async () => ({ held: this.held.map((name) => ({ name })) }),
      },
    },
    __WB_MANIFEST: [{ url: '/index.html', revision: '1' }],
    get serviceWorker() {
      return platform.state === 'parsed' ? undefined : { state: platform.state }
    },
  }

  readonly fetch = async (input: string): Promise<Response> => {
    this.requests.push(input)
    throw new TypeError('Failed to fetch')
  }

  async fire(type: string, event: Record<string, unknown> = {}): Promise<unknown[]> {
    const work: Promise<unknown>[] = []
    this.#heard.length = 0
    const port = { postMessage: (message: unknown) => void this.#heard.push(message) }
    for (const listener of this.listeners.get(type) ?? [])
      listener({ ports: [port], waitUntil: (more: Promise<unknown>) => void work.push(more), ...event })
    await Promise.all(work)
    return [...this.#heard]
  }
}

const platform = new Platform()
beforeAll(async () => {
  vi.stubGlobal('self', platform.self)
  vi.stubGlobal('registration', platform.self.registration)
  vi.stubGlobal('location', platform.self.location)
  vi.stubGlobal('fetch', platform.fetch)
  await import('../../sw/sw.ts')
})
afterAll(() => vi.unstubAllGlobals())

/** How often a database was opened since the last call. */
const opens = (() => {
  const open = vi.spyOn(indexedDB, 'open')
  return (): number => {
    const { length } = open.mock.calls
    open.mockClear()
    return length
  }
})()
const status = () => platform.fire('message', { data: { v: 1, type: 'status' } })

describe('the worker as it is put together', () => {
  test('adds its listeners in the first turn, and opens no database', async () => {
    for (const type of ['activate', 'message', 'online', 'periodicsync', 'sync', 'fetch', 'install'])
      expect(platform.listeners.has(type), type).toBe(true)
    expect(opens()).toBe(0)
  })

  test('trace 16: not active, it opens none for a message or a sync event either', async () => {
    platform.state = 'installed'
    expect(await status()).toEqual([])
    await platform.fire('sync', { tag: 'workbox-background-sync:pawkit-outbox-1', lastChance: false })
    expect(opens()).toBe(0)
    // Some browsers do not know the worker's own state: then the registration's counts.
    platform.state = 'parsed'
    expect(await status()).toEqual([])
    platform.state = 'activated'
  })

  test('a database that cannot be opened fails what asked for it, and is tried anew by the next', async () => {
    // As a page does on the first visit.
    const db = await Database.open()
    await openLibrary(db, 'a library')
    db.close()
    vi.mocked(indexedDB.open).mockImplementationOnce(() => {
      throw new DOMException('The disk is full.', 'UnknownError')
    })
    await expect(status()).rejects.toThrow('The disk is full.')
    expect(await status()).toMatchObject([{ figures: { queue: 0 } }])
  })

  test('a sync event with changes and no network throws an Error, so that the browser tries again', async () => {
    const db = await Database.open()
    const library = await openLibrary(db, 'a library')
    await adoptLibrary(db, library.id, ACCOUNT)
    const said: unknown[] = []
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = ({ data }) => void said.push(data)
    platform.self.navigator.onLine = false
    await platform.fire('message', {
      data: {
        v: 1,
        type: 'last-letters',
        writes: [
          {
            id: '00000000-0000-7000-8000-000000000001',
            kind: 'note',
            typed: { title: 't' },
            shown: {},
            create: true,
            urgency: 'at-once',
            library: library.id,
            page: 'p',
            epoch: 0,
            number: 1,
            now: Date.now(),
          },
        ],
      },
    })
    // It waits for the network as long as the browser lets it; the clock is the test's.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    let ended: unknown = null
    const fired = platform.fire('sync', { tag: 'workbox-background-sync:pawkit-outbox-1', lastChance: false })
    fired.catch((error: unknown) => (ended = error))
    while (ended === null) {
      await vi.advanceTimersByTimeAsync(1000)
      await tick()
    }
    vi.useRealTimers()
    expect(ended).toBeInstanceOf(Error)
    expect(platform.requests).toEqual([])
    await eventually(() => expect(said).toContainEqual({ v: 1, type: 'failed', tag: 1 }))
    expect((await readSyncState(db)).entries).toHaveLength(1)
    channel.close()
    db.close()
  })

  test('P9: its sleep ends when something happens, and its lock is the engine’s', async () => {
    platform.self.navigator.onLine = true
    const drain = platform.fire('message', { data: { v: 1, type: 'wake', reason: 'sync-now' } })
    await eventually(() => expect(platform.requests.length).toBeGreaterThan(0))
    expect(platform.held).toEqual([ENGINE_LOCK])
    await platform.fire('message', { data: { v: 1, type: 'abort' } })
    await drain
    expect(await status()).toMatchObject([{ connection: 'server-unreachable', figures: { processing: 0 } }])
  })

  test('P7: who asks for the right to write gets it, and all are told; who holds it alive keeps it until a person takes it', async () => {
    const said: unknown[] = []
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = ({ data }) => void said.push(data)
    const ask = (session: string, wanting: Wanting = 'ask') =>
      platform.fire('message', { data: { v: 1, type: 'right', session, wanting } })
    const given = [{ right: { active: 'a', epoch: 1 }, place: null }]
    expect(await ask('a')).toEqual(given)
    platform.held = [presenceLock('a')]
    expect(await ask('b')).toEqual(given)
    await eventually(() => expect(said).toContainEqual({ v: 1, type: 'right-changed' }))
    const holder = new BroadcastChannel(CHANNEL)
    const place = { path: '/notes/1', field: 'content', start: 3, end: 3, scroll: 0 }
    holder.onmessage = ({ data }) => {
      if (data.type === 'hand-over') holder.postMessage({ v: 1, type: 'handed-over', session: 'a', place })
    }
    expect(await ask('b', 'take')).toEqual([{ right: { active: 'b', epoch: 2 }, place }])
    holder.close()
    const late = { v: 1, type: 'right', session: 'a', wanting: 'take', until: Date.now() - 1 }
    expect(await platform.fire('message', { data: late }), 'by now it has done it itself').toEqual([])
    expect(await ask('b'), 'what was taken since stays').toEqual([
      { right: { active: 'b', epoch: 2 }, place: null },
    ])
    platform.state = 'installed'
    expect(await ask('a', 'take')).toEqual([])
    platform.state = 'activated'
    platform.held = []
    channel.close()
  })

  test('a newer version takes the database over, and this one opens it no more by itself', async () => {
    await new Promise<void>((resolve, reject) => {
      const newer = indexedDB.open('pawkit', 99)
      newer.onsuccess = () => resolve(newer.result.close())
      newer.onerror = () => reject(newer.error)
    })
    await expect(status()).rejects.toThrow()
  })
})
