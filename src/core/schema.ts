import * as v from 'valibot'
import { isWellFormed, LIMITS, utf8Length } from './limits.ts'
import { type Fields, isKind, type Json, type Kind } from './records.ts'
import { bad, ok, type Result } from './result.ts'

/** One field that a record may not have as it is; `problem` is a sentence for people. */
export interface FieldProblem {
  readonly field: string
  readonly problem: string
}

const wellFormed = v.check<string, string>(isWellFormed, 'must be well-formed text without NUL')
const chars = (max: number) =>
  v.pipe(v.string('must be text'), v.maxLength(max, `must be at most ${max} characters`), wellFormed)
const bytes = (max: number, words: string) =>
  v.pipe(
    v.string('must be text'),
    v.check((value) => value.length <= max && utf8Length(value) <= max, `must be at most ${words}`),
    wellFormed,
  )

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
export const id = v.pipe(v.string('must be text'), v.regex(UUID, 'must be a lower-case UUID'))
const ids = (max: number) =>
  v.pipe(v.array(id, 'must be a list of ids'), v.maxLength(max, `must be at most ${max} ids`))
const time = v.pipe(
  v.string('must be text'),
  v.check(
    (value) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(value) &&
      !Number.isNaN(Date.parse(value)),
    'must be an ISO 8601 time',
  ),
)
const tags = v.pipe(
  v.array(v.pipe(chars(LIMITS.tag), v.minLength(1, 'must not hold an empty tag')), 'must be a list of tags'),
  v.maxLength(LIMITS.tags, `must be at most ${LIMITS.tags} tags`),
)
const url = v.pipe(
  chars(LIMITS.url),
  v.check((value) => /^https?:\/\/[^\s/?#]+/i.test(value), 'must be an http:// or https:// address'),
)
const flag = v.boolean('must be true or false')
const filed = { tags, collectionIds: ids(LIMITS.collectionIds), pinned: flag, createdAt: time }

/** Every field a kind may have, before one says which are needed. REST, sync and OpenAPI are made from these. */
export const FIELD_SCHEMAS = {
  card: {
    url,
    title: chars(LIMITS.title),
    description: bytes(LIMITS.descriptionBytes, '64 KiB'),
    ...filed,
    formerIds: ids(LIMITS.formerIds),
  },
  note: { title: chars(LIMITS.title), content: bytes(LIMITS.contentBytes, '1 MiB'), ...filed },
  collection: { name: chars(LIMITS.name), parentId: v.nullable(id), createdAt: time },
} as const satisfies Record<Kind, Record<string, v.GenericSchema>>

const LIFE = { deleted: flag, purged: flag }

const opaque = v.custom<Json>(
  (value) => JSON.stringify(value ?? null).length <= LIMITS.unknownBytes,
  'is too large for a field this version does not know',
)

/** The problems that valibot found, one a field, in the contract's `{field, problem}`. */
export function problemsOf(issues: readonly v.BaseIssue<unknown>[], within = ''): FieldProblem[] {
  return issues.map((issue) => {
    const path = v.getDotPath(issue)
    return { field: [within, path].filter(Boolean).join('.'), problem: issue.message }
  })
}

/**
 * Checks the fields of a record or of a change to one. Known fields against their limits, unknown ones only
 * in size, so that what a newer version wrote is kept (design.md, "Versions side by side").
 * Never changes a value: a server that tidies makes phantom conflicts (traces.md, 24).
 */
export function checkFields(kind: string, fields: unknown): Result<Fields, FieldProblem[]> {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    return bad([{ field: '', problem: 'must be an object' }])
  }
  const known: Record<string, v.GenericSchema> = { ...LIFE, ...(isKind(kind) ? FIELD_SCHEMAS[kind] : {}) }
  const problems = Object.entries(fields).flatMap(([field, value]) => {
    const parsed = v.safeParse(known[field] ?? opaque, value)
    return parsed.success ? [] : problemsOf(parsed.issues, field)
  })
  return problems.length === 0 ? ok(fields as Fields) : bad(problems)
}
