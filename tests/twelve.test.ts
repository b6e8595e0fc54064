import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Resolution } from '../src/core/conflict.ts'
import type { Failure } from '../src/core/failure.ts'
import { isDeleted } from '../src/core/records.ts'
import { presenceLock } from '../src/core/session.ts'
import { readDrafts } from '../src/store/drafts.ts'
import { retryFailed } from '../src/store/failed.ts'
import { readJournal } from '../src/store/journal.ts'
import { adoptLibrary, readDevice, wipeLibrary } from '../src/store/library.ts'
import { wantRight } from '../src/store/session.ts'
import { device as client, mutation } from './server/device.ts'
import { type TestServer, testServer } from './server/fixture.ts'
import { ACCOUNT, Clock, Device } from './support/device.ts'
import {
  calm,
  expectConverged,
  type Pair,
  pairOf,
  pass,
  recordsAt,
  settleConflicts,
} from './support/device-pair.ts'
import { idOf, note, T0 } from './support/device-records.ts'
import { MemoryServer, NO_ANSWER } from './support/device-server.ts'

/**
 * The twelve faults that offline apps of this kind have had, each under its name. Two show only in a real browser:
 * tests/README.md says where all of them are.
 */
const A_MINUTE = 60_000

describe('one device', () => {
  let clock: Clock
  let server: MemoryServer
  let device: Device
  beforeEach(async () => {
    clock = new Clock()
    server = new MemoryServer(() => clock.now)
    device = await Device.open(server, { clock })
  })

  test('failed syncs never retried: a change that failed for an hour is sent by itself, also by the next worker', async () => {
    const back = T0 + 3600_000
    server.onPush = () => (clock.now < back ? NO_ANSWER : null)
    server.onPull = () => (clock.now < back ? NO_ANSWER : null)
    await device.write(idOf(1), { title: 't' })
    await device.engine.wake('changed', 1800_000)
    expect(server.records.size).toBe(0)
    device.restart()
    await device.engine.wake('timer', 2400_000)
    expect(server.records.get(idOf(1))?.version).toBe(1)
    expect(await device.state()).toMatchObject({ entries: [], connection: { is: 'fine' } })
  })

  /** The whole union: a failure that is added and not listed does not compile. */
  const FAILURES: { readonly [Is in Failure['is']]: Extract<Failure, { is: Is }> } = {
    'no-answer': { is: 'no-answer', why: 'cut' },
    server: { is: 'server', status: 500, after: null },
    busy: { is: 'busy', after: 1000 },
    refused: { is: 'refused', status: 422, code: 'invalid', message: 'No.' },
    'signed-out': { is: 'signed-out' },
    'other-account': { is: 'other-account' },
    reset: { is: 'reset', how: 'expired' },
    'too-old': { is: 'too-old' },
  }
  const STATES = ['fine', 'failing', 'signed-out', 'too-old']

  describe.each(Object.values(FAILURES))('error handlers that use undefined state: $is', (failure) => {
    /** Whatever a person or time has to do for it. */
    const help = async (): Promise<void> => {
      server.onPush = () => null
      server.onPull = () => null
      server.onSignOut = () => null
      clock.pass(3600_000)
      const state = await device.state()
      if (state.connection.is === 'signed-out') await adoptLibrary(device.db, device.library, ACCOUNT)
      await retryFailed(device.db, device.writing, null, clock.now)
      await device.engine.wake('opened', A_MINUTE)
    }
    const failed = async () => (await readJournal(device.db)).filter(({ event }) => event.what === 'failed')

    test.each([false, true])('a push (something synced before: %s)', async (before) => {
      if (before) {
        server.put(note('x', { id: idOf(9) }))
        await device.engine.wake('opened', 0)
      }
      let first = true
      server.onPush = () => {
        if (failure.is !== 'reset' || first) {
          first = false
          return failure
        }
        return null
      }
      await device.write(idOf(1), { title: 't' })
      await device.engine.wake('changed', 0)
      const { connection, entries } = await device.state()
      expect(STATES).toContain(connection.is)
      const told = device.announced.some(({ type }) => type === 'notice')
      const retried = connection.is === 'failing' || server.records.size > (before ? 1 : 0)
      const waitsForPerson = connection.is === 'signed-out' || connection.is === 'too-old' || told
      expect(retried || waitsForPerson).toBe(true)
      expect((await failed()).length).toBeGreaterThan(0)
      for (const { state } of entries) expect(['ready', 'refused', 'choked']).toContain(state.is)
      await help()
      expect(server.records.get(idOf(1))).toMatchObject({ version: 1, fields: { title: 't' } })
      expect((await device.state()).entries).toEqual([])
    })

    test('a pull', async () => {
      server.put(note('theirs', { id: idOf(1) }))
      server.onPull = () => failure
      await device.engine.wake('opened', 0)
      expect(STATES).toContain((await device.state()).connection.is)
      expect((await device.state()).connection.is).not.toBe('fine')
      expect((await failed()).length).toBeGreaterThan(0)
      await help()
      expect((await device.held(idOf(1))).record?.fields.content).toBe('theirs')
      expect((await device.state()).connection.is).toBe('fine')
    })

    test('a sign-out', async () => {
      await wipeLibrary(device.db, device.library, clock.now)
      server.onSignOut = () => failure
      await device.engine.wake('opened', 0)
      // Where no session of this library is left, there is none to end.
      const over = failure.is === 'signed-out' || failure.is === 'other-account'
      expect(await readDevice(device.db, 'sign-out')).toEqual(over ? null : expect.anything())
      expect(STATES).toContain((await device.state()).connection.is)
      expect((await failed()).length).toBeGreaterThan(0)
      expect([server.pushes, server.pulls]).toEqual([[], []])
      server.onSignOut = () => null
      clock.pass(3600_000)
      await device.engine.wake('opened', A_MINUTE)
      expect(await readDevice(device.db, 'sign-out')).toBe(null)
    })
  })

  test('a sync per keystroke: 200 keys are three pushes at the most', async () => {
    for (let key = 1; key <= 200; key++) {
      await device.write(idOf(1), { content: 'x'.repeat(key) }, { urgency: key === 1 ? 'at-once' : 'typing' })
      await device.engine.wake('changed', 0)
      clock.pass(60)
    }
    await device.engine.wake('changed', A_MINUTE)
    expect(server.records.get(idOf(1))?.fields.content).toBe('x'.repeat(200))
    expect(server.pushes.length).toBeLessThanOrEqual(3)
  })

  test('no offline queue: what is made, edited and deleted offline is sent once the network is back, after a restart too', async () => {
    for (const n of [1, 2]) server.put(note('before', { id: idOf(n) }))
    await device.engine.wake('opened', 0)
    device.online = false
    await device.write(idOf(1), { content: 'edited' })
    await device.write(idOf(2), { deleted: true })
    await device.write(idOf(3), { title: 'made' })
    await device.engine.wake('changed', A_MINUTE)
    expect(server.pushes).toEqual([])
    device.restart()
    device.online = true
    await device.engine.wake('online', 0)
    expect(server.records.get(idOf(1))?.fields.content).toBe('edited')
    expect(isDeleted(server.records.get(idOf(2)) ?? note(''))).toBe(true)
    expect(server.records.get(idOf(3))?.fields.title).toBe('made')
  })

  test('no deduplication: a change whose answer is lost again and again takes effect once', async () => {
    let lost = 5
    server.onPull = () => (lost > 0 ? NO_ANSWER : null)
    server.onPush = (_, answer) => {
      if (lost-- <= 0) return null
      answer()
      return NO_ANSWER
    }
    await device.write(idOf(1), { title: 't' })
    await device.engine.wake('changed', A_MINUTE)
    expect(server.pushes).toHaveLength(6)
    expect(server.records.get(idOf(1))?.version).toBe(1)
  })

  test('tabs overwriting each other: a tab that is behind adds its letters and takes none away', async () => {
    await device.write(idOf(1), { content: 'one' })
    await device.write(idOf(1), { content: 'one, by the first tab' }, { page: 'first' })
    const shown = { content: 'one' }
    const late = await device.write(idOf(1), { content: 'zero, one' }, { shown, page: 'second' })
    expect(late).toMatchObject({
      is: 'written',
      record: { fields: { content: 'zero, one, by the first tab' } },
    })
  })

  test('tabs overwriting each other: a tab that has lost the right writes nothing, and its words are offered as a draft', async () => {
    const living = async (): Promise<string[]> => [presenceLock('first'), presenceLock('second')]
    const { epoch } = await wantRight(device.db, 'first', 'ask', living)
    await device.write(idOf(1), { title: 't', content: 'one' }, { page: 'first', epoch })
    const taken = await wantRight(device.db, 'second', 'take', living)
    await device.write(idOf(1), { content: 'two' }, { page: 'second', epoch: taken.epoch })
    const shown = { content: 'one' }
    const late = await device.write(idOf(1), { content: 'one and' }, { shown, page: 'first', epoch })
    expect(late).toEqual({ is: 'fenced' })
    expect((await device.held(idOf(1))).record?.fields.content).toBe('two')
    expect(await readDrafts(device.db)).toMatchObject([
      { recordId: idOf(1), shown, typed: { content: 'one and' } },
    ])
  })
})

describe('two devices and the server', () => {
  let server: TestServer
  let both: Pair
  beforeEach(async () => {
    server = await testServer()
    both = await pairOf(server, 'ada')
  })
  afterEach(() => server.stop())
  const apart = async (edit: (device: Device, which: 'a' | 'b') => Promise<unknown>): Promise<void> => {
    const [a, b] = both.devices
    for (const device of both.devices) device.online = false
    await edit(a, 'a')
    pass(both, 1000)
    await edit(b, 'b')
    for (const device of both.devices) device.online = true
  }

  test.each([
    [0, 1],
    [1, 0],
  ] as const)(
    'duplicates from simultaneous creation of one URL: one card that has both, device %i back first',
    async (first, then) => {
      const ids = { a: both.devices[0].newId(), b: both.devices[1].newId() }
      await apart((device, which) =>
        device.write(
          ids[which],
          {
            url: 'https://a.example/',
            title: `by ${which}`,
            tags: [which],
            // Given by the earlier one alone: the later one's empty fields take none of it.
            ...(which === 'a' && { description: 'notes', pinned: true }),
          },
          { kind: 'card' },
        ),
      )
      await both.devices[first].engine.wake('online', 0)
      await both.devices[then].engine.wake('online', 0)
      await calm(both)
      const [card, more] = await expectConverged(both, 'one URL')
      expect(more).toBe(undefined)
      const [stays, went] = first === 0 ? [ids.a, ids.b] : [ids.b, ids.a]
      expect(card).toMatchObject({
        id: stays,
        fields: {
          url: 'https://a.example/',
          title: 'by b',
          tags: ['a', 'b'],
          formerIds: [went],
          description: 'notes',
          pinned: true,
        },
      })
      expect(JSON.stringify(await everything(stays, 'cards'))).toContain('by a')
    },
  )

  /** All that is known of a record's past: at the server, and on both devices. */
  async function everything(id: string, kind = 'notes'): Promise<unknown> {
    const { body } = await both.client.send('GET', `/api/${kind}/${id}/versions`)
    return [body, await Promise.all(both.devices.map((device) => device.history()))]
  }

  /** One note on both devices, its title changed on both while apart. */
  async function conflict(): Promise<string> {
    const [a, b] = both.devices
    const id = a.newId()
    await a.write(id, { title: 'before' })
    await a.engine.wake('changed', 0)
    await b.engine.wake('poke', 0)
    await apart((device, which) => device.write(id, { title: `by ${which}` }))
    await a.engine.wake('online', 0)
    server.logs.length = 0
    await b.engine.wake('online', 0)
    return id
  }

  test('simultaneous edits undetected: the server compares versions, the second device is told of the first', async () => {
    const id = await conflict()
    const outcomes = (await readJournal(both.devices[1].db)).flatMap(({ event }) =>
      event.what === 'outcome' && event.record === id ? [event.outcome] : [],
    )
    expect(outcomes.reverse()).toEqual(['conflict', 'applied'])
    expect(server.logs.join('')).toContain('"conflict":1')
    await calm(both)
    expect((await expectConverged(both, 'two edits'))[0]?.fields.title).toBe('by b')
  })

  test('conflicts losing data: the value that lost is in version history, on the device and at the server', async () => {
    const id = await conflict()
    await calm(both)
    const kept = (await Promise.all(both.devices.map((device) => device.history()))).flat()
    expect(kept.map(({ value }) => value)).toContain('by a')
    const { body } = await both.client.send('GET', `/api/notes/${id}/versions`)
    const titles = body.versions.map(({ fields }: { fields: { title: string } }) => fields.title)
    expect(titles).toEqual(expect.arrayContaining(['before', 'by a', 'by b']))
    expect((await recordsAt(both.client))[0]?.fields.title).toBe('by b')
  })

  describe('one line rewritten on both', () => {
    const atSecond = (id: string) => both.devices[1].held(id)
    /** Rewritten on both, and synced by the first; the second comes back. */
    async function overlap(): Promise<string> {
      const [a, b] = both.devices
      const id = a.newId()
      await a.write(id, { content: 'milk\nred paint\nbread' })
      await calm(both)
      await apart((device, which) => device.write(id, { content: `milk\n${which} paint\nbread` }))
      await a.engine.wake('online', 0)
      await b.engine.wake('online', 0)
      return id
    }

    test('simultaneous edits undetected: the second device asks and sends nothing of it, and all else goes on', async () => {
      const id = await overlap()
      const [a, b] = both.devices
      expect(await atSecond(id)).toMatchObject({
        record: { fields: { content: 'milk\nb paint\nbread' } },
        base: { fields: { content: 'milk\na paint\nbread' } },
        entry: { state: { is: 'conflict', ancestors: { content: 'milk\nred paint\nbread' } } },
      })
      const other = b.newId()
      await b.write(other, { title: 'goes on' })
      await calm(both)
      expect((await a.held(other)).record?.fields.title).toBe('goes on')
      expect((await a.held(id)).record?.fields.content).toBe('milk\na paint\nbread')
      expect((await b.state()).entries).toHaveLength(1)
    })

    const merged = 'milk\na and b paint\nbread'
    test.each<[Resolution, string]>([
      [{ take: 'local' }, 'milk\nb paint\nbread'],
      [{ take: 'server' }, 'milk\na paint\nbread'],
      [{ take: 'merged', fields: { content: merged } }, merged],
    ])(
      'conflicts losing data: answered with $take, both devices agree, and each version can be read',
      async (resolution, content) => {
        const id = await overlap()
        await settleConflicts(both.devices[1], () => resolution)
        await calm(both)
        expect((await expectConverged(both, resolution.take))[0]?.fields.content).toBe(content)
        const known = JSON.stringify(await everything(id))
        for (const whose of ['red', 'a', 'b']) expect(known).toContain(`milk\\n${whose} paint\\nbread`)
      },
    )
  })

  test('server errors unlogged: a fault is an error in the server’s log, a figure, and a line in the device’s sync log', async () => {
    const [a] = both.devices
    server.world.failing = true
    await a.write(a.newId(), { title: 'poison' })
    await a.engine.wake('changed', 0)
    const errors = server.logs.map((line) => JSON.parse(line)).filter(({ level }) => level >= 50)
    expect(errors).toEqual([expect.objectContaining({ err: expect.anything(), account: expect.any(String) })])
    expect((await readJournal(a.db)).map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ what: 'outcome', outcome: 'error' }),
    )
    server.world.failing = false
    await client(both.client).push([mutation({ title: 'x' })])
    await server.db.updateTable('record').set({ fields: 'broken' }).execute()
    expect((await client(both.client).pull()).status).toBe(500)
    expect(server.logs.filter((line) => JSON.parse(line).level >= 50)).toHaveLength(2)
  })
})
