import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { uuidV7 } from '../../src/core/ids.ts'
import { draftOf, grant, NOBODY, presenceLock, sessionsOf, visibleLock } from '../../src/core/session.ts'
import { T0 } from '../support/device-records.ts'

const alive = (...ids: string[]): ReadonlySet<string> => new Set(ids)

describe('the right to write', () => {
  test('P7: the first to ask has it, until it is gone or a person takes it', () => {
    const first = grant(NOBODY, 'a', alive('a'), 'ask')
    expect(first).toEqual({ active: 'a', epoch: 1 })
    expect(grant(first, 'b', alive('a', 'b'), 'ask')).toBe(first)
    expect(grant(first, 'b', alive('b'), 'ask')).toEqual({ active: 'b', epoch: 2 })
    expect(grant(first, 'b', alive('a', 'b'), 'take')).toEqual({ active: 'b', epoch: 2 })
  })

  test('trace 30: asked twice it is given once, whoever asked and however', () => {
    const first = grant(NOBODY, 'a', alive('a'), 'take')
    expect(grant(first, 'a', alive(), 'ask')).toBe(first)
    expect(grant(first, 'a', alive('a', 'b'), 'take')).toBe(first)
  })

  test('P7, property: the epoch only grows, and grows with every change of hands', () => {
    const ask = fc.record({
      session: fc.constantFrom('a', 'b', 'c'),
      living: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
      wanting: fc.constantFrom('ask' as const, 'take' as const),
    })
    fc.assert(
      fc.property(fc.array(ask), (asks) => {
        let right = NOBODY
        for (const { session, living, wanting } of asks) {
          const after = grant(right, session, alive(...living), wanting)
          expect(after.epoch - right.epoch).toBe(after.active === right.active ? 0 : 1)
          if (wanting === 'take') expect(after.active).toBe(session)
          right = after
        }
      }),
    )
  })
})

test('the sessions are what the locks say: oldest first, visible or not', () => {
  const [a, b] = [uuidV7(T0, new Uint8Array(16)), uuidV7(T0 + 5000, new Uint8Array(16))]
  const held = [presenceLock(b), 'pawkit-engine', visibleLock(b), presenceLock(a), visibleLock('gone')]
  expect(sessionsOf(held)).toEqual([
    { id: a, since: T0, visible: false },
    { id: b, since: T0 + 5000, visible: true },
  ])
})

test('one draft a tab and record: what it showed at first, what was typed last', () => {
  const write = { recordId: 'r', kind: 'note', create: false, page: 'p', epoch: 4 }
  const first = draftOf(undefined, { ...write, shown: { content: 'a' }, typed: { content: 'ab' }, now: 1 })
  const second = draftOf(first, {
    ...write,
    shown: { content: 'ab', title: '' },
    typed: { content: 'abc' },
    now: 2,
  })
  expect(second).toEqual({
    id: 'p 4 r',
    recordId: 'r',
    kind: 'note',
    create: false,
    shown: { content: 'a', title: '' },
    typed: { content: 'abc' },
    at: 2,
  })
})
