import { type Failure, reasonOf } from './failure.ts'
import { PROTOCOL_VERSION } from './protocol.ts'
import { remaining, type Wait } from './wait.ts'

/**
 * Retry state is one stored row for the connection, never an entry's: a new edit in an outage starts no round
 * (traces.md, 14). A round is three sends; rounds grow apart to five minutes.
 */
export type ConnectionRow =
  | { readonly is: 'fine' }
  | {
      readonly is: 'failing'
      readonly since: number
      /** Failed sends in the round under way, 0 to 2. */
      readonly sends: number
      /** Rounds that failed whole. */
      readonly rounds: number
      readonly wait: Wait
      /** What `Retry-After` asked for; nothing but time overrides it. */
      readonly asked: Wait | null
      /** `reasonOf` the last failure. */
      readonly why: string
      /** Failed requests since it began, whatever hastened them. */
      readonly attempts?: number
      /** A search for what the server refuses found nothing that goes through: each push carries only a part now. */
      readonly searched?: boolean
      /** What failed last is known to fail alone, and nothing else was due: a new change need not wait for it. */
      readonly apart?: boolean
      /** There has been a notice of this outage. */
      readonly told?: boolean
    }
  | { readonly is: 'signed-out'; readonly since: number; readonly why: string }
  /** The server refused this protocol; a version of the app that speaks another is not held up by it. */
  | { readonly is: 'too-old'; readonly since: number; readonly protocol: number }

export const FINE: ConnectionRow = { is: 'fine' }

const IN_ROUND = [1000, 5000] as const
const BETWEEN_ROUNDS = [15_000, 30_000, 60_000, 120_000, 300_000] as const

/** At most so much later than `Retry-After` asks: a date, or one answer to many, would bring them back as a herd. */
const HERD = 5000

/** A wait times 0.8 to 1.2, so that a thousand devices do not come back in one second. `random` in [0, 1). */
export const jitter = (length: number, random: number): number => Math.round(length * (0.8 + 0.4 * random))

/** The row after one more failed request. */
export function afterFailure(
  row: ConnectionRow,
  failure: Failure,
  now: number,
  random: number,
): ConnectionRow {
  if (failure.is === 'signed-out' || failure.is === 'other-account')
    return { is: 'signed-out', since: now, why: reasonOf(failure) }
  if (failure.is === 'too-old') return { is: 'too-old', since: now, protocol: PROTOCOL_VERSION }
  const before = row.is === 'failing' ? row : { since: now, sends: 0, rounds: 0, attempts: 0 }
  const inRound = IN_ROUND[before.sends]
  const rounds = inRound === undefined ? before.rounds + 1 : before.rounds
  const between = BETWEEN_ROUNDS[Math.min(rounds, BETWEEN_ROUNDS.length) - 1] ?? BETWEEN_ROUNDS[0]
  const length = jitter(inRound ?? between, random)
  const after = failure.is === 'busy' || failure.is === 'server' ? failure.after : null
  return {
    ...before,
    is: 'failing',
    sends: inRound === undefined ? 0 : before.sends + 1,
    rounds,
    wait: { start: now, length },
    asked: after === null ? null : { start: now, length: after + Math.round(HERD * random) },
    why: reasonOf(failure),
    attempts: (before.attempts ?? 0) + 1,
  }
}

/** Nothing but an update of app or server helps. */
export const isTooOld = (row: ConnectionRow): boolean =>
  row.is === 'too-old' && row.protocol === PROTOCOL_VERSION

/** A round has failed whole and nothing has gone through since: entries that were in it show as failed. */
export const roundFailed = (row: ConnectionRow): boolean => row.is === 'failing' && row.rounds > 0

/**
 * The row at a trigger that may send early (`online` after offline, `Retry`, `Sync now`): a new round may begin
 * at once, but for what the server asked.
 */
export function hastened(row: ConnectionRow, now: number): ConnectionRow {
  if (row.is !== 'failing') return row
  return { ...row, sends: 0, wait: { start: now, length: 0 } }
}

/** ms until the pause is over that the server asked for, 0 where it asks for none. */
export const untilAllowed = (row: ConnectionRow, now: number): number =>
  row.is === 'failing' && row.asked ? remaining(row.asked, now) : 0

/** ms until the next send may go out; null: not by time (signed out, too old). */
export function untilNextSend(row: ConnectionRow, now: number): number | null {
  if (row.is === 'fine') return 0
  if (row.is !== 'failing') return null
  return Math.max(remaining(row.wait, now), untilAllowed(row, now))
}
