import * as v from 'valibot'
import type { RecordState } from './records.ts'
import { id } from './schema.ts'

/** Raised with every change of what travels; the server speaks this and the one before (tests/pins.test.ts). */
export const PROTOCOL_VERSION = 1
export const OLDEST_PROTOCOL = 1

/** A push holds at most this much; the device splits what is more. */
export const PUSH_LIMITS = { mutations: 500, bytes: 1024 * 1024 } as const
/** A page of changes holds at most this much (but always one record). */
export const PULL_LIMITS = { records: 500, bytes: 1024 * 1024 } as const
/** For so long mutation ids, tags and tombstones are known; afterwards a device reads afresh. */
export const RETENTION_MS = 180 * 24 * 3600_000

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const json = v.record(v.string(), v.any())

/** The newest seq that any answer named, with that change's random tag: a restored server does not know it. */
export const Mark = v.object({ seq: whole, tag: v.string() })
export type Mark = v.InferOutput<typeof Mark>

export const Mutation = v.object({
  /** Its own id; sent again under the same id until the outcome is known. */
  id,
  record: id,
  kind: v.pipe(v.string(), v.regex(/^[a-z][a-z-]{0,31}$/)),
  /** The version it was made on; 0: the record is made by it. */
  on: whole,
  /** The highest version of the record that the device has seen: a server that lacks it goes on above. */
  above: whole,
  fields: json,
  stamps: v.record(v.string(), v.pipe(v.number(), v.finite(), v.minValue(0))),
})
export interface Mutation {
  readonly id: string
  readonly record: string
  readonly kind: string
  readonly on: number
  readonly above: number
  readonly fields: RecordState['fields']
  readonly stamps: RecordState['stamps']
}

/** `POST /api/sync/push`. Mutations are parsed one by one, so that one bad mutation is its own `rejected`. */
export const PushRequest = v.object({
  protocol: whole,
  /** The account whose library this is; another's cookie is refused with `other_account`. */
  account: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  /** The device's present time, offset included, ms. */
  now: v.pipe(v.number(), v.finite(), v.minValue(0)),
  mark: v.nullable(Mark),
  mutations: v.pipe(v.array(v.unknown()), v.maxLength(PUSH_LIMITS.mutations)),
  /** Mutation ids to void: the first outcome if the server has the id, else the id is never applied. */
  voids: v.optional(v.pipe(v.array(id), v.maxLength(PUSH_LIMITS.mutations)), []),
})
export interface PushRequest {
  readonly protocol: number
  readonly account: string
  readonly now: number
  readonly mark: Mark | null
  readonly mutations: readonly Mutation[]
  readonly voids: readonly string[]
}

const Wire = v.object({
  id: v.string(),
  kind: v.string(),
  version: whole,
  fields: json,
  stamps: v.record(v.string(), v.number()),
})

/** What became of one mutation; `record` is the record as the server has it now. */
export const Outcome = v.variant('outcome', [
  v.object({ id, outcome: v.literal('applied'), version: whole, seq: whole, record: Wire }),
  /** null: the space has no such record; the device sends it whole. */
  v.object({ id, outcome: v.literal('conflict'), record: v.nullable(Wire) }),
  /** A create whose URL a live card holds. */
  v.object({ id, outcome: v.literal('duplicate'), record: Wire }),
  v.object({
    id,
    outcome: v.literal('rejected'),
    code: v.string(),
    message: v.string(),
    details: v.optional(v.array(v.object({ field: v.string(), problem: v.string() }))),
  }),
  /** The server choked on it; nothing of it was applied. */
  v.object({ id, outcome: v.literal('error'), message: v.string() }),
  v.object({ id, outcome: v.literal('void') }),
])
export type Outcome = v.InferOutput<typeof Outcome>

/** Outcomes are parsed one by one on the device: an unreadable one is an unknown outcome, not a lost batch. */
export const PushAnswer = v.object({ results: v.array(v.unknown()), now: v.number(), mark: v.nullable(Mark) })
export interface PushAnswer {
  readonly results: readonly Outcome[]
  readonly now: number
  readonly mark: Mark | null
}

/** One row of the feed: a record as it now is, at the seq of its last change. */
export const Change = v.object({ seq: whole, record: Wire })
export interface Change {
  readonly seq: number
  readonly record: RecordState
}

/** `GET /api/sync/changes?protocol=&account=&after=&limit=&mark=SEQ.TAG` */
export const PullAnswer = v.object({
  changes: v.array(v.unknown()),
  /** The seq of the last change returned, or `after` where there was none. */
  cursor: whole,
  more: v.boolean(),
  now: v.number(),
  mark: v.nullable(Mark),
})
export interface PullAnswer {
  readonly changes: readonly Change[]
  readonly cursor: number
  readonly more: boolean
  readonly now: number
  readonly mark: Mark | null
}

export const markParam = (mark: Mark | null): string => (mark ? `${mark.seq}.${mark.tag}` : '')
