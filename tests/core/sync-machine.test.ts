import { describe, expect, test } from 'vitest'
import { afterFailure, FINE } from '../../src/core/backoff.ts'
import type { Entry } from '../../src/core/outbox.ts'
import { choke } from '../../src/core/settle.ts'
import { connectionState, entryState, figures, recordState, type World } from '../../src/core/status.ts'
import { decide, type Situation, type Step } from '../../src/core/sync-machine.ts'
import { changed, dirty, flying, note, T0 } from '../support/device-records.ts'

const calm: Situation = {
  hasAccount: true,
  signOutPending: false,
  connection: FINE,
  due: [],
  alone: new Set(),
  waits: [],
  rereading: false,
  pullWanted: false,
  online: true,
  hasty: false,
  patience: 60_000,
}
const failing = afterFailure(FINE, { is: 'no-answer', why: 'cut' }, T0, 0.5)
const busy = afterFailure(FINE, { is: 'busy', after: 3600_000 }, T0, 0.5)
const signedOut = afterFailure(FINE, { is: 'signed-out' }, T0, 0.5)
const tooOld = afterFailure(FINE, { is: 'too-old' }, T0, 0.5)
const rest = (why: Extract<Step, { do: 'rest' }>['why']): Step => ({ do: 'rest', why })
const push = (...ids: string[]): Step => ({ do: 'push', ids })

const TABLE: readonly [string, Partial<Situation>, Step][] = [
  ['nothing to do', {}, rest('done')],
  ['no account: nothing is sent', { hasAccount: false, due: ['a'], pullWanted: true }, rest('no-account')],
  [
    'P9: signed out sends nothing',
    { connection: signedOut, due: ['a'], pullWanted: true, hasty: true },
    rest('signed-out'),
  ],
  [
    'too old for the server sends nothing',
    { connection: tooOld, due: ['a'], pullWanted: true },
    rest('too-old'),
  ],
  ['P9: offline sends nothing', { online: false, due: ['a'], pullWanted: true }, rest('offline')],
  [
    'trace 55: Sync now tries where the browser says offline',
    { online: false, due: ['a'], hasty: true },
    push('a'),
  ],
  ['due entries go in one push, before the pull', { due: ['a', 'b'], pullWanted: true }, push('a', 'b')],
  [
    'P8: one that failed alone is not sent with the others',
    { due: ['x', 'a', 'b'], alone: new Set(['x']) },
    push('a', 'b'),
  ],
  ['P8: but alone, when no other is left', { due: ['x', 'y'], alone: new Set(['x', 'y']) }, push('x')],
  [
    'P8: nor is it kept behind others that fail again and again: they take turns',
    { connection: failing, due: ['x', 'a', 'b'], alone: new Set(['x']), hasty: true },
    push('x'),
  ],
  ['then it pulls', { pullWanted: true }, { do: 'pull' }],
  ['trace 8: a fresh read goes before any push', { rereading: true, due: ['a'] }, { do: 'pull' }],
  ['a pause is waited for', { waits: [{ start: T0, length: 2000 }] }, { do: 'wait', ms: 2000 }],
  [
    'the shortest of several',
    {
      waits: [
        { start: T0, length: 9000 },
        { start: T0 - 500, length: 2000 },
      ],
    },
    { do: 'wait', ms: 1500 },
  ],
  [
    'but not longer than the worker is kept alive',
    { waits: [{ start: T0, length: 2000 }], patience: 1999 },
    rest('later'),
  ],
  [
    'trace 14: a new edit in an outage starts no round',
    { connection: failing, due: ['a'] },
    { do: 'wait', ms: 1000 },
  ],
  ['an outage outlives the worker', { connection: failing, due: ['a'], patience: 0 }, rest('backoff')],
  ['no pull in the wait either', { connection: failing, pullWanted: true }, { do: 'wait', ms: 1000 }],
  ['Sync now ends the wait', { connection: failing, due: ['a'], hasty: true }, push('a')],
  ['P9: but not what Retry-After asked', { connection: busy, due: ['a'], hasty: true }, rest('backoff')],
  [
    'trace 22: a pending sign-out goes before everything',
    { signOutPending: true, hasAccount: false, due: ['a'], pullWanted: true },
    { do: 'sign-out' },
  ],
  [
    'trace 22: offline it waits, and nothing else goes',
    { signOutPending: true, online: false, due: ['a'] },
    rest('offline'),
  ],
  [
    'trace 22: in an outage it waits like the rest',
    { signOutPending: true, hasAccount: false, connection: failing },
    { do: 'wait', ms: 1000 },
  ],
  [
    'trace 22: a lost session does not hold it up',
    { signOutPending: true, connection: signedOut },
    { do: 'sign-out' },
  ],
]

describe('decide', () => {
  test.each(TABLE)('%s', (_, situation, step) => {
    expect(decide({ ...calm, ...situation }, T0)).toEqual(step)
  })

  test('P8: after a search in vain each send carries a part, and every one of them has its turn alone', () => {
    for (const many of [1, 2, 3, 6, 8, 13]) {
      const due = Array.from({ length: many }, (_, n) => `${n}`)
      const seen = new Set<string>()
      for (let attempts = 0; attempts < 4 * many; attempts++) {
        const connection = { ...failing, attempts, searched: true }
        const step = decide({ ...calm, connection, due, hasty: true }, T0)
        const ids = step.do === 'push' ? step.ids : []
        expect(ids.length).toBeGreaterThan(0)
        if (ids.length === 1) seen.add(`${ids[0]}`)
      }
      expect([...seen].sort()).toEqual([...due].sort())
    }
  })

  test('P8: where only what goes alone has failed, what is new goes at once, also when its pause is over', () => {
    const connection = { ...failing, apart: true }
    const alone = new Set(['x'])
    expect(decide({ ...calm, connection, due: ['x', 'a'], alone }, T0)).toEqual(push('a'))
    const waits = [{ start: T0, length: 400 }]
    expect(decide({ ...calm, connection, due: ['x'], alone, waits }, T0)).toEqual({ do: 'wait', ms: 400 })
    expect(decide({ ...calm, connection, due: ['x', 'a'], alone, rereading: true }, T0)).toEqual({
      do: 'wait',
      ms: 1000,
    })
  })

  test('trace 15: with the clock set back nothing waits', () => {
    expect(decide({ ...calm, connection: busy, due: ['a'] }, T0 - 1)).toEqual(push('a'))
  })

  test('an update that speaks another protocol tries again where the old version was refused', () => {
    const refusedOlder = { ...tooOld, protocol: 0 }
    expect(decide({ ...calm, connection: refusedOlder, due: ['a'] }, T0)).toEqual(push('a'))
  })

  test('Sync now asks a server again that found this version too old', () => {
    expect(decide({ ...calm, connection: tooOld, due: ['a'], hasty: true }, T0)).toEqual(push('a'))
  })
})

describe('status', () => {
  const base = note('one')
  const pending = dirty(base, changed(base, { content: 'x' })).entry
  const flight = flying(base, changed(base, { content: 'x' })).entry
  const refused: Entry = { ...pending, state: { is: 'refused', code: 'x', message: 'y', at: T0 } }
  const choked = choke(flight, 'x', T0, 0.5)
  const world: World = { hasAccount: true, connection: FINE, running: true, online: true }
  const outage = [1, 2, 3].reduce(
    (row) => afterFailure(row, { is: 'no-answer', why: 'x' }, T0, 0.5),
    FINE as World['connection'],
  )

  test('P11: queue = pending + processing + failed + conflicts, in every world', () => {
    for (const connection of [FINE, failing, outage, signedOut, tooOld])
      for (const running of [true, false]) {
        const counts = figures([pending, flight, refused, choked, flight], { ...world, connection, running })
        expect(counts.queue).toBe(5)
        expect(counts.pending + counts.processing + counts.failed + counts.conflicts).toBe(5)
      }
    expect(figures([pending, flight, refused, choked], world)).toEqual({
      queue: 4,
      pending: 1,
      processing: 1,
      failed: 2,
      conflicts: 0,
    })
    expect(figures([], world)).toEqual({ queue: 0, pending: 0, processing: 0, failed: 0, conflicts: 0 })
  })

  test('P12, trace 40: syncing needs the engine running: after a worker’s death a frozen entry is pending', () => {
    expect(entryState(flight, world)).toBe('syncing')
    expect(entryState(flight, { ...world, running: false })).toBe('pending')
    expect(entryState(flight, { ...world, connection: signedOut })).toBe('pending')
  })

  test('P12: after a round that failed whole, what was in it shows as failed; what was not is pending', () => {
    expect(entryState(flight, { ...world, connection: outage })).toBe('failed')
    expect(entryState(pending, { ...world, connection: outage })).toBe('pending')
    expect(entryState(flight, { ...world, connection: failing })).toBe('syncing')
  })

  test('a record’s own state', () => {
    expect(recordState(base, null, world)).toBe('synced')
    expect(recordState(base, pending, world)).toBe('pending')
    expect(recordState(base, refused, world)).toBe('failed')
    expect(recordState(base, pending, { ...world, hasAccount: false })).toBe('local')
    expect(recordState({ ...base, version: 0 }, null, world)).toBe('local')
  })

  test.each<[Partial<World>, string]>([
    [{}, 'online'],
    [{ online: false }, 'offline'],
    [{ connection: failing }, 'server-unreachable'],
    [{ connection: failing, online: false }, 'offline'],
    [{ connection: signedOut }, 'signed-out'],
    [{ connection: signedOut, online: false }, 'signed-out'],
    [{ connection: signedOut, hasAccount: false }, 'online'],
    [{ connection: failing, hasAccount: false }, 'online'],
  ])('the connection of %o is %s', (change, state) => {
    expect(connectionState({ ...world, ...change })).toBe(state)
  })
})
