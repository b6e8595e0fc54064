import { beforeEach, describe, expect, test } from 'vitest'
import type { Failure } from '../../src/core/failure.ts'
import type { WakeReason } from '../../src/core/messages.ts'
import { Clock, Device, until } from '../support/device.ts'
import { idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer, NO_ANSWER } from '../support/device-server.ts'

const A_MINUTE = 60_000
const DOWN: Failure = { is: 'server', status: 500, after: null }

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

describe('engine, rounds', () => {
  test('P9: three sends at 0, 1 s and 6 s; the next round 12 to 18 s later', async () => {
    server.onPush = () => DOWN
    server.onPull = () => DOWN
    await device.write(idOf(1), { title: 't' })
    await wake('changed', 30_000)
    expect(sends()).toEqual([0, 1000, 6000, 21_000, 22_000, 27_000])
  })

  test('trace 44: one notice an outage, also when the pull beside the push fails too', async () => {
    server.onPush = () => DOWN
    server.onPull = () => DOWN
    await device.write(idOf(1), { title: 't' })
    await wake('opened', 90_000)
    expect(sends().length).toBeGreaterThan(6)
    expect(device.announced.filter(({ type }) => type === 'notice')).toHaveLength(1)
  })

  test('P9, trace 14: a new edit in an outage starts no round, nor does any page that opens, shows or hides', async () => {
    server.onPush = () => DOWN
    server.onPull = () => DOWN
    await device.write(idOf(1), { title: 't' })
    await wake('changed', 0)
    for (const reason of [
      'changed',
      'opened',
      'shown',
      'hidden',
      'poke',
      'timer',
      'sync-event',
      'activated',
    ] as const) {
      await device.write(idOf(2), { title: reason })
      await wake(reason, 0)
    }
    expect(server.pushes).toHaveLength(1)
    expect(server.pulls).toHaveLength(0)
  })

  test.each(['sync-now', 'retry', 'online'] as const)('P9: %s begins a new round at once', async (reason) => {
    server.onPush = () => DOWN
    await device.write(idOf(1), { title: 't' })
    await wake('changed', 3000)
    expect(sends()).toEqual([0, 1000])
    await wake(reason, 8000)
    expect(sends()).toEqual([0, 1000, 1000, 2000, 7000])
  })

  test('P9: Retry-After is obeyed, also by Sync now', async () => {
    server.onPush = () => ({ is: 'busy', after: 600_000 })
    await device.write(idOf(1), { title: 't' })
    await wake('changed', 0)
    for (const reason of ['sync-now', 'online', 'retry'] as const) await wake(reason, 0)
    expect(sends()).toEqual([0])
    server.onPush = () => null
    await wake('sync-now', 700_000)
    // And up to 5 s longer, so that a thousand devices told the same do not come back in one moment.
    expect(sends()).toEqual([0, 602_500])
  })

  test('the retry time is stored: a new worker obeys it', async () => {
    server.onPush = () => DOWN
    await device.write(idOf(1), { title: 't' })
    await wake('changed', 0)
    device.restart()
    await wake('opened', 0)
    expect(server.pushes).toHaveLength(1)
    server.onPush = () => null
    clock.pass(1000)
    await wake('timer', 0)
    expect((await device.state()).entries).toEqual([])
  })

  test('P11: after a whole round the entries show as failed, and as synced once one gets through', async () => {
    server.onPush = () => DOWN
    server.onPull = () => DOWN
    await device.write(idOf(1), { title: 't' })
    await wake('changed', 10_000)
    expect((await device.state()).connection).toMatchObject({ is: 'failing', rounds: 1 })
    server.onPush = () => null
    server.onPull = () => null
    await wake('sync-now')
    expect(await device.state()).toMatchObject({ connection: { is: 'fine' }, entries: [] })
  })

  test('a pull that fails is tried again in its round, and an outage without changes ends by itself', async () => {
    let down = 2
    server.onPull = () => (down-- > 0 ? NO_ANSWER : null)
    server.put(note('new', { id: idOf(9) }))
    await wake('poke')
    expect(server.pulls.map(({ at }) => at - T0)).toEqual([0, 1000, 6000])
    expect((await device.held(idOf(9))).record).not.toBe(null)
    expect((await device.state()).connection.is).toBe('fine')
  })

  test('trace 27: a push that always fails does not keep the pull from others, once a round', async () => {
    server.onPush = () => DOWN
    server.put(note('theirs', { id: idOf(9) }))
    await device.write(idOf(1), { title: 't' })
    await wake('opened', 8000)
    expect(server.pushes).toHaveLength(3)
    expect((await device.held(idOf(9))).record).not.toBe(null)
    // Pulls go through: the server is well, and it is this one that it dies of.
    expect(await device.state()).toMatchObject({
      connection: { is: 'fine' },
      entries: [{ state: { is: 'choked' } }],
    })
  })

  test('trace 3: the pull brings a newer version of what is in flight; it is parked and taken in later', async () => {
    const shared = note('one', { id: idOf(1) })
    server.put(shared)
    await wake('opened')
    server.onPush = () => DOWN
    await device.write(idOf(1), { content: 'one, mine' })
    server.put({ ...shared, version: 2, fields: { ...shared.fields, title: 'Theirs' } })
    await wake('opened', 8000)
    expect((await device.held(idOf(1))).entry?.parked?.version).toBe(2)
    server.onPush = () => null
    await wake('sync-now')
    expect(server.records.get(idOf(1))).toMatchObject({
      version: 3,
      fields: { title: 'Theirs', content: 'one, mine' },
    })
    expect((await device.held(idOf(1))).record).toMatchObject({ version: 3 })
  })
})

describe('engine, poison', () => {
  const refusing = (...poison: string[]): void => {
    server.onPush = ({ mutations }) =>
      mutations.some(({ record }) => poison.includes(record))
        ? { is: 'refused', status: 413, code: 'too_large', message: 'too large' }
        : null
  }

  test('P8, trace 26: a request refused whole is halved at once, so that one poison entry delays nobody', async () => {
    refusing(idOf(137))
    for (let i = 0; i < 300; i++) await device.write(idOf(i), { title: `t${i}` })
    await wake('changed', 0)
    expect(server.records.size).toBe(299)
    expect(server.pushes.length).toBeLessThanOrEqual(20)
    expect(await device.state()).toMatchObject({
      entries: [{ id: idOf(137), state: { is: 'refused', code: 'too_large' } }],
      connection: { is: 'fine' },
    })
  })

  test('P8: two poison entries delay nobody either', async () => {
    refusing(idOf(3), idOf(60))
    for (let i = 0; i < 64; i++) await device.write(idOf(i), { title: `t${i}` })
    await wake('changed', 0)
    expect(server.records.size).toBe(62)
    expect((await device.state()).entries.map(({ state }) => state.is)).toEqual(['refused', 'refused'])
  })

  test('trace 26: where no part goes through the fault is the server’s: it waits, and refuses no entry', async () => {
    server.onPush = () => ({ is: 'refused', status: 403, code: 'cross_origin', message: 'No.' })
    for (let i = 0; i < 64; i++) await device.write(idOf(i), { title: `t${i}` })
    await wake('changed', 0)
    expect(server.pushes.length).toBeLessThanOrEqual(14)
    const { entries, connection } = await device.state()
    expect(entries.map(({ state }) => state.is)).toEqual(entries.map(() => 'ready'))
    expect(entries).toHaveLength(64)
    expect(connection.is).toBe('failing')
  })

  test('P8, trace 26: a mutation of which whole requests die is found while pulls go through, and delays nobody', async () => {
    server.onPush = (request) => (request.mutations.some(({ record }) => record === idOf(7)) ? DOWN : null)
    for (let n = 1; n <= 64; n++) await device.write(idOf(n), { title: `${n}` })
    await wake('opened', 10_000)
    expect(await device.state()).toMatchObject({
      connection: { is: 'fine' },
      entries: [{ id: idOf(7), state: { is: 'choked' } }],
    })
    expect(server.pushes.length).toBeLessThan(3 + 2 * 7)
  })

  test('P9, trace 26: in an outage nothing is halved; 64 entries cost as many requests as one', async () => {
    server.onPush = () => DOWN
    server.onPull = () => DOWN
    for (let n = 1; n <= 64; n++) await device.write(idOf(n), { title: `${n}` })
    await wake('opened', 10_000)
    expect(sends()).toEqual([0, 1000, 6000])
  })

  test('P9 a push that gets no answer, while the pull beside it says that the session has ended, pauses as signed out', async () => {
    server.onPush = () => NO_ANSWER
    server.onPull = () => ({ is: 'signed-out' })
    await device.write(idOf(1), { title: 't' })
    await wake('changed', 10_000)
    expect(await device.state()).toMatchObject({
      connection: { is: 'signed-out' },
      entries: [{ id: idOf(1) }],
    })
  })

  test('P9, trace 14: where every push dies and pulls pass, a second record is not blamed, and waits', async () => {
    server.onPush = () => DOWN
    await device.write(idOf(1), { title: 'a' })
    await wake('opened', 10_000)
    await device.write(idOf(2), { title: 'b' })
    await wake('changed', 10_000)
    expect((await device.state()).connection).toMatchObject({ is: 'failing', rounds: 1 })
  })

  test('P8: a mutation that the server chokes on is sent alone, ever more rarely, and holds up nobody', async () => {
    server.onPush = (request, answer) => {
      const answered = answer()
      if (!answered.ok) return answered
      const bad = request.mutations.find(({ record }) => record === idOf(1))
      if (bad) {
        const { results } = answered.value.answer
        answered.value.answer.results = results.map((result) =>
          (result as { id: string }).id === bad.id
            ? { id: bad.id, outcome: 'error', message: 'boom' }
            : result,
        )
      }
      return answered
    }
    await device.write(idOf(1), { title: 'poison' })
    await device.write(idOf(2), { title: 'fine' })
    await wake('changed', 0)
    expect((await device.state()).entries).toMatchObject([{ id: idOf(1), state: { is: 'choked' } }])
    clock.pass(20_000)
    await device.write(idOf(3), { title: 'fine' })
    await wake('changed', 0)
    expect(
      server.pushes.slice(1).map(({ request }) => request.mutations.map(({ record }) => record)),
    ).toEqual([[idOf(3)], [idOf(1)]])
    expect((await device.state()).connection.is).toBe('fine')
  })

  test('trace 10: editing what the server chokes on voids the frozen mutation, then sends the edit', async () => {
    server.onPush = (request) => {
      const [first] = request.mutations
      if (first?.fields.title !== 'poison') return null
      return {
        ok: true,
        value: {
          answer: { results: [{ id: first.id, outcome: 'error', message: 'boom' }], now: T0, mark: null },
          offset: 0,
        },
      }
    }
    await device.write(idOf(1), { title: 'poison' })
    await wake('changed', 0)
    await device.write(idOf(1), { title: 'cured' })
    await wake('changed', 0)
    const [first, second, third] = server.pushes.map(({ request }) => request)
    expect(second).toMatchObject({ mutations: [], voids: [first?.mutations[0]?.id] })
    expect(third?.mutations[0]).toMatchObject({ on: 0, fields: { title: 'cured' } })
    expect((await device.state()).entries).toEqual([])
  })
})

describe('engine, a server that starts afresh', () => {
  test.each(['expired', 'diverged'] as const)(
    'trace 8: 410 %s reads afresh from the start and keeps the outbox',
    async (how) => {
      for (let i = 0; i < 3; i++) server.put(note(`n${i}`, { id: idOf(i) }))
      await wake('opened')
      let told = false
      server.onPush = () => {
        if (told) return null
        told = true
        return { is: 'reset', how }
      }
      await device.write(idOf(7), { title: 'mine' })
      await wake()
      expect(server.records.get(idOf(7))?.fields.title).toBe('mine')
      expect(server.pulls.map(({ from }) => from.after).slice(0, 2)).toEqual([0, 0])
      expect(await device.state()).toMatchObject({ entries: [], records: 4 })
    },
  )

  test('410 to a pull does the same', async () => {
    server.put(note('n', { id: idOf(1) }))
    await wake('opened')
    server.onPull = ({ mark }) => (mark ? { is: 'reset', how: 'expired' } : null)
    await wake('poke')
    expect(server.pulls.map(({ from }) => from.after)).toEqual([0, 1, 0])
  })

  test('P9: a server that says 410 to a device that has seen nothing makes no hot loop', async () => {
    server.onPush = () => ({ is: 'reset', how: 'expired' })
    server.onPull = () => ({ is: 'reset', how: 'expired' })
    await device.write(idOf(1), { title: 't' })
    const drain = wake('opened', 0)
    await Promise.race([drain, until(() => server.pushes.length + server.pulls.length > 10).catch(() => {})])
    device.engine.abort()
    await drain
    expect(server.pushes.length + server.pulls.length).toBeLessThanOrEqual(3)
  })

  test('426: sends nothing more, keeps everything', async () => {
    server.onPush = () => ({ is: 'too-old' })
    await device.write(idOf(1), { title: 't' })
    await wake()
    for (const reason of ['shown', 'changed', 'poke', 'timer'] as const) await wake(reason)
    expect(server.pushes).toHaveLength(1)
    expect((await device.state()).entries).toHaveLength(1)
  })

  test('426: a page that opens asks once more: it may be the reload that the person was told to make', async () => {
    server.onPush = () => ({ is: 'too-old' })
    await device.write(idOf(1), { title: 't' })
    await wake()
    await wake('opened')
    await wake('shown')
    expect(server.pushes).toHaveLength(2)
    server.onPush = () => null
    await wake('opened')
    expect(await device.state()).toMatchObject({ connection: { is: 'fine' }, entries: [] })
  })
})

describe('P5: a slow line', () => {
  /** So many bytes a second; a page that takes too long is given up. */
  const carries = (rate: number) => {
    clock.auto = false
    server.onPull = ({ limit }, answer) => {
      const page = answer()
      const ms = (JSON.stringify(page).length / rate) * 1000
      const patience = limit === 1 ? 120_000 : 30_000
      clock.pass(Math.min(ms, patience))
      return ms > patience ? { is: 'no-answer', why: 'TimeoutError' } : page
    }
  }
  const limits = () => server.pulls.map(({ from }) => from.limit)
  const readsOn = async (wakes: number) => {
    for (let n = 0; n < wakes; n++) {
      await wake('opened', 0)
      clock.pass(400_000)
    }
  }
  const holding = (notes: number, length: number) => {
    for (let n = 0; n < notes; n++) server.put(note('x'.repeat(length), { id: idOf(n) }))
  }

  test('reads a library whose pages are too long for it, though no worker lives for more than one request', async () => {
    holding(12, 90_000)
    carries(20_000)
    for (let n = 0; n < 8; n++) {
      device.restart()
      await readsOn(1)
    }
    expect((await device.state()).records).toBe(12)
    expect(limits().slice(0, 5)).toEqual([500, 125, 32, 8, 2])
  })

  test('keeps to what it carries in time, and asks for more again once it is quick', async () => {
    holding(400, 20_000)
    carries(20_000)
    await readsOn(5)
    expect(limits().slice(0, 7)).toEqual([500, 125, 32, 8, 16, 16, 16])
    server.pulls.length = 0
    holding(400, 20_000)
    carries(10_000_000)
    await readsOn(1)
    const [first = 0, ...more] = limits()
    for (const [at, limit] of more.entries()) expect(limit).toBe(Math.min(500, first * 2 ** (at + 1)))
    expect((await device.state()).records).toBe(400)
  })

  test('takes the largest record there is at 10 kB a second, alone', async () => {
    holding(3, 1_000_000)
    carries(10_000)
    await readsOn(8)
    expect((await device.state()).records).toBe(3)
  })

  test('shows that a push dies of itself also beside pulls that are too long at first', async () => {
    holding(12, 90_000)
    carries(20_000)
    for (const n of [50, 51]) await device.write(idOf(n), { title: 't' })
    server.onPush = ({ mutations }) =>
      mutations.some(({ record }) => record === idOf(50)) ? { is: 'no-answer', why: 'TimeoutError' } : null
    await readsOn(10)
    expect(server.records.has(idOf(51))).toBe(true)
  })
})
