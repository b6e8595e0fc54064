import { beforeEach, describe, expect, test, vi } from 'vitest'
import { SYNC_QUEUES, type Write } from '../../src/core/messages.ts'
import { Database } from '../../src/store/database.ts'
import { readDrafts } from '../../src/store/drafts.ts'
import { readJournal } from '../../src/store/journal.ts'
import { readDevice, wipeLibrary } from '../../src/store/library.ts'
import { wantRight } from '../../src/store/session.ts'
import { drive } from '../../sw/driver.ts'
import { onSync } from '../../sw/sync-event.ts'
import { Clock, Device, tick, until } from '../support/device.ts'
import { idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer, NO_ANSWER } from '../support/device-server.ts'

interface Happening {
  readonly data?: unknown
  readonly ports: readonly { postMessage(message: unknown): void }[]
  waitUntil(work: Promise<unknown>): void
}

let clock: Clock
let server: MemoryServer
let device: Device
let active: boolean
let listeners: Map<string, (event: Happening) => void>
let calls: string[]
beforeEach(async () => {
  clock = new Clock()
  server = new MemoryServer(() => clock.now)
  device = await Device.open(server, { clock })
  active = true
  listeners = new Map()
  calls = []
  const did = (what: string) => async () => void calls.push(what)
  const scope = {
    addEventListener: (type: string, listener: (event: Happening) => void) => listeners.set(type, listener),
    clients: { claim: did('claim') },
    skipWaiting: did('skipWaiting'),
  }
  drive(scope as unknown as Parameters<typeof drive>[0], device.engine, device.world, () => active)
})

/** Fires an event at the worker; resolves with what it posted when all it waits for is done. */
async function fire(type: string, data?: unknown): Promise<unknown[]> {
  const work: Promise<unknown>[] = []
  const posted: unknown[] = []
  const ports = [{ postMessage: (message: unknown) => void posted.push(message) }]
  listeners.get(type)?.({ data, ports, waitUntil: (more) => void work.push(more) })
  await Promise.all(work)
  return posted
}
const say = (message: object) => fire('message', { v: 1, ...message })
const letters = (rest: Partial<Write> = {}): Write => ({
  id: idOf(1),
  epoch: 0,
  kind: 'note',
  typed: { title: 'last letters' },
  shown: {},
  create: true,
  urgency: 'typing',
  library: device.library,
  page: 'a page',
  number: 1,
  now: T0,
  ...rest,
})

describe('driver', () => {
  test('P2: last letters are committed, told to other pages, and sent', async () => {
    await say({ type: 'last-letters', writes: [letters()] })
    expect(server.records.get(idOf(1))?.fields.title).toBe('last letters')
    expect(device.announced).toContainEqual({ v: 1, type: 'records-changed', ids: [idOf(1)] })
    expect(device.announced).not.toContainEqual({ v: 1, type: 'right-changed' })
  })

  test('last letters are one line a record in the sync log, with the epoch under which they were typed', async () => {
    await wantRight(device.db, 'a session', 'take', async () => [])
    const mine = letters({ epoch: 1 })
    const [shown, typed] = [{ title: 'last letters' }, { title: 'last letters, all of them' }]
    const more = letters({ epoch: 1, number: 2, create: false, shown, typed })
    const outdated = letters({ id: idOf(2), number: 3 })
    await say({ type: 'last-letters', writes: [mine, more, outdated] })
    await device.world.journal.flush()
    const lines = (await readJournal(device.db)).map(({ event }) => event)
    expect(lines.filter(({ what }) => what === 'written')).toEqual([
      { what: 'written', record: idOf(1), epoch: 1, writes: 2 },
    ])
  })

  test('P1 P7: letters of a tab that has lost control and is gone are a draft, and the other tabs hear of it', async () => {
    await wantRight(device.db, 'a session', 'take', async () => [])
    await say({ type: 'last-letters', writes: [letters()] })
    expect((await readDrafts(device.db)).map(({ typed }) => typed.title)).toEqual(['last letters'])
    expect(device.announced).toContainEqual({ v: 1, type: 'right-changed' })
  })

  test('P10: letters for another library are dropped, those for this one kept, in one message', async () => {
    const other = letters({ id: idOf(2), library: 'another library' })
    await say({ type: 'last-letters', writes: [other, letters()] })
    expect([...server.records.keys()]).toEqual([idOf(1)])
  })

  test('letters of a record that is not here change nothing and tell nobody', async () => {
    await say({ type: 'last-letters', writes: [letters({ create: false })] })
    expect(device.announced).not.toContainEqual(expect.objectContaining({ type: 'records-changed' }))
  })

  test('P11: flush and status answer with the store’s figures', async () => {
    server.onPush = () => NO_ANSWER
    server.onPull = () => NO_ANSWER
    await device.write(idOf(1), { title: 't' })
    const [before] = await say({ type: 'status' })
    expect(before).toMatchObject({
      type: 'status',
      figures: { queue: 1, pending: 1 },
      connection: 'online',
      records: 1,
    })
    server.onPush = () => null
    server.onPull = () => null
    const [after] = await say({ type: 'flush' })
    expect(after).toMatchObject({ figures: { queue: 0 }, connection: 'online' })
  })

  test('P11: a fault of our own in last letters is in the log before the worker ends', async () => {
    const ours = vi.spyOn(device.db, 'run').mockRejectedValueOnce(new TypeError('ours'))
    await expect(say({ type: 'last-letters', writes: [letters()] })).rejects.toThrow('ours')
    ours.mockRestore()
    await until(
      async () => (await readJournal(device.db)).some(({ event }) => event.what === 'failed'),
      'the line',
    )
    const [line] = (await readJournal(device.db)).map(({ event }) => event)
    expect(line).toEqual({ what: 'failed', doing: 'code', failure: 'TypeError', why: '' })
  })

  test('P11: letters that find no room are in the log once there is some; those of other messages are written', async () => {
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('No room.', 'QuotaExceededError')
    })
    await say({ type: 'last-letters', writes: [letters()] })
    full.mockRestore()
    expect(device.announced).not.toContainEqual(expect.objectContaining({ type: 'records-changed' }))
    await say({ type: 'last-letters', writes: [letters({ id: idOf(2), number: 2 })] })
    await device.world.journal.flush()
    expect([...server.records.keys()]).toEqual([idOf(2)])
    expect((await readJournal(device.db)).map(({ event }) => event)).toContainEqual({
      what: 'failed',
      doing: 'storage',
      failure: 'QuotaExceededError',
      why: 'No room.',
    })
  })

  test('what a page asks of the server when it compares is asked, and the answer handed back as it is', async () => {
    const request = { protocol: 1, account: 'ada', mark: null, cursor: 0, without: [], ranges: [''] }
    expect(await say({ type: 'compare', request })).toMatchObject([
      { ok: false, problem: { is: 'refused', status: 404 } },
    ])
    server.put(note('theirs', { id: idOf(9) }))
    await fire('periodicsync')
    expect(await say({ type: 'repair', library: device.library, ids: [idOf(9)] })).toEqual([
      { ok: true, value: [{ id: idOf(9), done: 'left' }] },
    ])
  })

  test('a wake wakes, an abort gives up what is on its way', async () => {
    await device.write(idOf(1), { title: 't' })
    server.onPush = async () => {
      await say({ type: 'abort' })
      return NO_ANSWER
    }
    await say({ type: 'wake', reason: 'opened' })
    expect(server.pushes).toHaveLength(1)
    expect((await device.state()).connection.is).toBe('fine')
  })

  test('a worker that waits for its turn opens nothing, but takes over when a person says so', async () => {
    active = false
    await device.write(idOf(1), { title: 't' })
    for (const type of ['wake', 'flush', 'status'] as const)
      expect(await say({ type, reason: 'opened' })).toEqual([])
    await fire('online')
    expect(server.pushes).toEqual([])
    await fire('message', { type: 'SKIP_WAITING' })
    expect(calls).toEqual(['skipWaiting'])
  })

  test('P9: a page that hears of the network’s return has the worker wait a moment too, and then sync', async () => {
    device.random = 0.25
    await say({ type: 'wake', reason: 'online' })
    expect(server.pulls.map(({ at }) => at)).toEqual([T0 + 500])
  })

  test('P9: ten pages and the worker hear that the network is back, and the server gets one round', async () => {
    server.onPush = () => ({ is: 'server', status: 503, after: null })
    server.onPull = () => NO_ANSWER
    await device.write(idOf(1), { title: 't' })
    await device.engine.wake('changed', 0)
    clock.auto = false
    clock.pass(60_000)
    const [at, before] = [clock.now, server.pushes.length]
    const heard = Array.from({ length: 10 }, () => say({ type: 'wake', reason: 'online' }))
    await fire('online')
    for (let ms = 0; ms <= 2050; ms += 50) {
      for (let n = 0; n < 30; n++) await tick()
      if (ms > 0 && ms < 500) heard.push(say({ type: 'wake', reason: 'online' }))
      clock.pass(50)
    }
    const sends = server.pushes.slice(before).map((push) => push.at - at)
    // The jitter, here a second, and the wait within a round.
    expect(sends).toEqual([1000, 2000])
    device.engine.abort()
    clock.pass(60_000)
    await Promise.all(heard)
  })

  test('P2: a network that is gone and back within the two seconds is no wake-up lost', async () => {
    device.random = 0.25
    await say({ type: 'wake', reason: 'online' })
    await device.write(idOf(1), { title: 't' })
    await say({ type: 'wake', reason: 'online' })
    expect(server.pushes.map(({ at }) => at)).toEqual([T0 + 500])
    clock.pass(2000)
    await say({ type: 'wake', reason: 'online' })
    expect(server.pulls.map(({ at }) => at)).toContain(T0 + 3000)
  })

  test('what is no message of this version is ignored', async () => {
    for (const data of [null, 'x', {}, { v: 2, type: 'wake', reason: 'opened' }, { type: 7 }])
      expect(await fire('message', data)).toEqual([])
    expect(server.pulls).toEqual([])
  })

  test('activation claims its pages, and syncs without holding them up; periodic sync pulls', async () => {
    let answer = (): void => {}
    server.onPull = () => new Promise((resolve) => (answer = () => resolve(NO_ANSWER)))
    await fire('activate')
    expect(calls).toEqual(['claim'])
    await until(() => server.pulls.length === 1)
    answer()
    server.onPull = () => null
    server.put(note('theirs', { id: idOf(9) }))
    clock.pass(60_000)
    await fire('periodicsync')
    expect((await device.held(idOf(9))).record?.fields.content).toBe('theirs')
  })

  test('P9: back online a thousand devices spread over two seconds: no 250 ms see a fifth of them', async () => {
    const slept: number[] = []
    const herd = { ...device.world, sleep: async (ms: number) => void slept.push(ms) }
    let seed = 1
    const random = () => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
      return seed / 0x80000000
    }
    let listener = (): void => {}
    const scope = {
      addEventListener: (type: string, heard: () => void) => {
        if (type === 'online') listener = heard
      },
    }
    for (let n = 0; n < 1000; n++) {
      drive(scope as unknown as Parameters<typeof drive>[0], device.engine, { ...herd, random }, () => true)
      listener()
    }
    await until(() => slept.length === 1000)
    const buckets = new Map<number, number>()
    for (const ms of slept) buckets.set(Math.floor(ms / 250), (buckets.get(Math.floor(ms / 250)) ?? 0) + 1)
    expect(buckets.size).toBe(8)
    expect(Math.max(...buckets.values())).toBeLessThan(200)
    expect(Math.max(...slept)).toBeLessThanOrEqual(2000)
    await device.engine.wake('timer', 0)
  })
})

describe('Background Sync', () => {
  const sync = (tag = 0) => onSync(device.engine, device.world, () => active, tag)

  test('P2: ends well when nothing sendable is left, and says so', async () => {
    await device.write(idOf(1), { title: 't' })
    await sync()
    expect(server.records.has(idOf(1))).toBe(true)
    expect(device.announced).toContainEqual({ v: 1, type: 'drained', tag: 0 })
  })

  test('trace 13: throws an Error while something waits, and the next of three tags is named and remembered', async () => {
    server.onPush = () => NO_ANSWER
    server.onPull = () => NO_ANSWER
    await device.write(idOf(1), { title: 't' })
    for (const [tag, next] of [0, 1, 2].map((tag) => [tag, (tag + 1) % SYNC_QUEUES.length] as const)) {
      await expect(sync(tag)).rejects.toThrow(Error)
      expect(device.announced).toContainEqual({ v: 1, type: 'failed', tag: next })
      expect(await readDevice(device.db, 'sync-tag')).toMatchObject({ tag: next })
    }
  })

  test('P2: fired where the network has just gone, it waits for its return and uses up no tag', async () => {
    clock.auto = false
    device.online = false
    await device.write(idOf(1), { title: 't' })
    const fired = sync()
    await until(() => clock.sleepers.size > 0)
    expect(device.announced.filter(({ type }) => type === 'failed')).toEqual([])
    device.online = true
    clock.pass(1000)
    await fired
    expect(server.records.has(idOf(1))).toBe(true)
    expect(device.announced).toContainEqual({ v: 1, type: 'drained', tag: 0 })
  })

  test('P2: a network that does not return within the event fails it, and the next tag is named', async () => {
    device.online = false
    await device.write(idOf(1), { title: 't' })
    await expect(sync()).rejects.toThrow(Error)
    expect(device.announced).toContainEqual({ v: 1, type: 'failed', tag: 1 })
    expect(server.pushes).toEqual([])
  })

  test.each<[string, () => Promise<unknown>]>([
    ['signed out', async () => (server.onPush = () => ({ is: 'signed-out' }))],
    ['too old', async () => (server.onPush = () => ({ is: 'too-old' }))],
    [
      'refused',
      async () => (server.onPush = () => ({ is: 'refused', status: 422, code: 'x', message: 'no' })),
    ],
  ])('what waits for a person (%s) is nothing to try again for', async (_, arrange) => {
    await arrange()
    await device.write(idOf(1), { title: 't' })
    await sync()
    expect(device.announced).toContainEqual({ v: 1, type: 'drained', tag: 0 })
    expect((await device.state()).entries).toHaveLength(1)
  })

  test('a sign-out that has not been answered is something to try again for', async () => {
    await wipeLibrary(device.db, 'next', T0)
    server.onSignOut = () => NO_ANSWER
    await expect(sync()).rejects.toThrow(Error)
    server.onSignOut = () => null
    clock.pass(400_000)
    await sync()
    expect(device.announced).toContainEqual({ v: 1, type: 'drained', tag: 0 })
  })

  test('trace 16: a worker that is not the active one does nothing; one without a library is done', async () => {
    active = false
    await device.write(idOf(1), { title: 't' })
    await sync()
    expect([server.pushes, device.announced]).toEqual([[], []])
    active = true
    const empty = await Database.open({}, `${device.name}-empty`)
    device.db = empty
    await sync()
    expect(device.announced).toContainEqual({ v: 1, type: 'drained', tag: 0 })
  })
})
