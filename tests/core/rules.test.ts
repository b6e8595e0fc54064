import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { problemsOf } from '../../server/http/problems.ts'
import { FIELD_SCHEMAS } from '../../server/rest/field-schemas.ts'
import { LIMITS } from '../../src/core/limits.ts'
import { KIND_NAMES, KINDS } from '../../src/core/records.ts'
import { problemsWith, RULES, type Rule, ruleOf } from '../../src/core/rules.ts'
import { checkFields } from '../../src/core/schema.ts'
import { idOf } from '../support/device-records.ts'

const TABLE = KIND_NAMES.flatMap((kind) =>
  Object.entries<Rule>(RULES[kind]).map(([field, rule]) => ({ kind, field, rule })),
)

/** Texts on both sides of every limit, ids, times and addresses, right and nearly right. */
const texts = fc.oneof(
  fc.constantFrom('', 'x', 'a\0', '\ud83d', idOf(1), idOf(1).toUpperCase(), `${idOf(1)} `),
  fc.constantFrom('2026-05-04T10:00:00.000Z', '2026-05-04T10:00+02:00', '2026-99-04T10:00Z', '2026-05-04'),
  fc.constantFrom('https://a.example/', 'HTTP://a', 'https://', 'ftp://a.example/', ' https://a.example/'),
  fc
    .tuple(
      fc.constantFrom(LIMITS.title, LIMITS.tag, LIMITS.url, LIMITS.descriptionBytes, LIMITS.contentBytes),
      fc.constantFrom(-1, 0, 1),
      fc.constantFrom('x', 'é', '\0', 'https://a/'),
    )
    .map(([limit, more, unit]) => unit.repeat(limit / unit.length + 1).slice(0, limit + more)),
  fc.string({ unit: 'binary' }),
)
const lists = fc.oneof(
  fc.array(fc.oneof(texts, fc.constantFrom<unknown>(5, null, [])), { maxLength: 4 }),
  fc
    .tuple(
      fc.constantFrom(LIMITS.tags, LIMITS.collectionIds),
      fc.constantFrom(0, 1),
      fc.constantFrom<unknown>(idOf(1), 'x', '', 5),
    )
    .map(([limit, more, last]) => [...Array.from({ length: limit + more - 1 }, (_, i) => idOf(i)), last]),
)
const anything = fc.oneof(texts, lists, fc.constantFrom<unknown>(null, true, false, 5, {}), fc.anything())

describe('rules of fields', () => {
  test.each(TABLE)(
    '$kind.$field: the rule finds what the server’s schema finds, in the same words',
    ({ kind, field, rule }) => {
      const schemas: Readonly<Record<string, v.GenericSchema>> = FIELD_SCHEMAS[kind]
      const schema = v.object({ [field]: schemas[field] ?? v.never() })
      fc.assert(
        fc.property(anything, (value) => {
          const { issues = [] } = v.safeParse(schema, { [field]: value })
          const checked = checkFields(kind, { [field]: value })
          expect(checked.ok ? [] : checked.problem).toEqual(problemsOf(issues))
          expect(problemsWith(rule, value).length).toBe(issues.length)
        }),
      )
    },
  )

  test('every field that merges has a rule, and no other has', () => {
    for (const kind of KIND_NAMES) {
      expect(Object.keys({ ...RULES[kind], deleted: 0, purged: 0 }).sort()).toEqual(
        Object.keys(KINDS[kind]).sort(),
      )
      for (const field of Object.keys(KINDS[kind])) expect(ruleOf(kind, field)).not.toBe(null)
    }
    expect(ruleOf('later-kind', 'deleted')).toEqual(ruleOf('note', 'purged'))
    for (const field of ['title', 'constructor', '__proto__']) expect(ruleOf('later-kind', field)).toBe(null)
    for (const field of ['url', 'constructor', '__proto__']) expect(ruleOf('note', field)).toBe(null)
  })

  test.each([
    ['note', { title: 5 }, ['title: must be text']],
    ['note', { content: 'x'.repeat(LIMITS.contentBytes + 1) }, ['content: must be at most 1 MiB']],
    ['note', { tags: 'x' }, ['tags: must be a list of tags']],
    ['note', { tags: Array(101).fill('x') }, ['tags: must be at most 100 tags']],
    [
      'note',
      { tags: ['a', '', 5, `${'x'.repeat(100)}\0`] },
      [
        'tags.1: must not hold an empty tag',
        'tags.2: must be text',
        'tags.3: must be at most 100 characters',
        'tags.3: must be well-formed text without NUL',
      ],
    ],
    ['note', { pinned: 'yes' }, ['pinned: must be true or false']],
    ['note', { createdAt: 'yesterday' }, ['createdAt: must be an ISO 8601 time']],
    ['note', { deleted: 0 }, ['deleted: must be true or false']],
    [
      'note',
      { later: 'x'.repeat(LIMITS.unknownBytes) },
      ['later: is too large for a field this version does not know'],
    ],
    [
      'card',
      { description: 'é'.repeat(LIMITS.descriptionBytes / 2 + 1) },
      ['description: must be at most 64 KiB'],
    ],
    ['card', { url: 'ftp://a.example/' }, ['url: must be an http:// or https:// address']],
    ['card', { formerIds: Array(1001).fill(idOf(1)) }, ['formerIds: must be at most 1000 ids']],
    ['card', { collectionIds: null }, ['collectionIds: must be a list of ids']],
    ['collection', { name: 'x'.repeat(1001) }, ['name: must be at most 1000 characters']],
    ['collection', { parentId: 'x' }, ['parentId: must be a lower-case UUID']],
    ['later-kind', [], [': must be an object']],
  ])('%s %#: in words for people', (kind, fields, words) => {
    const checked = checkFields(kind, fields)
    expect(checked.ok ? [] : checked.problem.map(({ field, problem }) => `${field}: ${problem}`)).toEqual(
      words,
    )
  })
})
