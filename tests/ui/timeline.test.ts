import { describe, expect, test } from 'vitest'
import type { Fields, RecordState } from '../../src/core/records.ts'
import { takeIn } from '../../src/core/settle.ts'
import type { KeptRow } from '../../src/store/history.ts'
import { GAP } from '../../src/ui/history-words.ts'
import { restoring } from '../../src/ui/restoring.ts'
import { type Entry, type Sources, timelineOf } from '../../src/ui/timeline.ts'
import type { ServerVersion } from '../../src/ui/versions-client.ts'
import { changed, dirty, idOf, note, record, T0 } from '../support/device-records.ts'

const WHOLE: Fields = { title: 'A note', content: '', tags: [], collectionIds: [], pinned: false }
/** Version n of a note, n minutes after T0. */
const version = (n: number, content: string, rest: Partial<ServerVersion> = {}): ServerVersion => ({
  version: n,
  at: T0 + n * 60_000,
  by: 'ada',
  byName: 'Ada',
  device: 'Laptop',
  fields: { ...WHOLE, content },
  applied: true,
  merged: false,
  deviceId: 'here',
  ...rest,
})
const refused = (on: number, fields: Fields, rest: Partial<ServerVersion> = {}): ServerVersion =>
  version(on, '', { fields, applied: false, device: 'Phone', ...rest })
const row = (key: number, minute: number, value: string, rest: Partial<KeptRow> = {}): KeptRow => ({
  key,
  recordId: idOf(1),
  field: 'content',
  value,
  stamp: T0,
  side: 'local',
  at: T0 + minute * 60_000,
  ...rest,
})
const timeline = (sources: Partial<Sources>): readonly Entry[] =>
  timelineOf({
    record: note('now'),
    versions: [],
    more: false,
    rows: [],
    offset: 0,
    account: 'ada',
    device: 'here',
    ...sources,
  })
/** Who, where and what each entry says, and the text that it puts back. */
const told = (entries: readonly Entry[]) =>
  entries.map(({ who, where, says, fields }) => [`${who}, ${where}`, says, fields.content])

describe('one timeline', () => {
  test('versions and this device’s own values by time, whatever order they came in', () => {
    const entries = timeline({
      versions: [version(3, 'c'), version(2, 'b'), version(1, 'a')],
      rows: [row(1, 1.5, 'mine', { why: 'merged' }), row(2, 9, 'given up', { why: 'discarded' })],
    })
    expect(told(entries)).toEqual([
      ['You, this device', 'You discarded this', 'given up'],
      ['You, Laptop', null, 'c'],
      ['You, Laptop', null, 'b'],
      ['You, this device', 'Before an automatic merge', 'mine'],
      ['You, Laptop', 'Created', 'a'],
    ])
    expect(entries.map(({ undo }) => undo !== null)).toEqual([false, false, false, true, false])
  })

  test('what a restore replaced: as the version that has it, and by itself only where the server shows none', () => {
    const rows = [row(1, 2.5, 'b', { why: 'replaced' }), row(2, 2.6, 'never sent', { why: 'replaced' })]
    const entries = timeline({ versions: [version(3, 'a'), version(2, 'b'), version(1, 'a')], rows })
    expect(told(entries)).toEqual([
      ['You, Laptop', null, 'a'],
      ['You, this device', 'You restored another version', 'never sent'],
      ['You, Laptop', null, 'b'],
      ['You, Laptop', 'Created', 'a'],
    ])
    expect(told(timeline({ rows }))).toEqual([
      ['You, this device', 'You restored another version', 'never sent'],
      ['You, this device', 'You restored another version', 'b'],
    ])
  })

  test('what was put aside by itself several times is there once, as of the last time', () => {
    const rows = [
      row(1, 1, 'same', { why: 'merged' }),
      row(2, 2, 'same', { why: 'merged' }),
      row(3, 3, 'same', { why: 'replaced' }),
      row(4, 4, 'same', { why: 'replaced' }),
      row(5, 5, 'given up', { why: 'discarded' }),
      row(6, 6, 'given up', { why: 'discarded' }),
    ]
    const newestFirst = timeline({ rows: rows.toReversed() })
    expect(newestFirst.map(({ key }) => key)).toEqual(['k6', 'k5', 'k4', 'k2'])
  })

  test('a refused version does not speak for what a restore replaced', () => {
    const rows = [row(1, 2.5, 'b', { why: 'replaced' })]
    const versions = [refused(1, { content: 'b' }), version(1, 'a')]
    expect(timeline({ rows, versions }).map(({ says }) => says)).toContain('You restored another version')
  })

  test('a merge whose row is a repetition offers no other Undo at its version', () => {
    const rows = [row(2, 5, 'mine', { why: 'merged' }), row(1, 3, 'mine', { why: 'merged' })]
    const versions = [version(3, 'both', { merged: true }), version(2, 'theirs'), version(1, 'a')]
    const undo = timeline({ rows, versions }).flatMap((entry) => (entry.undo ? [entry.undo.fields] : []))
    expect(undo).toEqual([{ content: 'mine' }])
  })

  test('out of the Trash here, into it there: it is this device that had it so', () => {
    const rows = [row(1, 2.5, '', { why: 'merged', field: 'deleted', value: false })]
    const gone = version(2, 'a', { device: 'Phone', fields: { ...WHOLE, content: 'a', deleted: true } })
    const [aside] = timeline({ rows, versions: [gone, version(1, 'a')] })
    expect(aside).toMatchObject({ who: 'You', where: 'this device' })
  })

  test('before a merge that brought it out of the Trash: undone, it is there again, with the text that it had', () => {
    const live = note('theirs')
    const entries = timeline({
      record: live,
      versions: [version(2, 'theirs'), version(1, 'a')],
      rows: [
        row(2, 2.5, 'a', { why: 'merged' }),
        row(3, 2.5, '', { why: 'merged', field: 'deleted', value: true }),
      ],
    })
    const [aside] = entries.filter(({ undo }) => undo)
    expect(aside?.fields).toEqual({ content: 'a', deleted: true })
    expect(restoring(live, aside?.fields ?? {}).typed).toEqual({ content: 'a', deleted: true })
    // Of what was given up, or chosen against, the Trash is no part.
    const rows = [row(2, 2.5, 'a'), row(3, 2.5, '', { field: 'deleted', value: true })]
    expect(timeline({ record: live, rows }).map(({ fields }) => fields)).toEqual([{ content: 'a' }])
  })

  test('before a merge in which an edit here overruled a deletion there: it names who deleted; undone, it is in the Trash', () => {
    const live = note('mine')
    const entries = timeline({
      record: live,
      versions: [
        version(3, 'mine'),
        version(2, 'a', { fields: { ...WHOLE, content: 'a', deleted: true } }),
        version(1, 'a'),
      ],
      rows: [row(2, 2.5, '', { why: 'merged', field: 'deleted', value: true })],
    })
    const [aside] = entries.filter(({ undo }) => undo)
    expect(aside).toMatchObject({ who: 'You', where: 'Laptop', says: 'Before an automatic merge' })
    const deleted = { ...WHOLE, content: 'a', deleted: true }
    const by = (versions: readonly ServerVersion[], fields = ['deleted']) =>
      timeline({
        record: live,
        versions,
        rows: fields.map((field, key) =>
          row(key, 3.5, field === 'content' ? 'mine' : '', {
            why: 'merged',
            field,
            ...(field === 'deleted' && { value: true }),
          }),
        ),
      }).find(({ undo }) => undo)
    const pinned = version(3, 'a', { fields: { ...deleted, pinned: true }, device: 'Phone' })
    const gone = version(2, 'a', { fields: deleted })
    expect(by([pinned, gone, version(1, 'a')]), 'not who changed it in the Trash').toMatchObject({
      where: 'Laptop',
    })
    expect(by([]), 'offline').toMatchObject({ who: 'You', where: 'another device' })
    expect(by([gone, version(1, 'a')], ['content', 'deleted']), 'what was written here').toMatchObject({
      who: 'You',
      where: 'this device',
      fields: { content: 'mine', deleted: true },
    })
    expect(restoring(live, aside?.fields ?? {}).typed).toEqual({ deleted: true })
  })

  test('P12 where versions in between are no longer kept, one is not said to have made what they made', () => {
    const entries = timeline({ versions: [version(32, 'c'), version(31, 'b'), version(1, 'a')] })
    expect(entries.map(({ says }) => says)).toEqual([null, GAP, 'Created'])
  })

  test('before a merge of what only the other side changed: it is compared with what it became, and can be undone', () => {
    const entries = timeline({
      record: note('c'),
      versions: [version(3, 'c'), version(2, 'b'), version(1, 'a')],
      rows: [row(1, 3.5, 'b', { why: 'merged' })],
    })
    expect(entries.find(({ is }) => is === 'aside')).toMatchObject({
      undo: { fields: { content: 'b' } },
      comparedWith: 'now',
      from: { content: 'c' },
      to: { content: 'b' },
    })
  })

  test('Undo this merge puts back all that this device had, also what lost to the other side', () => {
    const begun = note('one\ntwo')
    const mine = changed(begun, { title: 'Mine', content: 'one\ntwo\nthree' })
    const theirs = { title: 'Theirs', content: 'zero\none\ntwo', tags: ['x'] }
    const there = { ...changed(begun, theirs, T0 + 2000), version: 2 }
    const merge = takeIn(dirty(begun, mine), there, T0)
    const rows = merge.lost.map((lost, key) => ({ ...row(key, 1, ''), ...lost })).reverse()
    const record = merge.record ?? begun
    const entries = timeline({ record, rows })
    expect(entries).toMatchObject([{ undo: {}, says: 'Before an automatic merge' }])
    const { typed } = restoring(record, entries[0]?.fields ?? {})
    expect({ ...record.fields, ...typed }).toEqual(mine.fields)
  })

  test('a merge in which one value clashed says what it lost to, and can be undone; of no merge only the value', () => {
    const title = { field: 'title', value: 'Mine' }
    const undoable = timeline({ rows: [row(1, 2, '', { ...title, inMerge: true })] })
    expect(undoable).toMatchObject([
      { undo: { fields: { title: 'Mine' } }, says: 'Lost to a change on another device' },
    ])
    const both = timeline({ rows: [row(2, 2, 'b', { why: 'merged' }), row(1, 2, '', title)] })
    expect(both.map(({ undo, fields }) => [undo?.fields, fields])).toEqual([
      [{ content: 'b' }, { content: 'b' }],
      [undefined, { title: 'Mine' }],
    ])
  })

  test('P4 what another device merged by itself can be undone here: what was before it, of what the merge changed', () => {
    const merged = version(3, 'both', {
      merged: true,
      device: 'Phone',
      deviceId: 'there',
      fields: { ...WHOLE, content: 'both', pinned: true },
    })
    const versions = [
      version(4, 'both, later'),
      merged,
      version(2, 'mine', { fields: { ...WHOLE, content: 'mine', pinned: true } }),
    ]
    const undone = (rest: Partial<Sources>) =>
      timeline({ versions, ...rest }).flatMap(({ key, undo }) => (undo ? [[key, undo]] : []))
    expect(undone({})).toEqual([['v3', { fields: { content: 'mine' }, at: T0 + 2 * 60_000 }]])
    expect(timeline({ versions }).find(({ key }) => key === 'v3')?.says).toBe(
      'An automatic merge with the version before',
    )
    // Whatever this device has merged itself, before or after, sent or not, of this record or of one that went into it.
    const rows = [2.5, 3.5, 1].map((minute, key) => row(key, minute, 'own', { why: 'merged' }))
    const own = { ...row(9, 2.5, 'own', { why: 'merged' }), recordId: idOf(2) }
    const keys = undone({ rows: [...rows, own] }).map(([key]) => key)
    expect(keys).toContain('v3')
  })

  test('P4 the device that merged has its own values from before it: those are put back, and there is one button', () => {
    const merged = version(3, 'both', { merged: true })
    const versions = [version(4, 'later'), merged, version(2, 'theirs', { deviceId: 'there' })]
    const undone = (...rows: KeptRow[]) =>
      timeline({ versions, rows }).flatMap(({ key, undo }) => (undo ? [[key, undo.fields]] : []))
    const own = row(1, 2.5, 'own', { why: 'merged' })
    expect(undone(own)).toEqual([['k1', { content: 'own' }]])
    const twice = row(2, 2.9, 'own, and more', { why: 'merged' })
    expect(undone(twice, own).map(([key]) => key)).toEqual(['k2', 'k1'])
    // Where its own value won, what lost to it comes back, and nothing else of what it sent.
    expect(undone(row(1, 2.5, 'Theirs', { side: 'remote', field: 'title' }))).toEqual([
      ['v3', { title: 'Theirs' }],
    ])
    expect(undone(), 'its rows are gone').toEqual([['v3', { content: 'theirs' }]])
    expect(undone(row(1, 1, 'of another merge', { why: 'merged' })).map(([key]) => key)).toEqual(['v3', 'k1'])
  })

  test('an unseen version before a merge, or none, cannot be gone back to; one that was in the Trash can', () => {
    const merged = version(4, 'both', { merged: true })
    const undo = (...versions: ServerVersion[]) => timeline({ versions }).map((one) => one.undo)
    expect(undo(merged)).toEqual([null])
    expect(undo(merged, version(3, 'both')), 'nothing that is shown').toEqual([null, null])
    expect(undo(merged, version(2, 'mine'))).toEqual([null, null])
    const gone = version(3, 'both', { fields: { ...WHOLE, content: 'both', deleted: true } })
    expect(undo(merged, gone)).toMatchObject([{ fields: { deleted: true } }, null])
  })

  test('a device clock an hour off puts nothing in the wrong place', () => {
    const rows = [row(1, 1.5 - 60, 'mine')]
    const entries = timeline({ versions: [version(2, 'b'), version(1, 'a')], rows, offset: 3_600_000 })
    expect(entries.map(({ fields }) => fields.content)).toEqual(['b', 'mine', 'a'])
  })

  test('each is compared with the version before it; the first with nothing', () => {
    const [second, first] = timeline({ versions: [version(2, 'b'), version(1, 'a')] })
    expect([second?.from.content, second?.to.content]).toEqual(['a', 'b'])
    expect(first?.from).toEqual({ deleted: false })
  })

  test('the oldest that is kept is not called the first, and nothing in it is marked as new', () => {
    const [, oldest] = timeline({ versions: [version(9, 'i'), version(8, 'h')] })
    expect(oldest).toMatchObject({ says: 'The oldest version that is kept', fields: { content: 'h' } })
    expect(oldest?.from).toEqual(oldest?.to)
  })

  test('what lost is compared with the version that it was written on, and names who it lost to', () => {
    const versions = [version(2, 'theirs', { device: 'Phone' }), version(1, 'both began here')]
    const [lost] = timeline({ versions, rows: [row(1, 2.5, 'mine')] })
    expect(lost).toMatchObject({
      says: 'Lost to a change on Phone',
      from: { content: 'both began here' },
      comparedWith: 'before',
    })
    const other = version(2, 'theirs', { by: 'ben', byName: 'Ben' })
    expect(timeline({ versions: [other, version(1, 'a')], rows: [row(1, 2.5, 'mine')] })[0]?.says).toBe(
      'Lost to a change by Ben',
    )
  })

  test('without the server a value that lost is compared with the record as it is now', () => {
    expect(timeline({ rows: [row(1, 2, 'mine')] })).toMatchObject([
      { says: 'Lost to a change on another device', from: { content: 'now' }, comparedWith: 'now' },
    ])
  })

  test('values that were put aside in one moment are one entry', () => {
    const rows = [
      row(2, 2, 'text', { why: 'discarded' }),
      row(1, 2, 'A title', { field: 'title', why: 'discarded' }),
    ]
    expect(timeline({ rows }).map(({ fields }) => fields)).toEqual([{ content: 'text', title: 'A title' }])
  })

  test('the newest version that is what the record is now says so, and no other', () => {
    const versions = [version(3, 'now'), version(2, 'b'), version(1, 'now')]
    expect(timeline({ versions }).map(({ now }) => now)).toEqual([true, false, false])
    const gone = version(4, 'now', { fields: { ...WHOLE, content: 'now', deleted: true } })
    expect(timeline({ versions: [gone, ...versions] }).map(({ now }) => now)).toEqual([
      false,
      true,
      false,
      false,
    ])
  })

  test('P10 a record without its content shows nothing', () => {
    expect(
      timeline({ versions: [version(2, '', { fields: { deleted: true } }), version(1, '', { fields: {} })] }),
    ).toEqual([])
  })
})

describe('nothing twice', () => {
  test('a refused change that this device keeps as its own value is one entry', () => {
    const versions = [version(2, 'theirs'), refused(1, { content: 'mine' }), version(1, 'a')]
    const entries = timeline({ versions, rows: [row(1, 2.5, 'mine')] })
    expect(told(entries).map(([, , content]) => content)).toEqual(['mine', 'theirs', 'a'])
  })

  test('one that went whole into the next version is no entry of its own', () => {
    const next = version(3, 'theirs', { fields: { ...WHOLE, content: 'theirs', title: 'My title' } })
    const versions = [next, refused(1, { title: 'My title' }), version(2, 'theirs'), version(1, 'a')]
    expect(timeline({ versions }).map(({ key }) => key)).toEqual(['v3', 'v2', 'v1'])
  })

  test('one of another device of which something is nowhere else stays, compared with what it was made on', () => {
    const versions = [
      version(3, 'c'),
      refused(1, { content: 'lost there' }),
      version(2, 'b'),
      version(1, 'a'),
    ]
    expect(timeline({ versions })[1]).toMatchObject({
      who: 'You',
      where: 'Phone',
      says: 'Came too late to be taken as it was',
      from: { content: 'a' },
      fields: { content: 'lost there' },
    })
  })

  test('another side’s value that a version shows is that version, which says what became of it', () => {
    const versions = [version(3, 'mine'), version(2, 'theirs', { device: 'Phone' }), version(1, 'a')]
    const entries = timeline({ versions, rows: [row(1, 2.5, 'theirs', { side: 'remote' })] })
    expect(told(entries)).toEqual([
      ['You, Laptop', null, 'mine'],
      ['You, Phone', 'Lost to a change on this device', 'theirs'],
      ['You, Laptop', 'Created', 'a'],
    ])
  })

  test('while the server has no say it stands for itself, with who wrote it', () => {
    const rows = [
      row(1, 2, 'theirs', { side: 'remote', by: { account: 'ada', device: 'Phone' }, why: 'resolved' }),
    ]
    expect(told(timeline({ rows }))).toEqual([['You, Phone', 'You chose another version', 'theirs']])
  })
})

describe('with older versions still at the server', () => {
  const versions = [version(9, 'i'), version(8, 'h')]

  test('the oldest read waits for the one before it', () => {
    expect(timeline({ versions, more: true }).map(({ key }) => key)).toEqual(['v9'])
  })

  test('this device’s values from before that wait too, so that nothing comes in between later', () => {
    const rows = [row(2, 9.5, 'new'), row(1, 3, 'old')]
    expect(timeline({ versions, rows, more: true }).map(({ fields }) => fields.content)).toEqual(['new', 'i'])
    expect(timeline({ versions, rows }).map(({ fields }) => fields.content)).toEqual(['new', 'i', 'h', 'old'])
  })
})

describe('restoring', () => {
  const old: Fields = { title: 'Old', content: 'text', tags: ['b', 'a'] }

  test('only what differs, against what the page shows now', () => {
    const now = record('note', { title: 'New', content: 'text', tags: ['a', 'b'] })
    expect(restoring(now, old)).toEqual({ shown: { title: 'New' }, typed: { title: 'Old' } })
  })

  test('nothing where the record is like that, set or by default', () => {
    const bare: RecordState = { ...note(''), fields: { content: 'text' } }
    expect(restoring(bare, { ...WHOLE, title: '', content: 'text' })).toEqual({ shown: {}, typed: {} })
  })

  test('a record in the Trash comes back with it', () => {
    const gone = record('note', { ...old, deleted: true })
    expect(restoring(gone, old)).toEqual({ shown: { deleted: true }, typed: { deleted: false } })
    expect(restoring(gone, { ...old, deleted: true })).toEqual({ shown: {}, typed: {} })
  })

  test('neither who made it nor what became one with it is anybody’s to put back', () => {
    const fields: Fields = {
      url: 'https://a.example/',
      createdAt: '2020-01-01T00:00:00Z',
      formerIds: [idOf(7)],
      deleted: true,
    }
    const card = record('card', { url: 'https://b.example/' })
    const [entry] = timelineOf({
      record: card,
      versions: [version(1, '', { fields })],
      more: false,
      rows: [],
      offset: 0,
      account: 'ada',
      device: 'here',
    })
    expect(Object.keys(entry?.fields ?? {}).sort()).toEqual([
      'collectionIds',
      'description',
      'pinned',
      'tags',
      'title',
      'url',
    ])
  })
})
