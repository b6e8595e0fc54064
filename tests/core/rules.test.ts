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

const BAD_URLS = [
  '',
  'http://',
  'https:///x',
  'http://:80/',
  'http://u@/',
  'http://a b/',
  'http://a.example/a b',
  'http://a.example/\u00a0',
  'http://a.example/\t',
  ' http://a.example/',
  'https://%zz/',
  'https://%20/',
  'https://a%/',
  'http://a\\b/',
  'http://a\u0001/',
  ...['<', '>', '"', '`', '{', '}', '|', '^'].map((mark) => `http://a${mark}b.example/`),
  'http://[bad/',
  'http://bad]/',
  'http://[bad]/',
  'http://[]/',
  'http://[::1]x/',
  'http://[1:2:3:4:5:6:7]/',
  'http://[1::2::3]/',
  'http://[::1%25eth0]/',
  'http://[::1.2.3.256]/',
  'http://x:99999/',
  'http://x:65536/',
  'http://x:abc/',
  'http://x:-1/',
  'http://a:1:2/',
]
const GOOD_URLS = [
  'http://a',
  'HTTPS://A.example?q',
  'https://a.example#top',
  'http://localhost:65535/',
  'https://a.example:/x',
  'https://münchen.de/straße?q=ü',
  'https://例え.テスト/',
  'https://m%C3%BCnchen.de/',
  'https://user:p%40ss@a.example/',
  'https://a_b.example/',
  'https://a.example/{x}|<y>"^`[z]%zz\\@:b',
  'http://127.0.0.1:8080/',
  'http://[::1]:80/',
  'http://[2001:DB8::1]/',
  'http://[1:2:3:4:5:6:7:8]/',
  'http://[::ffff:1.2.3.4]/',
  'http://[::]/',
]

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

  test('an address that the rule lets through is one that a browser can open', () => {
    const unit = fc.constantFrom(...'ab1:@[]%2f.-_/?#\\ {<^|`"é')
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), (rest) => {
        // Which numbers are an IPv4 address, and what IDNA makes of a label, is left to the browser.
        fc.pre(!/[\d%.-]/.test(rest))
        const url = `http://${rest}`
        expect(problemsWith(RULES.card.url, url).length > 0 || URL.canParse(url)).toBe(true)
      }),
    )
  })

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
    ...[
      '2020-02-30T00:00:00Z',
      '2021-02-29T00:00:00Z',
      '2020-04-31T00:00:00Z',
      '2020-00-01T00:00:00Z',
      '2020-01-00T00:00:00Z',
      '2020-01-01T25:00:00Z',
      '2020-01-01T00:60:00Z',
      '2020-01-01T00:00:00+24:00',
      '2020-01-01T00:00:00+01:60',
      '0000-01-01T00:00:00+01:00',
      '9999-12-31T23:59:59-01:00',
    ].map((createdAt): [string, object, string[]] => [
      'note',
      { createdAt },
      ['createdAt: must be an ISO 8601 time'],
    ]),
    ...[
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59.999999999Z',
      '2020-02-29T12:00-11:30',
      '2000-02-29T00:00:00Z',
    ].map((createdAt): [string, object, string[]] => ['card', { createdAt }, []]),
    [
      'card',
      { description: 'é'.repeat(LIMITS.descriptionBytes / 2 + 1) },
      ['description: must be at most 64 KiB'],
    ],
    ['card', { url: 'ftp://a.example/' }, ['url: must be an http:// or https:// address']],
    ...BAD_URLS.map((url): [string, object, string[]] => [
      'card',
      { url },
      ['url: must be an http:// or https:// address'],
    ]),
    ...GOOD_URLS.map((url): [string, object, string[]] => ['card', { url }, []]),
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
