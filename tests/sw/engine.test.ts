import { beforeEach, describe, expect, test } from 'vitest'
import type { WakeReason } from '../../src/core/messages.ts'
import { applyPage } from '../../src/store/apply.ts'
import { readJournal } from '../../src/store/journal.ts'
import { adoptLibrary, readDevice, wipeLibrary } from '../../src/store/library.ts'
import { Engine } from '../../sw/engine.ts'
import { ACCOUNT, Clock, Device, tick, until } from '../support/device.ts'
import { idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer, NO_ANSWER } from '../support/device-server.ts'

const A_MINUTE = 60_000

let clock: Clock
let server: MemoryServer
let device: Device
const wake = (reason: WakeReason = 'changed', patience = A_MINUTE) => device.engine.wake(reason, patience)
const sends = () => server.pushes.map(({ at }) => at - T0)

beforeEach(async () => {
  clock = new Clock()
  server = new MemoryServer(() => clock.now)
  device = await Device.open(server, { clock })
})

describe('engine', () => {
  test('P2: what is due is pushed, then what is new is pulled, and the outbox is empty', async () => {
    server.put(note('theirs', { id: idOf(50) }))
    await device.write(idOf(1), { title: 'mine' })
    await wake()
    expect(server.records.get(idOf(1))).toMatchObject({ version: 1, fields: { title: 'mine' } })
    expect((await device.held(idOf(50))).record?.fields.content).toBe('theirs')
    expect(await device.state()).toMatchObject({
      entries: [],
      connection: { is: 'fine' },
      library: { lastSynced: T0 },
    })
    expect(device.announced).toContainEqual({ v: 1, type: 'records-changed', ids: [idOf(1)] })
  })

  test('P9: a text edit waits for its pause, however often the engine is woken', async () => {
    await device.write(idOf(1), { content: 'a' }, { urgency: 'typing' })
    for (const reason of ['changed', 'shown', 'poke', 'timer'] as const) await wake(reason, 0)
    expect(server.pushes).toEqual([])
    await wake()
    expect(sends()).toEqual([2000])
  })

  test.each(['hidden', 'sync-now', 'retry'] as const)(
    'P2: %s sends at once what waits for a pause',
    async (reason) => {
      await device.write(idOf(1), { content: 'a' }, { urgency: 'typing' })
      await wake(reason)
      expect(sends()).toEqual([0])
    },
  )

  test('P9: 1,000 entries go in at most 5 pushes, and the outbox is empty', async () => {
    const text = 'x'.repeat(1500)
    for (let i = 0; i < 1000; i++) await device.write(idOf(i), { content: text })
    await wake()
    expect(server.pushes.length).toBeLessThanOrEqual(5)
    expect(server.records.size).toBe(1000)
    expect((await device.state()).entries).toEqual([])
  })

  test('P9: no account: nothing is sent or pulled', async () => {
    device = await Device.open(server, { clock, account: null })
    await device.write(idOf(1), { content: 'a' })
    for (const reason of ['changed', 'sync-now', 'poke'] as const) await wake(reason)
    expect([server.pushes, server.pulls]).toEqual([[], []])
  })

  test('a fresh device reads every page', async () => {
    server.pageSize = 3
    for (let i = 0; i < 8; i++) server.put(note(`n${i}`, { id: idOf(i) }))
    await wake('opened')
    expect(server.pulls.map(({ from }) => from.after)).toEqual([0, 3, 6])
    expect(await device.state()).toMatchObject({ records: 8, library: { cursor: 8, mark: { seq: 8 } } })
  })
})

describe('engine, one at a time', () => {
  test('single-flight: however often it is woken, one request is out at a time', async () => {
    let out = 0
    let most = 0
    const busy = async () => {
      most = Math.max(most, ++out)
      for (let i = 0; i < 5; i++) await tick()
      out--
      return NO_ANSWER
    }
    server.onPush = busy
    server.onPull = busy
    await device.write(idOf(1), { content: 'a' })
    const other = new Engine(device.world)
    await Promise.all([
      wake('opened'),
      wake('poke'),
      other.wake('opened', A_MINUTE),
      wake('sync-now'),
      other.wake('sync-now', A_MINUTE),
    ])
    expect(most).toBe(1)
  })

  test('no lost wake-up: an edit at every possible moment of a drain is sent by it', async () => {
    for (let moment = 0; moment < 60; moment++) {
      const id = idOf(1000 + moment)
      await device.write(idOf(1), { title: `t${moment}` })
      const drain = wake('changed', 0)
      for (let i = 0; i < moment; i++) await tick()
      await device.write(id, { title: 'late' })
      await Promise.all([drain, wake('changed', 0)])
      expect(server.records.has(id), `after ${moment} ticks`).toBe(true)
    }
  })

  test('no lost wake-up: a poke at every possible moment of a drain leads to a pull after it', async () => {
    for (let moment = 0; moment < 60; moment++) {
      const id = idOf(1000 + moment)
      const drain = wake('poke', 0)
      for (let i = 0; i < moment; i++) await tick()
      server.put(note('new', { id }))
      await Promise.all([drain, wake('poke', 0)])
      expect((await device.held(id)).record, `after ${moment} ticks`).not.toBe(null)
    }
  })

  test('no lost wake-up: a poke while the pull’s answer is on its way leads to another pull', async () => {
    let poked = false
    server.onPull = async (_, answer) => {
      const early = answer()
      if (poked) return early
      poked = true
      server.put(note('new', { id: idOf(7) }))
      void wake('poke', 0)
      return early
    }
    await wake('poke', 0)
    expect((await device.held(idOf(7))).record).not.toBe(null)
  })

  test('no lost haste: Sync now and hiding at every possible moment send what waits for a pause', async () => {
    for (const reason of ['hidden', 'sync-now'] as const)
      for (let moment = 0; moment < 30; moment++) {
        const id = idOf(1000 + moment)
        await device.write(id, { content: reason }, { urgency: 'typing' })
        clock.auto = false
        const drain = wake('changed', 1e6)
        for (let i = 0; i < moment; i++) await tick()
        const hasty = wake(reason, 0)
        await until(
          () => server.records.get(id)?.fields.content === reason,
          `${reason} after ${moment} ticks`,
        )
        device.engine.abort()
        clock.pass(1e5)
        await Promise.all([drain, hasty])
      }
  })

  test('no lost haste: hiding while the engine reads what is due sends what waits for a pause', async () => {
    await device.write(idOf(1), { content: 'a' }, { urgency: 'typing' })
    clock.auto = false
    const { now } = device.world
    let looks = 0
    let hidden: Promise<void> | null = null
    const hide = () => {
      hidden = engine.wake('hidden', 0)
    }
    const engine = new Engine({
      ...device.world,
      now: () => {
        // Asked first by the wake, then by the engine as it begins to read.
        if (++looks === 2) queueMicrotask(hide)
        return now()
      },
    })
    const drain = engine.wake('changed', A_MINUTE)
    await until(() => server.pushes.length === 1, 'the push')
    engine.abort()
    await Promise.all([drain, hidden])
  })

  test('a wake ends the engine’s sleep', async () => {
    clock.auto = false
    await device.write(idOf(1), { content: 'a' }, { urgency: 'typing' })
    const drain = wake()
    await until(() => clock.sleepers.size === 1)
    await device.write(idOf(2), { content: 'b' })
    void wake()
    await until(() => server.records.has(idOf(2)))
    clock.pass(2000)
    await drain
    expect(server.records.has(idOf(1))).toBe(true)
  })
})

describe('engine, lost answers and dead workers', () => {
  test('P3: a push whose answer was lost goes out again under the same id, to the letter, and takes effect once', async () => {
    let cuts = 2
    server.onPush = (_, answer) => {
      if (cuts-- <= 0) return null
      answer()
      return NO_ANSWER
    }
    await device.write(idOf(1), { content: 'a' })
    await wake()
    const sent = server.pushes.map(({ request }) => JSON.stringify(request.mutations))
    expect(sent).toHaveLength(3)
    expect(new Set(sent).size).toBe(1)
    expect(server.records.get(idOf(1))?.version).toBe(1)
    expect((await device.state()).entries).toEqual([])
  })

  test('P3: the same when the worker dies before the answer and another starts', async () => {
    server.onPush = (_, answer) => {
      answer()
      device.engine.abort()
      return NO_ANSWER
    }
    await device.write(idOf(1), { content: 'a' })
    await wake()
    device.restart()
    server.onPush = () => null
    await device.write(idOf(1), { content: 'a b' })
    await wake('opened')
    const ids = server.pushes.map(({ request }) => request.mutations.map(({ id }) => id))
    expect(ids[1]).toEqual(ids[0])
    expect(server.records.get(idOf(1))).toMatchObject({ version: 2, fields: { content: 'a b' } })
  })

  test('P8: a result missing for one mutation is an unknown outcome of that one; the others are settled and go on', async () => {
    const poison = idOf(1)
    server.onPush = (request, answer) => {
      const answered = answer()
      if (!answered.ok) return answered
      const bad = new Set(request.mutations.filter(({ record }) => record === poison).map(({ id }) => id))
      const { results } = answered.value.answer
      answered.value.answer.results = results.filter((result) => !bad.has((result as { id: string }).id))
      return answered
    }
    for (let i = 1; i <= 5; i++) await device.write(idOf(i), { title: `t${i}` })
    await wake('changed', 0)
    expect(server.pushes.length).toBeLessThanOrEqual(3)
    const { entries, connection } = await device.state()
    expect(entries.map(({ id }) => id)).toEqual([poison])
    expect(connection.is).toBe('fine')
    await device.write(idOf(6), { title: 'later' })
    await wake('changed', 0)
    expect((await device.state()).entries.map(({ id }) => id)).toEqual([poison])
    const tried = new Set(
      server.pushes.flatMap(({ request }) =>
        request.mutations.filter(({ record }) => record === poison).map(({ id }) => id),
      ),
    )
    expect(tried.size).toBe(1)
  })

  test('P9: an answer without any result is no answer, and makes no hot loop', async () => {
    server.onPush = () => ({ ok: true, value: { answer: { results: [], now: T0, mark: null }, offset: 0 } })
    await device.write(idOf(1), { title: 't' })
    await device.write(idOf(2), { title: 't' })
    await wake('changed', 0)
    expect(server.pushes.length).toBe(1)
    expect((await device.state()).connection.is).toBe('failing')
  })
})

describe('engine, offline and signed out', () => {
  test('P9: offline sends nothing; Sync now tries, and drains all where the server answers (trace 55)', async () => {
    device.online = false
    server.pageSize = 1
    for (let i = 1; i <= 2; i++) server.put(note('theirs', { id: idOf(50 + i) }))
    for (let i = 0; i < 600; i++) await device.write(idOf(1000 + i), { title: 't' })
    for (const reason of ['changed', 'opened', 'poke', 'hidden', 'timer'] as const) await wake(reason)
    expect([server.pushes, server.pulls]).toEqual([[], []])
    await wake('sync-now')
    expect(server.pushes).toHaveLength(2)
    expect((await device.state()).entries).toEqual([])
    expect((await device.held(idOf(52))).record).not.toBe(null)
  })

  test('P9: Sync now offline without a server tries once', async () => {
    device.online = false
    server.onPush = () => NO_ANSWER
    await device.write(idOf(1), { title: 't' })
    await wake('sync-now')
    expect(server.pushes).toHaveLength(1)
    expect(server.pulls).toHaveLength(0)
  })

  describe('haste that waits for another worker to let go of the lock', () => {
    const held = async (reason: WakeReason, ms: number): Promise<void> => {
      let free = () => {}
      const before = new Promise<void>((resolve) => {
        free = resolve
      })
      const { alone } = device.world
      const engine = new Engine({ ...device.world, alone: (work) => before.then(() => alone(work)) })
      await device.write(idOf(1), { title: 't' })
      const woken = engine.wake(reason, A_MINUTE)
      clock.now += ms
      device.online = false
      free()
      await woken
    }

    test.each(['sync-now', 'retry', 'online', 'signed-in'] as const)(
      'P9: %s, a quarter of an hour: nobody’s haste any more (seed 2503263)',
      async (reason) => {
        await held(reason, 15 * A_MINUTE)
        expect([server.pushes, server.pulls]).toEqual([[], []])
        expect((await device.state()).entries).toHaveLength(1)
      },
    )

    test.each([2 * A_MINUTE, 0, -2000])('%i ms by the clock: it tries (trace 55)', async (ms) => {
      await held('sync-now', ms)
      expect(server.pushes).toHaveLength(1)
      expect((await device.state()).entries).toEqual([])
    })
  })

  test('no lost haste: Sync now in the midst of a request that takes minutes begins a round as soon as it has failed', async () => {
    let answer: (failed: typeof NO_ANSWER) => void = () => {}
    server.onPush = () => new Promise((resolve) => (answer = resolve))
    await device.write(idOf(1), { title: 't' })
    const drain = wake('changed', 0)
    await until(() => server.pushes.length === 1, 'the push')
    const hasty = wake('sync-now', 0)
    clock.now += 4 * A_MINUTE
    answer(NO_ANSWER)
    await until(() => server.pushes.length === 2, 'another')
    answer(NO_ANSWER)
    await Promise.all([drain, hasty])
  })

  test('P9: signed out sends nothing, keeps everything, and goes on once signed in', async () => {
    server.onPush = () => ({ is: 'signed-out' })
    await device.write(idOf(1), { title: 't' })
    await wake()
    for (const reason of ['changed', 'sync-now', 'online', 'retry', 'poke', 'timer'] as const)
      await wake(reason)
    expect(server.pushes).toHaveLength(1)
    expect(await device.state()).toMatchObject({
      connection: { is: 'signed-out' },
      entries: [{ id: idOf(1) }],
    })
    server.onPush = () => null
    await adoptLibrary(device.db, device.library, ACCOUNT)
    await wake('signed-in')
    expect(server.records.has(idOf(1))).toBe(true)
  })

  test('P10: another account’s cookie pauses, too', async () => {
    server.onPush = () => ({ is: 'other-account' })
    await device.write(idOf(1), { title: 't' })
    await wake()
    await wake('sync-now')
    expect(server.pushes).toHaveLength(1)
    expect((await device.state()).connection.is).toBe('signed-out')
  })

  test('P10, trace 22: a pending sign-out sends nothing but the sign-out, again until it is answered', async () => {
    await device.write(idOf(1), { title: 't' })
    await wipeLibrary(device.db, device.newId(), T0)
    let down = 2
    server.onSignOut = () => (down-- > 0 ? NO_ANSWER : null)
    await wake('opened')
    expect(server.signOuts).toBe(3)
    expect([server.pushes, server.pulls]).toEqual([[], []])
    expect(await readDevice(device.db, 'sign-out')).toBe(null)
    const logged = (await readJournal(device.db)).map(({ event }) => event.what).reverse()
    const told = logged.filter((what) => what === 'failed' || what === 'session-ended')
    expect(told, 'ended only where it was answered').toEqual(['failed', 'failed', 'session-ended'])
  })
})

describe('engine, account mix-ups', () => {
  test.each(['abort() first', 'no abort at all'])(
    'P10, trace 4a: an answer that comes after the library was replaced applies nothing (%s)',
    async (how) => {
      server.onPush = async (_, answer) => {
        const late = answer()
        if (how === 'abort() first') device.engine.abort()
        await wipeLibrary(device.db, 'another library', null)
        return late
      }
      await device.write(idOf(1), { content: 'private' })
      await wake()
      expect(await device.state()).toMatchObject({
        records: 0,
        entries: [],
        library: { id: 'another library', cursor: 0, mark: null },
      })
    },
  )

  test('P10, trace 4a: the same for a page of changes', async () => {
    server.put(note('private', { id: idOf(9) }))
    server.onPull = async (_, answer) => {
      const late = answer()
      await wipeLibrary(device.db, 'another library', null)
      return late
    }
    await wake('opened')
    expect(await device.state()).toMatchObject({
      records: 0,
      library: { id: 'another library', cursor: 0, mark: null },
    })
  })

  test('abort() during a wait comes to rest at once', async () => {
    clock.auto = false
    await device.write(idOf(1), { content: 'a' }, { urgency: 'typing' })
    const drain = wake()
    await until(() => clock.sleepers.size === 1)
    device.engine.abort()
    await drain
    expect(server.pushes).toEqual([])
  })
})

describe('engine, given up', () => {
  test('P10: a pull that is given up applies nothing and is no failure', async () => {
    server.put(note('theirs', { id: idOf(9) }))
    server.onPull = (_, answer) => {
      device.engine.abort()
      return answer()
    }
    await wake('opened')
    expect(await device.state()).toMatchObject({
      records: 0,
      connection: { is: 'fine' },
      library: { cursor: 0 },
    })
  })

  test('a sign-out that is given up is no failure, and still to be done', async () => {
    await wipeLibrary(device.db, device.newId(), T0)
    server.onSignOut = () => {
      device.engine.abort()
      return NO_ANSWER
    }
    await wake('opened')
    expect((await device.state()).connection.is).toBe('fine')
    expect(await readDevice(device.db, 'sign-out')).not.toBe(null)
  })
})

describe('engine, a page that was read for another place', () => {
  test('trace 9: a page that came late changes nothing', async () => {
    server.put(note('new', { id: idOf(9) }))
    server.onPull = async (_, answer) => {
      server.onPull = () => null
      const library = (await device.state()).library?.id ?? ''
      const row = { seq: 1, record: { ...note('new', { id: idOf(9) }), version: 2 } }
      await applyPage(device.db, {
        library,
        changes: [row],
        after: 0,
        cursor: 1,
        more: false,
        mark: null,
        now: T0,
        offset: 0,
      })
      return answer()
    }
    await wake('opened')
    expect((await device.held(idOf(9))).record?.version).toBe(2)
    expect((await device.state()).library?.cursor).toBe(1)
  })
})
