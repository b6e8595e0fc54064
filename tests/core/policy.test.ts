import { describe, expect, test } from 'vitest'
import { DEFAULT_POLICY, judge, type Policy } from '../../src/core/policy.ts'
import { reconcile } from '../../src/core/reconcile.ts'
import { isDeleted, type RecordState } from '../../src/core/records.ts'
import { changed, idOf, note, remote, T0 } from '../support/device-records.ts'

const ME = idOf(501)
const SOMEBODY = idOf(502)
const before = note('one\ntwo\nthree', { version: 3 })
const from = (account: string, record: RecordState): RecordState => ({
  ...record,
  by: [{ account, device: 'Phone' }],
})

/** Both sides changed title and the same words of the text; theirs is `later` or earlier than mine. */
function meet(choice: Partial<Policy>, account: string, later: boolean) {
  const policy = { ...DEFAULT_POLICY, ...choice }
  const mine = changed(before, { title: 'mine', content: 'one\nzwei\nthree\nM' }, T0 + 1000)
  const theirs = changed(
    before,
    { title: 'theirs', content: 'T\none\ndeux\nthree' },
    T0 + (later ? 2000 : 500),
  )
  const merged = reconcile(before, mine, from(account, { ...theirs, version: 4 }), { account: ME, policy })
  const { fields } = merged.record
  return {
    title: fields.title,
    content: fields.content,
    asks: Object.keys(merged.ancestors).sort(),
    lost: merged.lost.map(({ field, side }) => `${field} ${side}`).sort(),
    overruled: merged.overruled,
  }
}

/** What both changed in other places of a text is in either result. */
const MINE = 'T\none\nzwei\nthree\nM'
const THEIRS = 'T\none\ndeux\nthree\nM'
const UNTOUCHED = 'one\nzwei\nthree\nM'

describe('the design’s table: who changed it elsewhere, and what the person chose', () => {
  test('the same account, by default: single values by stamp, overlapping text asks', () => {
    expect(meet({}, ME, true)).toEqual({
      title: 'theirs',
      content: UNTOUCHED,
      asks: ['content'],
      lost: ['title local'],
      overruled: false,
    })
    expect(meet({}, ME, false)).toMatchObject({ title: 'mine', lost: ['title remote'] })
  })

  test.each([
    ['latest-text', true, 'theirs', THEIRS],
    ['latest-text', false, 'mine', MINE],
    ['server', false, 'theirs', THEIRS],
    ['device', true, 'mine', MINE],
  ] as const)('the same account, %s, theirs later: %s', (ours, later, title, content) => {
    const side = title === 'mine' ? 'remote' : 'local'
    expect(meet({ ours }, ME, later)).toEqual({
      title,
      content,
      asks: [],
      lost: [`content ${side}`, `title ${side}`],
      overruled: false,
    })
  })

  test('always ask: nothing is decided, this device’s values stay to the letter', () => {
    for (const [choice, account] of [
      [{ ours: 'ask' }, ME],
      [{ theirs: 'ask' }, SOMEBODY],
    ] as const)
      expect(meet(choice, account, true)).toEqual({
        title: 'mine',
        content: UNTOUCHED,
        asks: ['content', 'title'],
        lost: [],
        overruled: false,
      })
  })

  test('another account, by default: its single value wins, with a notice, also where it is older; text asks', () => {
    for (const later of [true, false])
      expect(meet({}, SOMEBODY, later)).toEqual({
        title: 'theirs',
        content: UNTOUCHED,
        asks: ['content'],
        lost: ['title local'],
        overruled: true,
      })
  })

  test('another account, this device wins; last write wins', () => {
    expect(meet({ theirs: 'device' }, SOMEBODY, true)).toMatchObject({
      title: 'mine',
      content: MINE,
      asks: [],
    })
    expect(meet({ theirs: 'latest' }, SOMEBODY, true)).toMatchObject({
      title: 'theirs',
      content: THEIRS,
      overruled: true,
    })
    expect(meet({ theirs: 'latest' }, SOMEBODY, false)).toMatchObject({ title: 'mine', overruled: false })
  })

  test('whose a field is, is said field by field', () => {
    const policy = DEFAULT_POLICY
    const theirs: RecordState = {
      ...remote(before, { title: 'theirs', pinned: true }),
      by: [
        { account: SOMEBODY, device: '', fields: ['title'] },
        { account: ME, device: 'Phone' },
      ],
    }
    const mine = changed(before, { title: 'mine', pinned: false, tags: ['x'] }, T0 + 9000)
    const merged = reconcile(before, mine, theirs, { account: ME, policy })
    expect(merged.record.fields).toMatchObject({ title: 'theirs', pinned: true, tags: ['x'] })
    expect(merged.lost).toMatchObject([{ field: 'title', side: 'local' }])
  })

  test('a server that does not say whose it is, or says it oddly: as the same account', () => {
    for (const by of [undefined, null, 'x', [], [null], [{ account: ME, fields: 7 }]] as never[])
      expect(
        reconcile(
          before,
          changed(before, { title: 'mine' }, T0 + 1000),
          { ...remote(before, { title: 'theirs' }), by },
          {
            account: ME,
            policy: DEFAULT_POLICY,
          },
        ).record.fields.title,
      ).toBe('mine')
  })

  test('every verdict of every choice', () => {
    const all = [
      ...(['latest', 'latest-text', 'server', 'device', 'ask'] as const).map(
        (ours) => ['ours', ours] as const,
      ),
      ...(['server', 'device', 'latest', 'ask'] as const).map((theirs) => ['theirs', theirs] as const),
    ]
    const table = all.map(([whose, choice]) =>
      [
        whose,
        choice,
        judge({ ...DEFAULT_POLICY, [whose]: choice }, whose, 'value'),
        judge({ ...DEFAULT_POLICY, [whose]: choice }, whose, 'text'),
      ].join(' '),
    )
    expect(table).toEqual([
      'ours latest latest ask',
      'ours latest-text latest latest',
      'ours server remote remote',
      'ours device local local',
      'ours ask ask ask',
      'theirs server remote ask',
      'theirs device local local',
      'theirs latest latest latest',
      'theirs ask ask ask',
    ])
  })
})

describe('a deletion meets an edit', () => {
  const gone = { deleted: true }
  const asking = {
    account: ME,
    policy: { ...DEFAULT_POLICY, deletedThere: 'ask', deletedHere: 'ask' },
  } as const

  test('deleted there, edited here, ask: it stays here as it is until a person has chosen', () => {
    const merged = reconcile(before, changed(before, { content: 'one!' }), remote(before, gone), asking)
    expect(merged).toMatchObject({ ancestors: { deleted: false }, returned: false, lost: [] })
    expect(isDeleted(merged.record)).toBe(false)
  })

  test('deleted for good there, edited here, ask: the same, and what is left of it there is its base', () => {
    const tombstone = { ...remote(before, {}), fields: { deleted: true, purged: true }, stamps: {} }
    const merged = reconcile(before, changed(before, { content: 'one!' }), tombstone, asking)
    expect(merged).toMatchObject({ ancestors: { deleted: false }, returned: false })
    expect(merged.record.fields).toMatchObject({ content: 'one!', deleted: false })
  })

  test('deleted here, edited there, ask: it stays in the Trash, with their edit, until a person has chosen', () => {
    const merged = reconcile(before, changed(before, gone), remote(before, { content: 'one!' }), asking)
    expect(merged).toMatchObject({ ancestors: { deleted: false }, returned: false })
    expect(merged.record.fields).toMatchObject({ content: 'one!', deleted: true })
  })

  test('once open it stays open whatever the policy has become, and closes where both agree', () => {
    const mine = changed(before, { ...gone, tags: ['x'], content: 'one!' })
    const open = { deleted: false }
    const next = remote(before, { content: 'one!?' }, 6)
    const plain = { account: ME, policy: DEFAULT_POLICY }
    expect(reconcile(remote(before, { content: 'one!' }, 5), mine, next, plain, open).ancestors).toEqual(open)
    expect(reconcile(remote(before, {}, 5), mine, remote(before, gone, 6), plain, open).ancestors).toEqual({})
  })

  test('neither edited: deleted is deleted, nobody is asked', () => {
    expect(reconcile(before, before, remote(before, gone), asking).ancestors).toEqual({})
    expect(reconcile(before, changed(before, gone), remote(before, gone), asking).ancestors).toEqual({})
  })
})
