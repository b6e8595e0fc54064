import { UUID } from './ids.ts'
import { isWellFormed, LIMITS, utf8Length } from './limits.ts'
import { isKind, type Kind } from './records.ts'

/** One demand on a text, and the sentence for people when it is not met. */
export type Check = { readonly says: string } & (
  | { readonly max: number }
  | { readonly min: number }
  | { readonly pattern: RegExp }
  | { readonly fits: (value: string) => boolean }
)

/** Texts are checked in full, each demand on its own; `says` is for a value of another type. */
export interface TextRule {
  readonly is: 'text'
  readonly says: string
  readonly checks: readonly Check[]
}

/**
 * What a field may hold, as data: page and worker check by it, the server makes its schemas and OpenAPI from it
 * (`server/rest/field-schemas.ts`). The schemas themselves would cost the worker 2 kB of its 25.
 */
export type Rule =
  | TextRule
  | { readonly is: 'or-null'; readonly of: TextRule }
  | { readonly is: 'flag'; readonly says: string }
  | {
      readonly is: 'list'
      readonly says: string
      readonly of: TextRule
      readonly max: number
      readonly tooMany: string
    }

const text = (...checks: Check[]): TextRule => ({ is: 'text', says: 'must be text', checks })
const list = (of: TextRule, max: number, what: string): Rule => ({
  is: 'list',
  says: `must be a list of ${what}`,
  of,
  max,
  tooMany: `must be at most ${max} ${what}`,
})

const wellFormed: Check = { fits: isWellFormed, says: 'must be well-formed text without NUL' }
const chars = (max: number, ...more: Check[]): TextRule =>
  text({ max, says: `must be at most ${max} characters` }, wellFormed, ...more)
/** Characters are counted first: the bytes of a text are never fewer. */
const bytes = (max: number, words: string): TextRule =>
  text(
    {
      fits: (value) => value.length <= max && utf8Length(value) <= max,
      says: `must be at most ${words}`,
    },
    wellFormed,
  )
const TIME =
  /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/
/** The first and the last millisecond of which the year has four digits. */
const FIRST = Date.parse('0000-01-01T00:00:00Z')
const LAST = Date.parse('9999-12-31T23:59:59.999Z')
function isTime(value: string): boolean {
  const day = TIME.exec(value)?.[1]
  // A day that the month does not have is parsed as one of the next.
  if (day === undefined || new Date(`${day}T00:00Z`).getUTCDate() !== Number(day.slice(8))) return false
  const at = Date.parse(value)
  return at >= FIRST && at <= LAST
}
const time = text({ fits: isTime, says: 'must be an ISO 8601 time' })
/**
 * Scheme, somebody's name, host and port of an address without a blank; where its host is not in brackets, one of
 * characters that hosts have, escaped or not, in whatever script.
 */
const ADDRESS =
  /^https?:\/\/(?:[^\s/?#\\]*@)?(?:\[([^\s\]]*)\]|(?:[^\s\p{Cc}/?#@:<>"`{}|\\^%[\]]|%(?:2[de]|3\d|[46][1-9a-f]|5[\daf]|7[\dae]|[89a-f][\da-f]))+)(?::(\d*))?(?:[/?#]\S*)?$/iu
function isAddress(value: string): boolean {
  const match = ADDRESS.exec(value)
  return match !== null && (match[1] === undefined || isIpv6(match[1])) && Number(match[2] ?? 0) <= 65_535
}
function isIpv6(value: string): boolean {
  // An IPv4 address may stand for the last two groups.
  const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
  const halves = value.replace(new RegExp(`:(?:${byte}\\.){3}${byte}$`), ':0:0').split('::')
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const count = halves.length === 2 ? groups.length < 8 : halves.length === 1 && groups.length === 8
  return count && groups.every((group) => /^[\da-f]{1,4}$/i.test(group))
}
export const ID = text({ pattern: UUID, says: 'must be a lower-case UUID' })
const ids = (max: number): Rule => list(ID, max, 'ids')
const flag: Rule = { is: 'flag', says: 'must be true or false' }
const filed = {
  tags: list(chars(LIMITS.tag, { min: 1, says: 'must not hold an empty tag' }), LIMITS.tags, 'tags'),
  collectionIds: ids(LIMITS.collectionIds),
  pinned: flag,
  createdAt: time,
}

/** Every field that a kind may have, before one says which are needed. */
export const RULES = {
  card: {
    url: chars(LIMITS.url, { fits: isAddress, says: 'must be an http:// or https:// address' }),
    title: chars(LIMITS.title),
    description: bytes(LIMITS.descriptionBytes, '64 KiB'),
    ...filed,
    formerIds: ids(LIMITS.formerIds),
  },
  note: { title: chars(LIMITS.title), content: bytes(LIMITS.contentBytes, '1 MiB'), ...filed },
  collection: { name: chars(LIMITS.name), parentId: { is: 'or-null', of: ID }, createdAt: time },
} as const satisfies Record<Kind, Record<string, Rule>>

const LIFE = { deleted: flag, purged: flag }

/** The rule of a field, null where this version knows none. Being deleted is a field of every kind. */
export function ruleOf(kind: string, field: string): Rule | null {
  const rules: Readonly<Record<string, Rule>> = isKind(kind) ? { ...RULES[kind], ...LIFE } : LIFE
  return (Object.hasOwn(rules, field) && rules[field]) || null
}

/** One thing wrong with a value. `path` leads on from the field: `.3` to an element of a list, else empty. */
export interface Problem {
  readonly path: string
  readonly problem: string
}

/** Everything wrong with a value, in the order in which the server's schemas name it. */
export function problemsWith(rule: Rule, value: unknown): Problem[] {
  if (rule.is === 'or-null') return value === null ? [] : problemsWith(rule.of, value)
  if (rule.is === 'text' && typeof value === 'string')
    return rule.checks.filter((check) => !meets(value, check)).map(({ says }) => at('', says))
  if (rule.is === 'list' && Array.isArray(value)) {
    const within = value.flatMap((element, i) =>
      problemsWith(rule.of, element).map(({ problem }) => at(`.${i}`, problem)),
    )
    const counts = value.length > rule.max && value.every((element) => typeof element === 'string')
    return counts ? [...within, at('', rule.tooMany)] : within
  }
  return rule.is === 'flag' && typeof value === 'boolean' ? [] : [at('', rule.says)]
}

const at = (path: string, problem: string): Problem => ({ path, problem })

function meets(value: string, check: Check): boolean {
  if ('max' in check) return value.length <= check.max
  if ('min' in check) return value.length >= check.min
  return 'pattern' in check ? check.pattern.test(value) : check.fits(value)
}
