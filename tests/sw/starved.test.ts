import { beforeEach, describe, expect, test } from 'vitest'
import type { Failure } from '../../src/core/failure.ts'
import { whyText } from '../../src/core/failure.ts'
import type { Outcome } from '../../src/core/protocol.ts'
import { settleStamps } from '../../src/core/stamp.ts'
import { wipeLibrary } from '../../src/store/library.ts'
import type { Clock, Device } from '../support/device.ts'
import { idOf, note, T0 } from '../support/device-records.ts'
import { type MemoryServer, NO_ANSWER } from '../support/device-server.ts'
import {
  AN_HOUR,
  DOWN,
  holds,
  left,
  oneDevice,
  TIME_OUT,
  TOO_LARGE,
  writeMany,
} from '../support/one-device.ts'

const A_MINUTE = 60_000

let clock: Clock
let server: MemoryServer
let device: Device
const begin = async (): Promise<void> => {
  ;({ clock, server, device } = await oneDevice())
}
beforeEach(begin)
const write = (many: number): Promise<void> => writeMany(device, many)
const poisoned = (failure: Failure, ...bad: number[]): void => {
  server.onPush = (request) => (holds(request, ...bad.map((n) => idOf(n))) ? failure : null)
}
const outages = () => device.announced.filter((told) => told.type === 'notice' && told.told.is === 'outage')
/** Pages that look in now and then, with a worker kept alive for a while. */
const pass = async (hours: number): Promise<void> => {
  for (let n = 0; n < hours * 2; n++) {
    await device.engine.wake('timer', AN_HOUR / 4)
    clock.pass(AN_HOUR / 4)
  }
}

describe('P8: several poison entries starve nobody', () => {
  const KINDS = [
    ['refused whole', TOO_LARGE],
    ['no answer', NO_ANSWER],
    ['500', DOWN],
  ] as const
  const PLACES = [
    [1, 2],
    [1, 2, 3, 5],
    [1, 3, 5, 7],
    [1, 2, 4, 6, 8],
    [2, 3, 5, 8],
  ]
  for (const [name, failure] of KINDS)
    test.each(PLACES.map((bad) => [bad.join(), bad] as const))(
      `${name}: %s of 8; the others arrive, and these are set aside`,
      { timeout: A_MINUTE },
      async (_, bad) => {
        poisoned(failure, ...bad)
        await write(8)
        await pass(2)
        expect(server.records.size).toBe(8 - bad.length)
        const entries = await left(device)
        expect(entries).toEqual(bad.map((n) => [idOf(n), failure === TOO_LARGE ? 'refused' : 'choked']))
        expect((await device.state()).connection.is).toBe('fine')
      },
    )

  test.each(KINDS)('seven of 8 (%s): the one arrives', { timeout: A_MINUTE }, async (_, failure) => {
    poisoned(failure, 1, 2, 3, 4, 5, 6, 7)
    await write(8)
    await pass(2)
    expect([...server.records.keys()]).toEqual([idOf(8)])
  })

  test('a dozen at the front of 200: within minutes', { timeout: A_MINUTE }, async () => {
    poisoned(TOO_LARGE, ...Array.from({ length: 12 }, (_, n) => n + 1))
    await write(200)
    await device.engine.wake('changed', 5 * A_MINUTE)
    expect(server.records.size).toBe(188)
    expect(server.pushes.length).toBeLessThan(120)
  })

  test('what was sent apart in an outage is not blamed for it, and goes when the server is well', async () => {
    server.onPush = () => TOO_LARGE
    await write(3)
    await device.engine.wake('changed', AN_HOUR)
    expect((await left(device)).map(([, is]) => is)).toEqual(['ready', 'ready', 'ready'])
    server.onPush = () => null
    await device.engine.wake('sync-now', A_MINUTE)
    expect(await left(device)).toEqual([])
    for (const { version } of server.records.values()) expect(version).toBe(1)
  })

  test.each(KINDS)(
    'two alone (%s): a new note goes at once, and then they are set aside',
    async (_, failure) => {
      poisoned(failure, 1, 2)
      await write(2)
      await device.engine.wake('changed', AN_HOUR / 2)
      expect((await left(device)).map(([, is]) => is)).toEqual(['ready', 'ready'])
      await device.write(idOf(9), { title: 'good' }, { urgency: 'typing' })
      const at = clock.now
      await device.engine.wake('changed', 20_000)
      const [sent] = server.pushes.filter(({ request }) => holds(request, idOf(9)))
      expect((sent?.at ?? 0) - at).toBe(2000)
      expect(server.records.has(idOf(9))).toBe(true)
      const aside = failure === TOO_LARGE ? 'refused' : 'choked'
      expect((await left(device)).map(([, is]) => is)).toEqual([aside, aside])
      expect((await device.state()).connection.is).toBe('fine')
    },
  )

  describe('too large for the server, which is an entry’s own fault where it is large', () => {
    const LONG = 'long '.repeat(5000)
    const states = async (): Promise<string> => (await left(device)).map(([, is]) => is).join()
    /** Entries of these lengths: L is large, s is not. */
    const writeSizes = async (sizes: string): Promise<void> => {
      for (const [at, size] of [...sizes].entries())
        await device.write(idOf(at + 1), { title: `${at}`, content: size === 'L' ? LONG : '' })
    }
    const tooLarge = (): void => {
      server.onPush = ({ mutations }) => (JSON.stringify(mutations).length > 20_000 ? TOO_LARGE : null)
    }

    test.each(['L', 'LL', 'LLL', 'LLLLLLL', 'sLsL', 'LsL'])(
      '%s: all of them are named, the others arrive',
      async (sizes) => {
        tooLarge()
        await writeSizes(sizes)
        await device.engine.wake('changed', 5 * A_MINUTE)
        expect(await states()).toBe([...sizes].flatMap((size) => (size === 'L' ? ['refused'] : [])).join())
        expect((await device.state()).connection.is).toBe('fine')
      },
    )

    test.each(['Ls', 'LsL', 'sLs'])(
      'trace 26: %s, and a server that refuses whatever comes: what is small is not blamed, and goes when it is well',
      async (sizes) => {
        server.onPush = () => TOO_LARGE
        await writeSizes(sizes)
        await device.engine.wake('changed', AN_HOUR)
        expect(await states()).toBe([...sizes].map((size) => (size === 'L' ? 'refused' : 'ready')).join())
        server.onPush = () => null
        await device.engine.wake('sync-now', A_MINUTE)
        expect(await states()).toBe([...sizes].flatMap((size) => (size === 'L' ? ['refused'] : [])).join())
      },
    )

    test('P9: 200 of them cost such a server no more than its outages do', {
      timeout: A_MINUTE,
    }, async () => {
      server.onPush = () => TOO_LARGE
      await writeSizes('L'.repeat(200))
      await device.engine.wake('changed', AN_HOUR)
      expect(server.pushes.length).toBeLessThan(70)
    })

    test('the whole request dies, and each alone is too large: both are named', async () => {
      server.onPush = ({ mutations }) => (mutations.length > 1 ? TIME_OUT : TOO_LARGE)
      await writeSizes('LL')
      await device.engine.wake('changed', 5 * A_MINUTE)
      expect(await states()).toBe('refused,refused')
    })

    test('one of them too large, the other choked on, and nothing goes through: the first is named', async () => {
      server.onPush = ({ mutations }) =>
        mutations.length > 1 ? DOWN : mutations[0]?.record === idOf(1) ? TOO_LARGE : DOWN
      await writeSizes('LL')
      await device.engine.wake('changed', 5 * A_MINUTE)
      expect((await states()).split(',')[0]).toBe('refused')
    })

    test('found too large only when an outage is over: they are named all the same', async () => {
      server.onPush = () => DOWN
      await writeSizes('LLL')
      await device.engine.wake('changed', AN_HOUR)
      tooLarge()
      await device.engine.wake('changed', AN_HOUR)
      expect(await states()).toBe('refused,refused,refused')
    })

    test('each that is named alone costs a wait, as every other failed send', async () => {
      server.onPush = () => TOO_LARGE
      await writeSizes('L'.repeat(12))
      await device.engine.wake('changed', 12 * AN_HOUR)
      const alone = server.pushes.filter(({ request }) => request.mutations.length === 1).slice(3)
      expect(alone.length).toBeGreaterThan(4)
      for (const [n, { at }] of alone.entries()) if (n > 0) expect(at).toBeGreaterThan(alone[n - 1]?.at ?? 0)
    })

    test('a void that is refused says nothing of the size of what it takes back', async () => {
      server.onPush = () => DOWN
      await writeSizes('LL')
      await device.engine.wake('changed', A_MINUTE)
      for (const n of [1, 2]) await device.write(idOf(n), { content: 'short' })
      server.onPush = () => TOO_LARGE
      await device.engine.wake('sync-now', AN_HOUR)
      expect(server.pushes.some(({ request }) => request.voids.length === 1)).toBe(true)
      expect(await states()).toBe('ready,ready')
    })
  })

  test('one after another, each of which dies alone: the third note is not kept waiting by them', async () => {
    poisoned(DOWN, 1, 2)
    for (const n of [1, 2]) {
      await device.write(idOf(n), { title: `${n}` })
      await device.engine.wake('changed', 10 * A_MINUTE)
    }
    await device.write(idOf(9), { title: 'good' })
    await device.engine.wake('changed', 0)
    expect(server.records.has(idOf(9))).toBe(true)
  })

  test('P9, trace 14: but in an outage that costs one round at most, however much is edited', async () => {
    server.onPush = () => TOO_LARGE
    await write(2)
    await device.engine.wake('changed', AN_HOUR / 2)
    const before = server.pushes.length
    for (let n = 10; n < 20; n++) {
      await device.write(idOf(n), { title: `${n}` })
      await device.engine.wake('changed', 0)
    }
    expect(server.pushes.length - before).toBeLessThanOrEqual(3)
  })

  test('the true reason is told: what is too large is not called a server that does not answer', async () => {
    poisoned(TOO_LARGE, 1, 2)
    await write(2)
    await device.engine.wake('changed', AN_HOUR / 2)
    const { connection } = await device.state()
    expect(connection.is === 'failing' && whyText(connection.why)).toBe('The server refused it: Too large.')
  })
})

describe('P9: an outage in which pulls pass', () => {
  const hour = async (many: number): Promise<number> => {
    await begin()
    server.onPush = () => DOWN
    await write(many)
    await device.engine.wake('changed', AN_HOUR)
    return server.pushes.length
  }

  test('one search, then rounds: hardly more with 1,000 entries than with two', {
    timeout: A_MINUTE,
  }, async () => {
    const two = await hour(2)
    const many = await hour(1000)
    // Three sends a round, rounds up to five minutes apart; and two for each halving, once.
    expect(two).toBeLessThanOrEqual(3 * 18)
    expect(many - two).toBeLessThanOrEqual(2 * 9)
    expect((await left(device)).filter(([, is]) => is !== 'ready')).toEqual([])
    expect(outages()).toHaveLength(1)
  })
})

describe('P8: a poison entry that times out', () => {
  test('what is not in its half does not wait for it to be found', { timeout: A_MINUTE }, async () => {
    server.onPush = (request) => {
      if (!holds(request, idOf(10))) return null
      clock.pass(30_000)
      return TIME_OUT
    }
    await write(500)
    await device.engine.wake('changed', AN_HOUR)
    const through = server.pushes.filter(({ request }) => !holds(request, idOf(10)))
    expect(through.slice(0, 3).map(({ at, request }) => [at - T0, request.mutations.length])).toEqual([
      [60_000, 250],
      [90_000, 125],
      [120_000, 63],
    ])
  })
})

describe('P9: a server that says 410 again and again', () => {
  test.each(['expired', 'diverged'] as const)(
    '%s, to every push: a fresh read at once, then after waits',
    async (how) => {
      server.put(note('x', { id: idOf(9) }))
      await device.engine.wake('opened', 0)
      const limit = 200
      server.onPush = () => (server.pushes.length < limit ? { is: 'reset', how } : null)
      await device.write(idOf(1), { title: 't' })
      await device.engine.wake('changed', 0)
      expect(server.pushes).toHaveLength(2)
      expect((await device.state()).connection.is).toBe('failing')
      await device.engine.wake('timer', AN_HOUR)
      expect(server.pushes.length).toBeLessThanOrEqual(3 * 18)
      server.onPush = () => null
      await device.engine.wake('sync-now', A_MINUTE)
      expect(await device.state()).toMatchObject({ entries: [], connection: { is: 'fine' } })
    },
  )

  test('to the second page of each pull', async () => {
    for (const n of [1, 2]) server.put(note('x', { id: idOf(n) }))
    server.pageSize = 1
    server.onPull = ({ after }) =>
      after > 0 && server.pulls.length < 200 ? { is: 'reset', how: 'expired' } : null
    await device.engine.wake('opened', 0)
    expect(server.pulls.length).toBeLessThanOrEqual(4)
    server.onPull = () => null
    await device.engine.wake('sync-now', A_MINUTE)
    expect(await device.state()).toMatchObject({ records: 2, connection: { is: 'fine' } })
  })

  test('a server restored again another day is read afresh at once', async () => {
    server.put(note('x', { id: idOf(9) }))
    await device.engine.wake('opened', 0)
    for (let day = 0; day < 2; day++) {
      clock.pass(24 * AN_HOUR)
      const before = server.pulls.length
      server.onPull = ({ after }) => (after > 0 ? { is: 'reset', how: 'diverged' } : null)
      await device.engine.wake('opened', 0)
      expect(server.pulls.slice(before).map(({ from }) => from.after)).toEqual([1, 0])
      expect((await device.state()).connection.is).toBe('fine')
    }
  })
})

describe('notices', () => {
  test('of an outage that began with nothing to send: once, when something waits', async () => {
    server.onPush = () => DOWN
    server.onPull = () => DOWN
    await device.engine.wake('timer', A_MINUTE)
    expect(outages()).toEqual([])
    await device.write(idOf(1), { title: 't' })
    await device.engine.wake('changed', 10 * A_MINUTE)
    expect(outages()).toMatchObject([{ told: { waiting: 1 } }])
    await device.write(idOf(2), { title: 't' })
    await device.engine.wake('changed', AN_HOUR)
    expect(outages()).toHaveLength(1)
  })

  test('one, however many batches are refused', { timeout: A_MINUTE }, async () => {
    server.onPush = ({ mutations }) => {
      const results = mutations.map(
        ({ id }): Outcome => ({ id, outcome: 'rejected', code: 'forbidden', message: 'No.' }),
      )
      return { ok: true, value: { offset: 0, answer: { now: clock.now, mark: null, results } } }
    }
    await write(1200)
    await device.engine.wake('changed', 0)
    expect(device.announced.filter(({ type }) => type === 'notice')).toMatchObject([
      { told: { is: 'refused', more: 1199 } },
    ])
  })
})

test('P5 a pull beside the failed push measures the clock: each send of the search says the time that its stamps are in', async () => {
  const A_DAY = 24 * AN_HOUR
  const empty = { account: null, cursor: 0, more: false, mark: null, changes: [] }
  server.onPull = () => {
    const answer = { ...empty, now: clock.now - A_DAY }
    return { ok: true, value: { offset: -A_DAY, answer } }
  }
  const there: unknown[] = []
  server.onPush = ({ mutations, now }) => {
    there.push(settleStamps(mutations[0]?.stamps ?? {}, now, clock.now - A_DAY).title)
    return DOWN
  }
  await write(2)
  await device.engine.wake('changed', 20_000)
  expect(server.pulls.length).toBeGreaterThan(0)
  expect(there.length).toBeGreaterThan(3)
  expect(new Set(there)).toEqual(new Set([T0 - A_DAY]))
})

test('P10 what was gathered for a notice is not told to whoever comes after signing out', async () => {
  server.onPush = ({ mutations }) => {
    const results = mutations.map(
      ({ id }): Outcome => ({ id, outcome: 'rejected', code: 'forbidden', message: 'No.' }),
    )
    return { ok: true, value: { offset: 0, answer: { now: clock.now, mark: null, results } } }
  }
  server.onPull = () => {
    device.engine.abort()
    return null
  }
  await device.write(idOf(1), { title: 'A secret of the first' })
  await device.engine.wake('changed', 0)
  server.onPull = () => null
  await wipeLibrary(device.db, idOf(777), clock.now)
  await device.engine.wake('signed-in', 0)
  expect(device.announced.filter(({ type }) => type === 'notice')).toEqual([])
})
