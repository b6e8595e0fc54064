import { beforeEach, describe, expect, test } from 'vitest'
import { digestOf } from '../../src/core/digest.ts'
import { JOURNAL_ROWS, type JournalEvent } from '../../src/core/journal.ts'
import type { PushRequest } from '../../src/core/protocol.ts'
import { discardChange, retryFailed } from '../../src/store/failed.ts'
import { Journal, readJournal } from '../../src/store/journal.ts'
import { adoptLibrary } from '../../src/store/library.ts'
import { journalText } from '../../src/ui/journal-words.ts'
import { Engine } from '../../sw/engine.ts'
import { ACCOUNT, Clock, Device } from '../support/device.ts'
import { idOf, note } from '../support/device-records.ts'
import { MemoryServer, NO_ANSWER } from '../support/device-server.ts'

const MARKER = 'marker-of-a-secret'
let clock: Clock
let server: MemoryServer
let device: Device
const logged = async (): Promise<JournalEvent[]> =>
  (await readJournal(device.db)).map(({ event }) => event).reverse()
/** An answer with one made-up outcome for each mutation. */
const answered = (request: PushRequest, outcome: (id: string) => unknown) => ({
  ok: true as const,
  value: {
    answer: { results: request.mutations.map(({ id }) => outcome(id)), now: clock.now, mark: null },
    offset: 0,
  },
})
const kinds = async () => (await logged()).map(({ what }) => what)

beforeEach(async () => {
  clock = new Clock()
  server = new MemoryServer(() => clock.now)
  device = await Device.open(server, { clock })
})

describe('sync log', () => {
  test('P11 every step of a push and a pull is in it, with ids, versions and lengths', async () => {
    await device.write(idOf(1), { title: MARKER })
    await device.engine.wake('opened', 5000)
    expect(await kinds()).toEqual(['woken', 'pushed', 'outcome', 'pulled'])
    expect(await logged()).toContainEqual(
      expect.objectContaining({ what: 'outcome', record: idOf(1), outcome: 'applied', version: 1, on: 0 }),
    )
    expect(await logged()).toContainEqual(
      expect.objectContaining({ lengths: expect.objectContaining({ title: MARKER.length }) }),
    )
  })

  test('P11 every failed attempt is in it, with why and what happens next', async () => {
    server.onPush = () => ({ is: 'server', status: 503, after: null })
    await device.write(idOf(1), { title: 't' })
    await device.engine.wake('changed', 3000)
    const failed = { what: 'failed', doing: 'push', failure: 'server', why: 'status 503' }
    expect((await logged()).filter(({ what }) => what === 'failed')).toEqual([failed, failed])
    expect(await kinds()).toContain('retry-planned')
  })

  test('P10 no word that was ever typed is in it, whatever becomes of it, be it echoed by the server', async () => {
    const typed = new Set<string>()
    const word = (): string => {
      const made = `w${Math.random().toString(36).slice(2, 10)}x`
      typed.add(made)
      return made
    }
    const echo = (request: PushRequest): string =>
      JSON.stringify(request.mutations.map(({ fields }) => fields))
    const url = `https://${word()}.example/`
    await device.write(idOf(90), { url, title: word() }, { kind: 'card' })
    await device.engine.wake('opened', 0)
    const ways: MemoryServer['onPush'][] = [
      () => null,
      (request) => ({ is: 'refused', status: 422, code: 'invalid', message: echo(request) }),
      () => ({ is: 'server', status: 500, after: null }),
      (request) =>
        request.mutations.some(({ kind }) => kind === 'note')
          ? { is: 'refused', status: 413, code: 'too_large', message: echo(request) }
          : null,
      (request) =>
        answered(request, (id) => ({ id, outcome: 'rejected', code: 'invalid', message: echo(request) })),
      (request) => answered(request, (id) => ({ id, outcome: 'error', message: echo(request) })),
      (request) => answered(request, (id) => ({ id, outcome: echo(request) })),
      (request) => {
        server.onPush = () => null
        return answered(request, (id) => ({ id, outcome: 'conflict', record: null }))
      },
    ]
    for (const [index, way] of ways.entries()) {
      const id = idOf(index + 1)
      server.onPush = way
      await device.write(id, { title: word(), content: `${word()} ${word()}`, tags: [word()] })
      await device.write(idOf(50 + index), { name: word() }, { kind: 'collection' })
      await device.engine.wake('changed', 8000)
      server.onPush = () => null
      const { record } = await device.held(id)
      if (record) server.put({ ...record, version: 9, fields: { ...record.fields, title: word() } })
      await retryFailed(device.db, device.writing, null, clock.now)
      await device.engine.wake('retry', 0)
      await device.write(id, { content: word() })
      await discardChange(device.db, device.writing, id, clock.now)
      clock.pass(400_000)
      await device.engine.wake('poke', 0)
    }
    const log = JSON.stringify({ pawkit: 1, log: await readJournal(device.db) })
    const steps = [
      'outcome',
      'failed',
      'retry-planned',
      'merged',
      'set-aside',
      'retried',
      'discarded',
      'halved',
    ]
    expect(await kinds()).toEqual(expect.arrayContaining(steps))
    expect(log.length).toBeGreaterThan(5000)
    expect(typed.size).toBeGreaterThan(40)
    expect([...typed].filter((secret) => log.includes(secret))).toEqual([])
    // The key of the digests leaves with nobody, nor does the server hear of it.
    const { logKey = '' } = (await device.state()).library ?? {}
    expect(logKey.length).toBeGreaterThan(20)
    expect(log).not.toContain(logKey)
    expect(JSON.stringify([server.pushes, server.pulls])).not.toContain(logKey)
    const rows = (await logged()).flatMap((event) => (event.what === 'outcome' ? [event.digests.title] : []))
    const guessed = [...typed].map((word) => digestOf(device.library, word))
    expect(
      rows.filter((digest) => digest && guessed.includes(digest)),
      'by what the server knows',
    ).toEqual([])
  })

  test('P11 equal values have equal digests in one log, and other ones in another device’s', async () => {
    const digests = async (of: Device) => {
      for (const n of [1, 2]) await of.write(idOf(n), { title: 'same', content: `${n}` })
      await of.engine.wake('changed', 0)
      const rows = await readJournal(of.db)
      return rows.flatMap(({ event }) => (event.what === 'outcome' ? [event.digests] : []))
    }
    const [one, two] = await digests(device)
    expect(one?.title).toBe(two?.title)
    expect(one?.content).not.toBe(two?.content)
    const other = await Device.open(new MemoryServer(() => clock.now), { clock, seed: 0x900000 })
    const [theirs] = await digests(other)
    expect(theirs?.title).not.toBe(one?.title)
  })

  test('a library that was begun before it had a key for its digests has its id as one', async () => {
    await device.db.run(['meta'], 'readwrite', async (tx) => {
      const row = await tx.objectStore('meta').get('library')
      if (row?.key !== 'library') throw new Error('There is no library.')
      const { logKey: _, ...older } = row
      await tx.objectStore('meta').put(older)
    })
    await device.write(idOf(1), { title: 'one' })
    await device.engine.wake('opened', 5000)
    const [outcome] = (await logged()).flatMap((event) => (event.what === 'outcome' ? [event] : []))
    expect(outcome?.digests.title).toBe(digestOf(device.library, 'one'))
  })

  test('P11 a pause, a rest, halves, a duplicate, what a person did: each is a line', async () => {
    device.online = false
    await device.write(idOf(1), { title: 't' })
    await device.engine.wake('changed', 0)
    device.online = true
    server.onPush = () => ({ is: 'signed-out' })
    await device.engine.wake('changed', 0)
    await adoptLibrary(device.db, device.library, ACCOUNT)
    const bad = (request: PushRequest) => request.mutations.some(({ record }) => record === idOf(2))
    server.onPush = (request) =>
      bad(request) ? { is: 'refused', status: 413, code: 'too_large', message: 'no' } : null
    await device.write(idOf(2), { title: 't' })
    await device.engine.wake('signed-in', 0)
    await retryFailed(device.db, device.writing, [idOf(2)], clock.now)
    await discardChange(device.db, device.writing, idOf(2), clock.now)
    await device.engine.wake('retry', 0)
    server.put({ ...note('', { id: idOf(8) }), kind: 'card', fields: { url: 'https://a.example/' } })
    await device.write(idOf(3), { url: 'https://a.example/' }, { kind: 'card' })
    await device.engine.wake('changed', 0)
    const rows = await logged()
    const has = (event: object) => expect(rows).toContainEqual(expect.objectContaining(event))
    has({ what: 'rested', why: 'offline' })
    has({ what: 'failed', doing: 'push', failure: 'signed-out' })
    has({ what: 'rested', why: 'signed-out' })
    has({ what: 'woken', reason: 'signed-in' })
    has({ what: 'halved', mutations: 2, failure: 'refused' })
    has({ what: 'set-aside', record: idOf(2), code: 'too_large' })
    has({ what: 'retried', record: idOf(2) })
    has({ what: 'discarded', record: idOf(2) })
    has({ what: 'pushed', mutations: 0, voids: 1 })
    has({ what: 'outcome', record: idOf(2), outcome: 'void' })
    has({ what: 'duplicate', record: idOf(3), into: idOf(8), how: 'merged' })
    for (const event of rows) expect(journalText(event, 'T')).not.toMatch(/undefined|NaN|\[object/)
  })

  test('P11 a worker that dies in a request leaves behind that it was woken for it', async () => {
    server.onPush = async (_, answer) => {
      expect(await kinds()).toContain('woken')
      return answer()
    }
    await device.write(idOf(1), { title: 't' })
    await device.engine.wake('changed', 0)
    expect(server.records.size).toBe(1)
  })

  test('a wake for every key of a burst is one line, beside what came of it', async () => {
    for (let key = 1; key <= 20; key++) {
      await device.write(idOf(1), { content: 'x'.repeat(key) }, { urgency: 'typing' })
      await device.engine.wake('changed', 0)
      clock.pass(100)
    }
    await device.engine.wake('changed', 5000)
    expect((await kinds()).filter((what) => what === 'woken')).toHaveLength(1)
  })

  test('P11 typing with no network or in a pause is one line each, and hides no attempt', async () => {
    server.onPush = () => ({ is: 'server', status: 503, after: null })
    server.onPull = () => NO_ANSWER
    await device.write(idOf(1), { title: 't' })
    const typing = async (keys: number) => {
      for (let key = 0; key < keys; key++) {
        clock.pass(500)
        await device.engine.wake('changed', 0)
      }
    }
    const failed = async () =>
      (await logged()).filter((event) => event.what === 'failed' && event.doing === 'push')
    const rests = async () =>
      (await logged()).flatMap((event) => (event.what === 'rested' ? [event.why] : []))
    await device.engine.wake('changed', 0)
    device.online = false
    await typing(50)
    expect(await rests()).toEqual(['backoff', 'offline'])
    expect(await failed()).toHaveLength(1)
    device.online = true
    await typing(2)
    // Tried again, and once more after the wait within the round.
    await typing(12)
    expect(await failed()).toHaveLength(3)
    expect(await rests()).toEqual(['backoff', 'offline', 'backoff', 'backoff'])
    await typing(20)
    expect(await rests()).toHaveLength(4)
    const engine = new Engine(device.world)
    await engine.wake('changed', 0)
    await engine.wake('changed', 0)
    expect(await rests()).toHaveLength(5)
  })

  test('it keeps the newest rows and no more than its bound', async () => {
    const journal = new Journal(
      async () => device.db,
      () => clock.now,
    )
    for (let i = 0; i < JOURNAL_ROWS + 50; i++)
      journal.add({ what: 'woken', reason: 'timer', due: i, waiting: 0 })
    await journal.flush()
    const rows = await readJournal(device.db)
    expect(rows).toHaveLength(JOURNAL_ROWS)
    expect(rows[0]?.event).toMatchObject({ due: JOURNAL_ROWS + 49 })
  })

  test('trace 50: a log that cannot be written costs no edit and no sync', async () => {
    const broken = new Journal(
      () => Promise.reject(new Error('full')),
      () => clock.now,
    )
    broken.add({ what: 'session-ended' })
    await expect(broken.flush()).resolves.toBeUndefined()
  })
})
