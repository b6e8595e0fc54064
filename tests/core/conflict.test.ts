import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Resolution, raise, resolve } from '../../src/core/conflict.ts'
import { ancestorsOf, difference, ENTRY_FORMAT, isDue, isSendable } from '../../src/core/outbox.ts'
import { DEFAULT_POLICY } from '../../src/core/policy.ts'
import { type Fields, isDeleted, type RecordState, text } from '../../src/core/records.ts'
import { sendWhole, takeInRestored } from '../../src/core/reread.ts'
import { type Held, type Settled, takeIn } from '../../src/core/settle.ts'
import { applyChange } from '../../src/core/write.ts'
import { changed, dirty, note, remote, T0 } from '../support/device-records.ts'

const before = note('one\ntwo\nthree', { version: 3 })
const mine = changed(before, { content: 'one\nzwei\nthree', pinned: true }, T0 + 1000)
const theirs = remote(before, { content: 'one\ndeux\nthree', tags: ['t'] })
const open = (): Settled & { record: RecordState } => {
  const settled = takeIn(dirty(before, mine), theirs, T0 + 5000)
  if (!settled.record) throw new Error('no record')
  return { ...settled, record: settled.record }
}
const content = (held: Held) => held.record?.fields.content
function closed(held: Held, resolution: Resolution): Settled {
  const result = resolve(held, resolution, T0 + 9000, T0 + 9000)
  if (!result.ok) throw new Error(JSON.stringify(result.problem))
  return result.value
}
const lostOf = ({ lost }: Settled): string[] => lost.map(({ side, value }) => `${side} ${value}`)
const type = (held: Held, shown: string, typed: string): Held => {
  const change = { id: before.id, kind: 'note', shown: { content: shown }, typed: { content: typed } }
  const done = applyChange(held, { ...change, create: false, urgency: 'at-once' }, T0 + 7000, T0 + 7000)
  if (!done.ok) throw new Error('refused')
  return done.value
}

describe('an open conflict', () => {
  test('P4: both versions are kept, nothing is sent, what only one side changed is merged', () => {
    const held = open()
    expect(held.record.fields).toMatchObject({ content: mine.fields.content, pinned: true, tags: ['t'] })
    expect(held.base).toEqual(theirs)
    expect(held.entry?.state).toEqual({
      is: 'conflict',
      since: T0 + 5000,
      ancestors: { content: 'one\ntwo\nthree' },
    })
    expect(held.entry && isSendable(held.entry)).toBe(false)
    expect(held.entry && isDue(held.entry, T0 + 1e9)).toBe(false)
  })

  test('a worker that does not know conflicts leaves the entry alone', () => {
    expect(open().entry?.format).toBe(2)
    expect(ENTRY_FORMAT).toBe(2)
    expect(closed(open(), { take: 'local' }).entry?.format).toBe(1)
  })

  test('a later remote change updates its other side; a change of another field does not close it', () => {
    const other = remote(theirs, { pinned: false, title: 'Theirs' }, 5)
    const held = takeIn(open(), other, T0 + 6000)
    expect(ancestorsOf(held.entry)).toEqual({ content: 'one\ntwo\nthree' })
    expect(held.entry?.state).toMatchObject({ since: T0 + 5000 })
    expect(held.record?.fields).toMatchObject({ content: mine.fields.content, title: 'Theirs' })
    const again = takeIn(held, remote(other, { content: 'one\ntrois\nthree' }, 6), T0 + 6500)
    expect([again.base?.fields.content, content(again)]).toEqual(['one\ntrois\nthree', mine.fields.content])
    expect(again.entry?.state.is).toBe('conflict')
  })

  test('even back to what both began from: it closes only where nothing differs', () => {
    const held = takeIn(open(), remote(theirs, { content: before.fields.content ?? '' }, 5), T0 + 6000)
    expect(held.entry?.state.is).toBe('conflict')
  })

  test('trace 20: another device’s resolution does not close it, unless it is the same text', () => {
    const other = takeIn(open(), remote(theirs, { content: 'one\nzwei deux\nthree' }, 5), T0)
    expect(other.entry?.state.is).toBe('conflict')
    const same = takeIn(open(), remote(theirs, { content: mine.fields.content ?? '' }, 5), T0 + 6000)
    expect(same.entry?.state).toEqual({ is: 'ready' })
    expect(same.entry && isDue(same.entry, T0 + 6000)).toBe(true)
    expect(same.lost).toEqual([])
  })

  test('typing goes on; typed until both are equal it is over', () => {
    const held = type(open(), 'one\nzwei\nthree', 'one\nzwei!\nthree')
    expect(content(held)).toBe('one\nzwei!\nthree')
    expect(held.entry?.state.is).toBe('conflict')
    const equal = type(held, 'one\nzwei!\nthree', 'one\ndeux\nthree')
    expect(equal.entry?.state).toEqual({ is: 'ready' })
  })

  test('P4: deleted for good there: the edit wins, and what was theirs goes to history first', () => {
    const tombstone = { ...theirs, version: 5, fields: { deleted: true, purged: true }, stamps: {} }
    const held = takeIn(open(), tombstone, T0 + 6000)
    expect(held).toMatchObject({ returned: true, entry: { state: { is: 'ready' } } })
    expect(content(held)).toBe(mine.fields.content)
    expect(held.lost).toMatchObject([
      { field: 'content', value: theirs.fields.content, side: 'remote' },
      { field: 'deleted', value: true, why: 'merged' },
    ])
  })

  test('deleted for good here: nothing is left to choose', () => {
    const { record, base, entry } = open()
    const gone = { ...record, fields: { deleted: true, purged: true } }
    expect(raise(entry, base, gone, T0, 'at-once').state).toEqual({ is: 'ready' })
  })

  test('a restored server keeps it open: with its other side, or with none of it left there', () => {
    const restored = takeInRestored(open(), { ...theirs, version: 2 }, T0)
    expect(restored.entry?.state.is).toBe('conflict')
    // The other side as it was is in this device’s base alone.
    const older = takeInRestored(open(), { ...before, version: 2 }, T0)
    expect(lostOf(older)).toContain(`remote ${theirs.fields.content}`)
    const lacking = open()
    const { base, entry } = sendWhole(lacking, T0)
    expect([base, entry]).toEqual([{ ...theirs, version: 0 }, lacking.entry])
  })

  test.each(['local', 'server'] as const)(
    'P5 P12: with none of it left there, taking %s sends it whole',
    (take) => {
      const held = closed(sendWhole(open(), T0), { take })
      expect(content(held)).toBe((take === 'local' ? mine : theirs).fields.content)
      expect(held.entry?.state).toEqual({ is: 'ready' })
      expect(held.record && difference(held.base, held.record)).toEqual(held.record?.fields)
      expect(held.record?.version).toBe(theirs.version)
    },
  )

  test('P5: typed until both sides are equal it goes there whole all the same', () => {
    const equal = type(sendWhole(open(), T0), text(mine.fields.content), text(theirs.fields.content))
    expect(equal.entry?.state).toEqual({ is: 'ready' })
    expect(equal.record && difference(equal.base, equal.record)).toEqual(equal.record?.fields)
  })

  test('P4: with none of it left there, another device’s record does not drive out what was being chosen against', () => {
    const met = takeIn(sendWhole(open(), T0), remote(theirs, { content: 'one\ntrois\nthree' }, 9), T0 + 6000)
    expect(met.entry?.state.is).toBe('conflict')
    expect(lostOf(met)).toContain(`remote ${theirs.fields.content}`)
  })

  test('deleted for good there, then forgotten: taking the server’s leaves nothing', () => {
    const standpoint = { account: null, policy: { ...DEFAULT_POLICY, deletedThere: 'ask' as const } }
    const tombstone = { ...theirs, fields: { deleted: true, purged: true }, stamps: {} }
    const asked = takeIn(dirty(before, mine), tombstone, T0, standpoint)
    expect(ancestorsOf(asked.entry)).toEqual({ deleted: false })
    const gone = closed(sendWhole(asked, T0), { take: 'server' })
    expect(gone).toMatchObject({ record: null, base: null, entry: null })
  })
})

test('P4, seed 2803000: a deletion in question is not taken by an edit that leaves nothing else to tell the sides apart', () => {
  const asks = { policy: { ...DEFAULT_POLICY, deletedThere: 'ask' }, account: null } as const
  const there = remote(before, { content: 'two', deleted: true })
  const held = takeIn(dirty(before, changed(before, { content: 'one' }, T0 + 1000)), there, T0 + 5000, asks)
  expect(ancestorsOf(held.entry)).toHaveProperty('deleted')
  const after = type(held, text(content(held)), 'two')
  expect(ancestorsOf(after.entry)).toHaveProperty('deleted')
  expect(after.record && isDeleted(after.record)).toBe(false)
  expect(content(after)).toBe('two')
})

test('a deletion in question stays so, with what both began from: by later changes, by a restored server', () => {
  const standpoint = { account: null, policy: { ...DEFAULT_POLICY, deletedThere: 'ask' as const } }
  const gone = remote(before, { deleted: true })
  const held = takeIn(dirty(before, mine), gone, T0 + 5000, standpoint)
  expect(ancestorsOf(held.entry)).toEqual({ deleted: false })
  const later = remote(gone, { title: 'In the Trash' }, 5)
  expect(ancestorsOf(takeIn(held, later, T0 + 6000, standpoint).entry)).toEqual({ deleted: false })
  expect(ancestorsOf(takeInRestored(held, gone, T0 + 6000).entry)).toEqual({ deleted: false })
})

describe('a person resolves it', () => {
  test('Keep local version: an ordinary mutation on the version shown; the other is in history', () => {
    const held = closed(open(), { take: 'local' })
    expect(held).toMatchObject({ base: theirs, entry: { state: { is: 'ready' }, flight: null } })
    expect(content(held)).toBe(mine.fields.content)
    // Choosing is an edit of now: an older edit of a third device does not win over it.
    expect(held.record?.stamps.content).toBe(T0 + 9000)
    expect(held.lost).toMatchObject([
      { field: 'content', value: theirs.fields.content, side: 'remote', why: 'resolved' },
    ])
  })

  test('Use server version: this device’s is in history; what else was changed here is still sent', () => {
    const held = closed(open(), { take: 'server' })
    expect(held.record?.fields).toMatchObject({ content: theirs.fields.content, pinned: true })
    expect(held.lost).toMatchObject([
      { field: 'content', value: mine.fields.content, side: 'local', why: 'resolved' },
    ])
    expect(held.entry?.state).toEqual({ is: 'ready' })
    const only = takeIn(dirty(before, changed(before, { content: 'one\nzwei\nthree' })), theirs, T0)
    expect(closed(only, { take: 'server' })).toMatchObject({ record: theirs, base: null, entry: null })
  })

  test('Merge both: the result is an edit, both versions are in history', () => {
    const held = closed(open(), { take: 'merged', fields: { content: 'one\nboth\nthree', tags: ['t', 'm'] } })
    expect(held.record?.fields).toMatchObject({ content: 'one\nboth\nthree', tags: ['t', 'm'] })
    expect(held.lost.map(({ field, side }) => `${field} ${side}`)).toEqual(
      expect.arrayContaining(['content local', 'content remote']),
    )
  })

  test('Merge both over a limit is refused by its field, and nothing changes', () => {
    const refused = resolve(open(), { take: 'merged', fields: { content: 'x'.repeat(1_100_000) } }, T0, T0)
    expect(refused).toMatchObject({ ok: false, problem: [{ field: 'content' }] })
  })

  test('a deletion in question: the server’s version is its deletion, all that was written here in history', () => {
    const standpoint = { account: null, policy: { ...DEFAULT_POLICY, deletedThere: 'ask' } as const }
    const held = takeIn(dirty(before, mine), remote(before, { deleted: true }), T0, standpoint)
    const server = closed(held, { take: 'server' })
    expect(server).toMatchObject({ entry: null, record: { version: 4, fields: { deleted: true } } })
    expect(server.lost.map(({ field }) => field).sort()).toEqual(['content', 'pinned'])
    const local = closed(held, { take: 'local' })
    expect(local.record && isDeleted(local.record)).toBe(false)
    // Said over the other side's, though nobody ever said it of this record: else the choice would not be sent.
    expect(local.record?.fields.deleted).toBe(false)
    expect(local.entry?.state).toEqual({ is: 'ready' })
    expect(isDeleted(closed(held, { take: 'merged', fields: {} }).record ?? before)).toBe(false)
  })

  test('P4, property: whatever comes in between and whatever is chosen, both texts are in the record or in history', () => {
    const word = fc.constantFrom('eins', 'zwei', 'uno', 'dos', 'un', 'deux')
    const step = fc.oneof(
      fc.record({ do: fc.constant('type' as const), word }),
      fc.record({ do: fc.constant('remote' as const), word }),
      fc.record({ do: fc.constant('pin' as const), word }),
    )
    const choice = fc.oneof(
      fc.constant<Resolution>({ take: 'local' }),
      fc.constant<Resolution>({ take: 'server' }),
      word.map((text): Resolution => ({ take: 'merged', fields: { content: text } })),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), choice, (steps, resolution) => {
        let held: Held = open()
        const kept: unknown[] = []
        let version = 4
        for (const one of steps) {
          if (held.entry?.state.is !== 'conflict') return
          if (one.do === 'type') held = type(held, String(content(held)), `one\n${one.word}\nthree`)
          else {
            const fields: Fields =
              one.do === 'pin' ? { pinned: false } : { content: `one\n${one.word}\nthree` }
            const settled = takeIn(held, remote(held.base ?? before, fields, ++version), T0)
            kept.push(...settled.lost.map(({ value }) => value))
            held = settled
          }
        }
        if (held.entry?.state.is !== 'conflict') return
        const sides = [content(held), held.base?.fields.content]
        const settled = closed(held, resolution)
        kept.push(content(settled), ...settled.lost.map(({ value }) => value))
        for (const side of sides) expect(kept).toContain(side)
        expect(settled.entry?.state.is).not.toBe('conflict')
        // Once closed, the same change again opens nothing.
        const after = takeIn(settled, { ...(held.base ?? before) }, T0)
        expect(after.entry?.state.is).not.toBe('conflict')
      }),
    )
  })
})

test('two devices in conflict, one resolves: the other keeps its own question with the new other side', () => {
  const resolved = closed(open(), { take: 'merged', fields: { content: 'one\nzwei deux\nthree' } })
  const there = { ...(resolved.record ?? before), version: 5 }
  const third = takeIn(dirty(before, changed(before, { content: 'one\ndrei\nthree' })), theirs, T0)
  const after = takeIn(third, there, T0)
  expect(after).toMatchObject({ base: there, record: { fields: { content: 'one\ndrei\nthree' } } })
  expect(after.entry?.state.is).toBe('conflict')
})
