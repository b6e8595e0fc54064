import { beforeEach, describe, expect, test } from 'vitest'
import type { Failure } from '../../src/core/failure.ts'
import { retryFailed } from '../../src/store/failed.ts'
import { adoptLibrary } from '../../src/store/library.ts'
import { ACCOUNT, type Clock, type Device } from '../support/device.ts'
import { idOf, T0 } from '../support/device-records.ts'
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

let clock: Clock
let server: MemoryServer
let device: Device
const begin = async (): Promise<void> => {
  ;({ clock, server, device } = await oneDevice())
}
beforeEach(begin)
const write = (many: number): Promise<void> => writeMany(device, many)
const wake = (patience = 0) => device.engine.wake('changed', patience)
const notices = () => device.announced.filter(({ type }) => type === 'notice')

describe('a row that the browser has lost', () => {
  const lose = (store: 'records' | 'outbox', id: string): Promise<void> =>
    device.db.run([store], 'readwrite', (tx) => tx.objectStore(store).delete(id))

  test('P9 what was to be sent is gone when its turn comes again: nothing is sent for it, and it rests', async () => {
    await write(1)
    server.onPush = () => TIME_OUT
    server.onPull = async () => {
      await lose('outbox', idOf(1))
      return null as never
    }
    await wake(AN_HOUR)
    expect(server.pushes).toHaveLength(3)
    expect(server.pulls.length).toBeLessThan(4)
  })

  test('P1 P9 of a record in flight: it goes on with what was frozen, and nothing is asked for ever', async () => {
    await write(2)
    server.onPush = () => NO_ANSWER
    server.onPull = () => NO_ANSWER
    await wake()
    await lose('records', idOf(1))
    server.onPush = () => null
    server.onPull = () => (server.pulls.length > 20 ? NO_ANSWER : null)
    await device.engine.wake('sync-now', 0)
    expect(server.pulls.length).toBeLessThan(5)
    expect(server.records.get(idOf(1))?.fields.title).toBe('1')
    expect((await device.held(idOf(1))).record?.fields.title).toBe('1')
    expect(await left(device)).toEqual([])
  })
})

describe('P9: what an outage costs', () => {
  /** Requests of an outage of an hour with the engine awake all the time, and pages that look in each minute. */
  async function outage(entries: number, failure: Failure): Promise<{ pushes: number; pulls: number }> {
    await begin()
    server.onPush = () => failure
    server.onPull = () => failure
    await write(entries)
    for (const reason of ['changed', 'opened', 'poke', 'timer'] as const)
      await device.engine.wake(reason, AN_HOUR / 4)
    return { pushes: server.pushes.length, pulls: server.pulls.length }
  }

  test.each([DOWN, TIME_OUT, NO_ANSWER])(
    'an hour with 1,000 entries waiting costs no more requests than with one ($is)',
    { timeout: 60_000 },
    async (failure) => {
      const one = await outage(1, failure)
      const many = await outage(1000, failure)
      expect(many.pushes).toBeLessThanOrEqual(one.pushes)
      // Within one request of each other: the pull beside the push comes at another send of the round.
      expect(many.pulls).toBeLessThanOrEqual(one.pulls + 1)
      // Three sends and a pull a round, rounds 15 s to 5 minutes apart.
      expect(one.pushes + one.pulls).toBeLessThanOrEqual(4 * 17)
      expect(notices()).toHaveLength(1)
    },
  )
})

describe('P8: what one poison entry costs the others', () => {
  test.each([2, 16, 100, 500])(
    'among %i: two requests for each halving, and all others are through',
    async (many) => {
      const poison = idOf(Math.ceil(many / 3))
      server.onPush = (request) => (holds(request, poison) ? TOO_LARGE : null)
      await write(many)
      await wake()
      expect(server.pushes.length).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(many)))
      expect(server.records.size).toBe(many - 1)
      expect(await left(device)).toEqual([[poison, 'refused']])
    },
  )

  test.each<[string, Failure, number]>([
    ['5xx, twice in a row', DOWN, 1000],
    ['no answer, twice in a row', NO_ANSWER, 1000],
    ['a time-out, once', TIME_OUT, 0],
  ])(
    'of which whole requests die (%s): a pull tells it from an outage, and halving begins',
    async (_, dies, after) => {
      server.onPush = (request) => (holds(request, idOf(7)) ? dies : null)
      await write(64)
      await wake(3000)
      expect(await left(device)).toEqual([[idOf(7), 'choked']])
      expect(server.pushes.filter(({ at }) => at - T0 > after)).toEqual([])
      expect(server.pushes.length).toBeLessThanOrEqual(2 + 2 * 6)
      expect((await device.state()).connection.is).toBe('fine')
      expect(notices()).toEqual([])
    },
  )

  test('known to die alone it costs the others one request, and never the connection’s backoff', async () => {
    server.onPush = (request) => (holds(request, idOf(1)) ? DOWN : null)
    await write(1)
    await wake(8000)
    expect(await left(device)).toEqual([[idOf(1), 'choked']])
    const tries: number[] = []
    for (let round = 0; round < 8; round++) {
      clock.pass(400_000)
      const before = server.pushes.length
      await device.write(idOf(100 + round), { title: 'new' })
      await wake()
      expect(server.records.has(idOf(100 + round)), `new edit ${round}`).toBe(true)
      tries.push(server.pushes.length - before)
      expect((await device.state()).connection.is).toBe('fine')
    }
    expect(Math.max(...tries)).toBe(2)
    const { state } = (await device.held(idOf(1))).entry ?? {}
    expect(state).toMatchObject({ is: 'choked', attempts: 9 })
  })

  test('Retry of it goes alone too: the others are not sent with it', async () => {
    server.onPush = (request) => (holds(request, idOf(1)) ? DOWN : null)
    await write(3)
    await wake(8000)
    await device.write(idOf(2), { title: 'again' })
    await retryFailed(device.db, device.writing, [idOf(1)], clock.now)
    const before = server.pushes.length
    await device.engine.wake('retry', 0)
    expect(
      server.pushes.slice(before).map(({ request }) => request.mutations.map(({ record }) => record)),
    ).toEqual([[idOf(2)], [idOf(1)]])
    expect(await left(device)).toEqual([[idOf(1), 'choked']])
  })

  test('a worker that dies at any request of the halving: what went through stays so, and the next one ends it', async () => {
    for (let death = 1; death <= 9; death++) {
      await begin()
      const poison = idOf(11)
      server.onPush = (request) => {
        if (server.pushes.length === death) device.engine.abort()
        return holds(request, poison) ? TOO_LARGE : null
      }
      await write(16)
      await wake()
      device.restart()
      await device.engine.wake('opened', 0)
      expect(await left(device), `dead at request ${death}`).toEqual([[poison, 'refused']])
      expect(server.records.size).toBe(15)
      for (const { version } of server.records.values()) expect(version).toBe(1)
      expect(server.pushes.length).toBeLessThanOrEqual(2 * 9)
    }
  })

  test('an outage that begins at any request of the halving blames nobody; after it the poison is found', async () => {
    for (let cut = 2; cut <= 9; cut++) {
      await begin()
      const poison = idOf(11)
      let down = true
      server.onPush = (request) => {
        if (down && server.pushes.length >= cut) return DOWN
        return holds(request, poison) ? TOO_LARGE : null
      }
      server.onPull = () => (down ? DOWN : null)
      await write(16)
      await wake()
      expect((await left(device)).map(([, is]) => is)).not.toContain('refused')
      down = false
      clock.pass(400_000)
      await wake()
      expect(await left(device), `cut at request ${cut}`).toEqual([[poison, 'refused']])
      expect(server.records.size).toBe(15)
    }
  })

  test('a session that ends during a halving pauses, keeps everything and goes on after signing in', async () => {
    for (let end = 2; end <= 7; end++) {
      await begin()
      let signedIn = true
      server.onPush = (request) => {
        if (server.pushes.length === end) signedIn = false
        if (!signedIn) return { is: 'signed-out' }
        return holds(request, idOf(3)) ? TOO_LARGE : null
      }
      await write(16)
      await wake(60_000)
      await device.engine.wake('sync-now', 60_000)
      expect(server.pushes).toHaveLength(end)
      const { entries, connection } = await device.state()
      expect(connection.is).toBe('signed-out')
      expect(entries.length + server.records.size).toBe(16)
      signedIn = true
      server.onPush = (request) => (holds(request, idOf(3)) ? TOO_LARGE : null)
      await adoptLibrary(device.db, device.library, ACCOUNT)
      await device.engine.wake('signed-in', 0)
      expect(await left(device)).toEqual([[idOf(3), 'refused']])
    }
  })

  test('a session that ends between two batches: the first stays settled, the second is kept and goes on', async () => {
    server.onPush = () => (server.pushes.length === 2 ? { is: 'signed-out' } : null)
    await write(600)
    await wake(60_000)
    expect(server.records.size).toBe(500)
    expect(await device.state()).toMatchObject({ connection: { is: 'signed-out' } })
    expect((await device.state()).entries).toHaveLength(100)
    await adoptLibrary(device.db, device.library, ACCOUNT)
    await device.engine.wake('signed-in', 0)
    expect(server.records.size).toBe(600)
    for (const { version } of server.records.values()) expect(version).toBe(1)
  })
})

describe('trace 10: what is refused whole, with nothing else to send', () => {
  test('a person’s edits cure it: the mutations of the old texts are voided, the new ones go', async () => {
    const bad = 'taboo'
    server.onPush = (request) => (JSON.stringify(request).includes(bad) ? TOO_LARGE : null)
    for (const n of [1, 2]) await device.write(idOf(n), { content: bad })
    await wake(AN_HOUR / 60)
    expect(server.records.size).toBe(0)
    for (const n of [1, 2]) await device.write(idOf(n), { content: 'fine' })
    await device.engine.wake('sync-now', AN_HOUR / 60)
    expect(await left(device)).toEqual([])
    expect([...server.records.values()].map(({ fields }) => fields.content)).toEqual(['fine', 'fine'])
  })
})

describe('P9: the network goes in the midst of halving', () => {
  test('nothing more is sent, and no entry is blamed for it', async () => {
    const poison = idOf(40)
    server.onPush = (request) => {
      if (!holds(request, poison)) {
        device.online = false
        return null
      }
      return TOO_LARGE
    }
    await write(64)
    await wake()
    const sent = server.pushes.length
    expect((await left(device)).filter(([, state]) => state !== 'ready')).toEqual([])
    server.onPush = (request) => (holds(request, poison) ? TOO_LARGE : null)
    device.online = true
    await wake()
    expect(sent).toBeLessThanOrEqual(3)
    expect(await left(device)).toEqual([[poison, 'refused']])
  })

  test('nor by Sync now, which tries where the browser says offline: what gets no answer then is nobody’s fault', async () => {
    const poison = idOf(40)
    let through = false
    server.onPush = (request) => {
      if (through) return NO_ANSWER
      if (holds(request, poison)) return TIME_OUT
      device.online = false
      through = true
      return null
    }
    server.onPull = () => (through ? NO_ANSWER : null)
    await write(64)
    await device.engine.wake('sync-now', AN_HOUR / 60)
    expect(through).toBe(true)
    expect((await left(device)).filter(([, state]) => state !== 'ready')).toEqual([])
  })
})

describe('P8, P9: the server goes down in the midst of halving', () => {
  test('it costs few requests, and hardly anybody is blamed for it', async () => {
    const poison = idOf(390)
    let down = false
    server.onPush = (request) => {
      if (down || holds(request, poison)) return DOWN
      down = true
      return null
    }
    server.onPull = () => (down ? DOWN : null)
    await write(400)
    await wake(AN_HOUR / 60)
    expect(server.records.size).toBeGreaterThan(0)
    // Two to notice, two for each halving until two have died alone, then rounds.
    expect(server.pushes.length).toBeLessThanOrEqual(40)
    expect((await left(device)).filter(([, state]) => state === 'choked').length).toBeLessThanOrEqual(3)
    server.onPush = (request) => (holds(request, poison) ? DOWN : null)
    server.onPull = () => null
    for (let i = 0; i < 4; i++) {
      clock.pass(AN_HOUR)
      await wake(AN_HOUR / 60)
    }
    expect(await left(device)).toEqual([[poison, 'choked']])
  })
})

describe('P8: a healthy entry that once failed alone', () => {
  test('is not kept behind two that are refused again and again', async () => {
    server.onPush = () => DOWN
    await device.write(idOf(3), { title: 'healthy' })
    await wake(AN_HOUR / 60)
    expect(await left(device)).toEqual([[idOf(3), 'choked']])
    server.onPush = (request) => (holds(request, idOf(1), idOf(2)) ? TOO_LARGE : null)
    for (const n of [1, 2]) await device.write(idOf(n), { title: `${n}` })
    for (let i = 0; i < 8; i++) {
      clock.pass(AN_HOUR / 6)
      await wake(AN_HOUR / 60)
    }
    expect(server.records.has(idOf(3))).toBe(true)
  })
})
