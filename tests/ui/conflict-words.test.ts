import { beforeAll, describe, expect, test, vi } from 'vitest'
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts'
import type { Fields } from '../../src/core/records.ts'
import type { ConflictField, ConflictView } from '../../src/ui/model.ts'
import { keptWords } from '../../src/ui/resolve-words.ts'

vi.stubGlobal('navigator', { languages: ['en-GB'] })
let words: typeof import('../../src/ui/conflict-words.ts')
let rows: typeof import('../../src/ui/policy-words.ts')
beforeAll(async () => {
  words = await import('../../src/ui/conflict-words.ts')
  rows = await import('../../src/ui/policy-words.ts')
})

const ADA = { id: 'account-ada', email: 'ada@example.com' }
const at = (hour: number, minute: number, day = 22): number => new Date(2026, 10, day, hour, minute).getTime()
const NOW = at(15, 0)

const field = (more: Partial<ConflictField> = {}): ConflictField => ({
  field: 'title',
  merge: 'line',
  ancestor: 'Rome',
  mine: 'Rome in May',
  theirs: 'Roma',
  mineAt: at(14, 5),
  theirsAt: at(14, 2),
  by: { account: ADA.id, device: 'Phone' },
  ...more,
})
const state = (fields: Fields) => ({
  id: 'a',
  kind: 'note',
  version: 2,
  fields,
  stamps: { title: at(14, 2) },
})
const view = (one: ConflictField, theirs: Fields = {}): ConflictView => ({
  id: 'a',
  kind: 'note',
  title: 'Rome',
  mine: state({ title: 'Rome in May' }),
  theirs: state(theirs),
  since: NOW,
  fields: [one],
})

describe('who, when and where', () => {
  test('a device of one’s own, by its name', () => {
    expect(words.theirsLine(field(), ADA, NOW)).toBe('Phone, you, today 14:02')
    expect(words.mineLine(field(), NOW)).toBe('This device, today 14:05')
  })

  test('another account by its email where the server tells it, else as another account', () => {
    const by = (account: string) => field({ by: { account, device: 'Phone' } })
    expect(words.theirsLine(by('account-ben, ben@example.com'), ADA, NOW)).toContain(
      'Phone, ben@example.com,',
    )
    expect(words.theirsLine(by('account-ben'), ADA, NOW)).toContain('Phone, another account, today')
  })

  test('what the server does not say is not made up', () => {
    expect(words.theirsLine(field({ by: null }), ADA, NOW)).toBe('Another device, today 14:02')
    expect(words.theirsLine(field({ by: null, theirsAt: 0 }), ADA, NOW)).toBe('Another device')
  })

  test('a program that uses the HTTP API has no device', () => {
    const one = field({ by: { account: ADA.id, device: '' } })
    expect(words.theirsLine(one, ADA, NOW)).toBe('A program, you, today 14:02')
    expect(words.sidesOf(view(one), ADA, NOW).where).toBe('by a program')
  })

  test('the server that emptied the Trash is neither a program nor a person', () => {
    const theirs = { deleted: true, purged: true }
    const by = { account: '', device: '' }
    const one = field({ field: 'deleted', merge: 'life', ancestor: false, mine: false, theirs: true, by })
    expect(words.theirsLine(one, ADA, NOW)).toBe('The server, today 14:02')
    const sides = words.sidesOf(view(one, theirs), ADA, NOW)
    expect(sides).toMatchObject({ device: 'The server', theirs: 'today 14:02' })
    expect(words.whatHappened(view(one, theirs), sides)).toBe(
      '“Rome” was deleted by the server after 30 days in the Trash and edited here.',
    )
    expect(words.lifeWords(true, sides.where, true)).toBe(
      'Deleted for good by the server after 30 days in the Trash',
    )
  })

  test('another day is named', () => {
    expect(words.mineLine(field({ mineAt: at(9, 0, 3) }), NOW)).toBe('This device, 3 Nov, 09:00')
  })
})

describe('what happened, in plain words', () => {
  const told = (one: ConflictField, theirs: Fields = {}): string => {
    const shown = view(one, theirs)
    return words.whatHappened(shown, words.sidesOf(shown, ADA, NOW))
  }
  const life = (mine: boolean, theirs: boolean) =>
    field({ field: 'deleted', merge: 'life', ancestor: false, mine, theirs })

  test('an edit against an edit, and a deletion on either side', () => {
    expect(told(field())).toBe('“Rome” was changed here and on Phone.')
    expect(told(life(false, true))).toBe('“Rome” was deleted on Phone and edited here.')
    expect(told(life(true, false))).toBe('“Rome” was deleted here and edited on Phone.')
  })

  test('a side that was edited and not deleted has the time of its last edit', () => {
    const shown = view({ ...life(false, true), mineAt: 0 })
    expect(words.sidesOf(shown, ADA, NOW).mine).toBe('today 14:02')
  })

  test('P12 what became of it, with nothing promised of what is deleted for good', () => {
    const gone = { deleted: true, purged: true }
    const kept = (take: 'local' | 'server', theirs: Fields) => keptWords(view(field(), theirs), take)
    expect(kept('server', gone)).toBe('“Rome” is deleted for good.')
    expect(kept('local', gone)).toBe('This device’s version of “Rome” is kept.')
    expect(kept('server', { deleted: true })).toBe(
      'The server’s version of “Rome” is kept; the rest is in its version history.',
    )
  })

  test('values as a person knows them', () => {
    const none = new Map()
    expect(words.valueWords('pinned', true, none, NOW)).toBe('Pinned')
    expect(words.valueWords('pinned', undefined, none, NOW)).toBe('Not pinned')
    expect(words.valueWords('parentId', null, none, NOW)).toBe('At the top')
    expect(words.valueWords('tags', ['a', 'b'], none, NOW)).toBe('a, b')
    expect(words.lifeWords(true, 'on Phone')).toBe('Deleted on Phone')
    expect(words.lifeWords(true, 'on Phone', true)).toBe('Deleted for good on Phone')
    expect(words.lifeWords(false, 'here')).toBe('Edited here')
    expect(words.problemWords('tags.3', 'must not hold an empty tag')).toBe(
      'Tags must not hold an empty tag.',
    )
  })
})

describe('the choices of the settings', () => {
  test('every row of the policy can be chosen in each of its values, the default first, each with an example', () => {
    const all: { readonly [Key in keyof Policy]: readonly Policy[Key][] } = {
      ours: ['latest', 'latest-text', 'server', 'device', 'ask'],
      theirs: ['server', 'device', 'latest', 'ask'],
      deletedThere: ['edit', 'ask'],
      deletedHere: ['edit', 'ask'],
    }
    expect(rows.POLICY_ROWS.map(({ key }) => key)).toEqual(Object.keys(DEFAULT_POLICY))
    for (const { key, choices } of rows.POLICY_ROWS) {
      expect(choices.map(({ value }) => value)).toEqual(all[key])
      expect(choices[0]?.value).toBe(DEFAULT_POLICY[key])
      for (const { says, example } of choices) {
        expect(says).not.toBe('')
        expect(example.length).toBeGreaterThan(20)
      }
    }
  })
})
