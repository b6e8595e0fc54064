import { describe, expect, test } from 'vitest'
import { resolve } from '../../src/core/conflict.ts'
import { settleDuplicate } from '../../src/core/duplicate.ts'
import { freeze } from '../../src/core/outbox.ts'
import type { Mutation, Outcome } from '../../src/core/protocol.ts'
import type { RecordState } from '../../src/core/records.ts'
import { takeInRestored } from '../../src/core/reread.ts'
import { type Held, type Settled, settle, takeIn } from '../../src/core/settle.ts'
import { applyChange, type Change } from '../../src/core/write.ts'
import { card, changed, clean, dirty, flying, idOf, note, remote, T0 } from '../support/device-records.ts'

const base = note('one', { version: 3 })

/** The rows once what waits is frozen, and what is sent. */
function sent(held: Held): { readonly held: Held; readonly mutation: Mutation } {
  const { record, base: on, entry } = held
  if (!record || !entry) throw new Error('nothing to send')
  const frozen = freeze(entry, on, record, 'm')
  if (!frozen.flight) throw new Error('nothing frozen')
  return { held: { record, base: on, entry: frozen }, mutation: frozen.flight.mutation }
}
const write = (held: Held, shown: string, typed: string, rest: Partial<Change> = {}): Held => {
  const change = { id: idOf(1), kind: 'note', create: false, urgency: 'typing', ...rest } as const
  const written = applyChange(
    held,
    { shown: { content: shown }, typed: { content: typed }, ...change },
    T0,
    T0,
  )
  if (!written.ok) throw new Error(JSON.stringify(written.problem))
  return written.value
}
const applied = (record: RecordState, version: number): Outcome => ({
  id: 'm',
  outcome: 'applied',
  version,
  seq: 9,
  record: { ...record, version },
})
const settled = (held: Held, outcome: Outcome): Settled => {
  if (outcome.outcome === 'duplicate') throw new Error('no card')
  return settle(held, outcome, T0, 0)
}
/** This device's line on top, the other's beneath. */
const merge = (): Held =>
  takeIn(dirty(base, changed(base, { content: 'mine\none' })), remote(base, { content: 'one\ntheirs' }), T0)

describe('P4 a merge that is sent says so, so that every device can undo it', () => {
  test('the mutation that carries it, and none after it', () => {
    const { held, mutation } = sent(merge())
    expect(mutation).toMatchObject({ on: 4, merged: true, fields: { content: 'mine\none\ntheirs' } })
    const more = write(held, 'mine\none\ntheirs', 'mine\none\ntheirs\nmore')
    const rest = settled(more, applied(held.record ?? base, 5))
    expect(sent(rest).mutation).not.toHaveProperty('merged')
  })

  test('also when it is sent again under another id', () => {
    for (const outcome of [
      { id: 'm', outcome: 'void' },
      { id: 'm', outcome: 'conflict', record: { ...remote(base, { content: 'one\ntheirs' }), version: 5 } },
    ] as const)
      expect(sent(settled(sent(merge()).held, outcome)).mutation).toMatchObject({ merged: true })
  })

  test('a merge in the write path while another mutation is on its way is that of the next', () => {
    const flight = flying(base, changed(base, { title: 'T' }))
    const stored = { ...flight, record: changed(flight.record ?? base, { content: 'one\nmore' }) }
    const behind = write(stored, 'one', 'zero\none')
    const id = behind.entry?.flight?.mutation.id ?? ''
    const record = behind.entry?.flight?.sent ?? base
    const rest = settled(behind, { ...applied(record, 4), id })
    expect(sent(rest).mutation).toMatchObject({ merged: true, fields: { content: 'zero\none\nmore' } })
  })

  test('a page that is still behind a merge that is on its way makes another', () => {
    const { held } = sent(merge())
    const behind = write(held, 'mine\none', 'mine!\none')
    expect(sent(settled(behind, applied(held.record ?? base, 5))).mutation).toMatchObject({ merged: true })
  })
})

describe('P12 none is said of what a person has put there', () => {
  test('undone, or an old version restored, before it was sent; what is typed on top of it is one', () => {
    const [now] = [merge()]
    const text = String(now.record?.fields.content)
    for (const old of ['mine\none', 'of long ago'])
      expect(sent(write(now, text, old, { how: 'put-back' })).mutation).not.toHaveProperty('merged')
    expect(sent(write(now, text, `${text}!`)).mutation).toMatchObject({ merged: true })
    const tagged = takeIn(
      dirty(base, changed(base, { content: 'mine\none', tags: ['mine'] })),
      remote(base, { content: 'one\ntheirs', tags: ['theirs'] }),
      T0,
    )
    const partly = write(tagged, 'mine\none\ntheirs', 'mine\none', { how: 'put-back' })
    expect(sent(partly).mutation, 'the tags are').toMatchObject({ merged: true })
  })

  test('what a person has put back while the merge was on its way, which did not arrive', () => {
    const flight = sent(merge()).held
    const back = write(flight, flight.record?.fields.content as string, 'one', { how: 'put-back' })
    expect(sent(settled(back, { id: 'm', outcome: 'void' })).mutation).not.toHaveProperty('merged')
  })

  test('a conflict that a person has closed, beside which only the other side brought something', () => {
    const mine = changed(base, { content: 'two' })
    const asked = takeIn(dirty(base, mine), remote(base, { content: 'three', tags: ['x'] }), T0)
    expect(asked.entry?.state.is).toBe('conflict')
    const closed = resolve(asked, { take: 'local' }, T0, T0)
    if (!closed.ok) throw new Error('not closed')
    expect(sent(closed.value).mutation.fields).toEqual({ content: 'two' })
    expect(sent(closed.value).mutation).not.toHaveProperty('merged')
    // What both had tagged is brought together by itself.
    const both = takeIn(
      dirty(base, changed(base, { content: 'two', tags: ['mine'] })),
      remote(base, { content: 'three', tags: ['x'] }),
      T0,
    )
    const beside = resolve(both, { take: 'local' }, T0, T0)
    expect(beside.ok && sent(beside.value).mutation).toMatchObject({ merged: true })
  })

  test('what a restored server that was only behind, or one that has lost the record, gets whole', () => {
    const restored = takeInRestored(merge(), note('old', { version: 2 }), T0)
    expect(sent(restored).mutation).not.toHaveProperty('merged')
    const lost = settled(sent(merge()).held, { id: 'm', outcome: 'conflict', record: null })
    expect(sent(lost).mutation).not.toHaveProperty('merged')
  })

  test('what a person has to choose, what one side alone has changed, two cards of one link', () => {
    const asked = takeIn(
      dirty(base, changed(base, { content: 'two' })),
      remote(base, { content: 'three' }),
      T0,
    )
    expect(asked.entry).toMatchObject({ state: { is: 'conflict' } })
    expect(asked.entry?.merged).toBeFalsy()
    const alone = takeIn(dirty(base, changed(base, { content: 'mine' })), { ...base, version: 4 }, T0)
    expect(alone.entry?.merged).toBeFalsy()

    const link = 'https://a.example/'
    const known = card(link, { description: 'x' }, { version: 3 })
    const existing = takeIn(
      dirty(known, changed(known, { description: 'mine' })),
      remote(known, { description: 'theirs', tags: ['t'] }),
      T0,
    )
    const created = flying(null, card(link, { title: 'Mine' }, { id: idOf(2), version: 0 }))
    const joined = settleDuplicate(created, existing, existing.base ?? known, T0)
    expect(joined.is === 'merged' && joined.existing.entry?.merged).toBe(undefined)
  })
})

describe('P4 without a common version, as with a server that was restored from a backup', () => {
  const here = { ...changed(base, { content: 'mine', tags: ['mine'] }), version: 7 }
  const there = { ...changed(base, { title: 'Theirs', tags: ['theirs'] }, T0 + 9000), version: 2 }
  const mineThen = [
    { field: 'title', value: 'A note', side: 'local', inMerge: true },
    { field: 'tags', value: ['mine'], side: 'local', why: 'merged' },
  ]

  test('what came of both is one: the mutation says so, and what was here can be put back', () => {
    const taken = takeInRestored(clean(here), there, T0)
    expect(taken.record?.fields).toMatchObject({ title: 'Theirs', content: 'mine', tags: ['theirs', 'mine'] })
    expect(taken.lost.filter(({ side }) => side === 'local')).toMatchObject(mineThen)
    expect(sent(taken).mutation).toMatchObject({ on: 2, merged: true })
  })

  test('so is what two devices bring back whole', () => {
    const second = settled(sent(dirty(null, here)).held, { id: 'm', outcome: 'conflict', record: there })
    expect(second.lost.filter(({ side }) => side === 'local')).toMatchObject(mineThen)
    expect(sent(second).mutation).toMatchObject({ on: 2, merged: true })
    expect(second.entry?.uprooted, 'until it is applied').toBe(true)
  })

  test('what it has instead of this device’s: nothing is to send, and what was here can be put back', () => {
    const newer = { ...changed(base, { content: 'theirs' }, T0 + 9000), version: 2 }
    const taken = takeInRestored(clean(changed(base, { content: 'mine' })), newer, T0)
    expect(taken).toMatchObject({ record: newer, entry: null, lost: [{ value: 'mine', inMerge: true }] })
  })

  test('what came of both stays one, whatever more comes before it is sent', () => {
    const taken = takeInRestored(clean(here), there, T0)
    const again = { ...there, version: 3, fields: { ...there.fields, tags: ['theirs', 'mine'] } }
    expect(sent(takeIn(taken, again, T0)).mutation).toMatchObject({ on: 3, merged: true })
    expect(sent(takeInRestored(taken, again, T0)).mutation, 'read twice').toMatchObject({ merged: true })
  })

  test('P12 nothing is told as lost while a conflict is open but what the server has lost', () => {
    const asked = takeIn(
      dirty(base, changed(base, { content: 'mine' })),
      remote(base, { content: 'five' }, 5),
      T0,
    )
    const restored = takeInRestored(asked, remote(base, { content: 'two' }, 2), T0)
    expect(restored.entry?.state.is).toBe('conflict')
    expect(restored.lost).toMatchObject([{ value: 'five', side: 'remote' }])
    expect(takeIn(restored, remote(base, { content: 'three' }, 3), T0).lost).toEqual([])
    const same = takeInRestored(asked, remote(base, { content: 'five' }, 2), T0)
    expect(same.lost, 'it is there').toEqual([])
    const mine = { ...asked, base: changed(base, { content: 'mine' }) }
    expect(takeInRestored(mine, remote(base, { content: 'two' }, 2), T0).lost, 'it is here').toEqual([])
  })

  test('what nobody sees is no merge: when a card was made, and of which', () => {
    const made = (n: number) => ({ formerIds: [idOf(n)], createdAt: new Date(T0 + n).toISOString() })
    const [mine, theirs] = [8, 9].map((n) => card('https://a.example/', made(n), { version: n }))
    if (!mine || !theirs) throw new Error('no cards')
    expect(sent(takeInRestored(clean(mine), theirs, T0)).mutation).not.toHaveProperty('merged')
  })

  test('a server that was only behind got nothing merged, whatever was before', () => {
    const behind = { ...here, version: 2, fields: { ...here.fields, content: 'older', tags: [] } }
    const older = { ...behind, stamps: { ...behind.stamps, content: T0 - 1000, tags: T0 - 1000 } }
    const taken = takeInRestored(dirty(base, here), older, T0)
    expect(taken.record?.fields).toEqual(here.fields)
    expect(taken.lost).toMatchObject([{ value: 'older', side: 'remote' }])
    const marked = takeInRestored(
      { ...dirty(base, here), entry: { ...dirty(base, here).entry, merged: true } },
      older,
      T0,
    )
    expect(sent(marked).mutation).not.toHaveProperty('merged')
  })
})

describe('P4 what a tab that is behind typed', () => {
  const stored = clean({ ...changed(base, { content: 'one\ntwo\nthree' }), version: 4 })
  const lost = (rest: Partial<Change> = {}, typed = 'zero\none\ntwo', shown = 'one\ntwo') => {
    const change = { id: idOf(1), kind: 'note', create: false, urgency: 'typing', ...rest } as const
    const done = applyChange(
      stored,
      { shown: { content: shown }, typed: { content: typed }, ...change },
      T0,
      T0,
    )
    return done.ok ? [done.value.lost, done.value.entry?.merged] : done.problem
  }

  test('can be had again as it was, once as long as the tab is behind', () => {
    const row = { field: 'content', value: 'zero\none\ntwo', stamp: T0, side: 'local', why: 'merged' }
    expect(lost()).toEqual([[row], true])
    expect(lost({ how: 'behind' })).toEqual([[], true])
  })

  test('so can what could not be stored, once another’s text has come into it in the field', () => {
    const before = { content: 'one\ntwo!' }
    const row = { field: 'content', value: 'one\ntwo!', stamp: T0, side: 'local', why: 'merged' }
    expect(lost({ before }, 'one\ntwo!\nthree', 'one\ntwo\nthree')).toEqual([[row], true])
    expect(lost({ before }, 'one\ntwo!', 'one\ntwo'), 'and more of it meanwhile').toEqual([[row], true])
  })

  test('a draft that a person takes in, and what only goes on, are no automatic merges', () => {
    expect(lost({ draft: { id: 'd', why: 'take-in' } })).toEqual([[], undefined])
    expect(lost({}, 'zero\none\ntwo\nthree', 'one\ntwo\nthree')).toEqual([[], undefined])
    expect(lost({}, 'one\ntwo\nthree')).toEqual([[], undefined])
  })
})
