import * as v from 'valibot'
import { DIGEST_LIMITS, type Mark, OLDEST_PROTOCOL, PROTOCOL_VERSION } from '../../src/core/protocol.ts'
import { problemsOf } from '../http/problems.ts'
import { invalid, Refusal } from '../http/refusal.ts'
import { id } from '../rest/field-schemas.ts'
import { DeviceId, DeviceName } from './schemas.ts'

/** Refuses a device that speaks a protocol this server does not; it keeps what it has and says so to the person. */
export function checkProtocol(version: number): void {
  if (!Number.isSafeInteger(version) || version < 0) {
    throw invalid([{ field: 'protocol', problem: 'must be a whole number' }])
  }
  if (version < OLDEST_PROTOCOL) {
    throw new Refusal(
      426,
      'client_too_old',
      'This version of the app is too old for the server. Reload to update it.',
    )
  }
  if (version > PROTOCOL_VERSION) {
    throw new Refusal(
      426,
      'server_too_old',
      'The server is older than this version of the app. It needs an update.',
    )
  }
}

/** A library goes only into the account that it belongs to: the cookie is the browser's, and may be another's by now. */
export function checkAccount(named: string, signedIn: string): void {
  if (named !== signedIn) {
    throw new Refusal(
      403,
      'other_account',
      'Another account is signed in than the one this library belongs to.',
    )
  }
}

/** Refuses, before anything is applied, a device that has seen what this server does not know. */
export function refuseMark(state: 'expired' | 'diverged'): Refusal {
  const words =
    state === 'expired'
      ? 'This device was away for longer than the server remembers changes. It has to read afresh.'
      : 'The server was restored from an older copy. The device has to compare everything with it.'
  return new Refusal(410, state, words)
}

const digits = (words: string) => v.pipe(v.string(words), v.regex(/^\d{1,15}$/, words), v.transform(Number))

const mark = v.pipe(
  v.string(),
  v.regex(/^(?:\d{1,15}\.[\w-]{1,100})?$/, 'must be SEQ.TAG'),
  v.transform((text): Mark | null => {
    const dot = text.indexOf('.')
    return dot < 0 ? null : { seq: Number(text.slice(0, dot)), tag: text.slice(dot + 1) }
  }),
)

const ids = v.pipe(
  v.string(),
  v.transform((text) => text.split(',')),
  v.array(id),
  v.maxLength(DIGEST_LIMITS.ids, `must be at most ${DIGEST_LIMITS.ids} ids`),
)

/** What every query names. */
export const AccountQuery = v.object({
  protocol: v.optional(v.string(), ''),
  account: v.pipe(v.string('must name the account'), v.minLength(1, 'must name the account')),
})
const device = v.fallback(v.optional(DeviceId), undefined)
export const StreamQuery = v.object({
  ...AccountQuery.entries,
  device,
  name: v.fallback(v.optional(DeviceName), undefined),
})
export const ReceiptsQuery = v.object({ ...AccountQuery.entries, record: id })
export const ChangesQuery = v.object({
  ...AccountQuery.entries,
  device,
  after: v.optional(digits('must be a whole number'), '0'),
  limit: v.optional(v.pipe(digits('must be a whole number'), v.minValue(1, 'must be at least 1'))),
  mark: v.optional(mark, ''),
  ids: v.optional(ids),
})

/** Checks protocol, shape and account of a query, in this order: an unknown protocol may have another shape. */
export function readQuery<TSchema extends v.GenericSchema<unknown, { account: string }>>(
  schema: TSchema,
  query: Readonly<Record<string, string>>,
  account: string,
): v.InferOutput<TSchema> {
  checkProtocol(/^\d{1,15}$/.test(query.protocol ?? '') ? Number(query.protocol) : Number.NaN)
  const parsed = v.safeParse(schema, query)
  if (!parsed.success) throw invalid(problemsOf(parsed.issues))
  checkAccount(parsed.output.account, account)
  return parsed.output
}
