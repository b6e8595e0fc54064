/** The sync log: every step of sync as data. Ids, versions, lengths, codes and times; never what a person wrote. */
export type JournalLevel = 'info' | 'warn' | 'error'

export type JournalEvent =
  | { readonly what: 'woken'; readonly reason: string; readonly due: number; readonly waiting: number }
  | { readonly what: 'pushed'; readonly mutations: number; readonly voids: number; readonly ms: number }
  | {
      readonly what: 'outcome'
      readonly record: string
      readonly mutation: string
      readonly outcome: string
      readonly on: number
      readonly version: number | null
      readonly code: string | null
      /** Lengths of the values that were sent, by field. */
      readonly lengths: { readonly [field: string]: number }
      /** Keyed digests of the same: equal values have equal ones in one log, and none tells its value. */
      readonly digests: { readonly [field: string]: string }
    }
  /** A card went into the one that holds its URL; how: merged, gone, again or later. */
  | { readonly what: 'duplicate'; readonly record: string; readonly into: string; readonly how: string }
  /** Reconcile had to choose: fields whose value lost, and whether a deleted record came back. */
  | {
      readonly what: 'merged'
      readonly record: string
      readonly lost: readonly string[]
      readonly returned: boolean
    }
  /** Both sides changed these fields, and a person has to choose; none: the conflict is over. */
  | { readonly what: 'conflict'; readonly record: string; readonly fields: readonly string[] }
  /** What a person chose. Here and below, under which fencing epoch; older lines do not say. */
  | { readonly what: 'resolved'; readonly record: string; readonly take: string; readonly epoch?: number }
  | {
      readonly what: 'pulled'
      readonly after: number
      readonly cursor: number
      readonly changes: number
      readonly ms: number
    }
  | {
      readonly what: 'failed'
      readonly doing: 'push' | 'pull' | 'verify' | 'sign-out' | 'storage' | 'code'
      readonly failure: string
      readonly why: string
    }
  /** A request that was refused or died is sent in halves. */
  | { readonly what: 'halved'; readonly mutations: number; readonly failure: string }
  | { readonly what: 'retry-planned'; readonly ms: number; readonly rounds: number }
  | { readonly what: 'set-aside'; readonly record: string; readonly code: string }
  /** A tab wrote a record so often within a second, under this fencing epoch. */
  | { readonly what: 'written'; readonly record: string; readonly epoch: number; readonly writes: number }
  /** A person's word on a failed change. */
  | { readonly what: 'retried' | 'discarded'; readonly record: string; readonly epoch?: number }
  /** This device was compared with the server; how many records differed, and what it cost on the wire. */
  | {
      readonly what: 'verified'
      readonly records: number
      readonly differing: number
      readonly bytes: number
      readonly ms: number
    }
  /** It came to rest with something left to do: offline, backoff, signed-out, too-old, no-account. */
  | { readonly what: 'rested'; readonly why: string }
  | { readonly what: 'rereading'; readonly how: string }
  /** So many would have gone from this device at once; a person is asked. */
  | { readonly what: 'parked-vanishing'; readonly records: number }
  | {
      readonly what: 'vanishing-answered'
      readonly answer: 'remove' | 'keep'
      readonly records: number
      readonly epoch?: number
    }
  /** A change that this version cannot read: kept, and read again by one that can. */
  | { readonly what: 'unread'; readonly seq: number }
  | { readonly what: 'session-ended' }
  /** A tab was given the right to write: its session, and under which fencing epoch. */
  | { readonly what: 'control-taken'; readonly session: string; readonly epoch: number }

export interface JournalRow {
  readonly at: number
  readonly event: JournalEvent
}

/** As many rows as are kept; older ones go. */
export const JOURNAL_ROWS = 2000

export function levelOf(event: JournalEvent): JournalLevel {
  if (event.what === 'set-aside' || (event.what === 'failed' && event.doing === 'code')) return 'error'
  if (event.what === 'outcome')
    return event.outcome === 'rejected' || event.outcome === 'error' ? 'error' : 'info'
  const { what } = event
  const warns =
    what === 'conflict' ||
    what === 'failed' ||
    what === 'merged' ||
    what === 'rereading' ||
    what === 'parked-vanishing' ||
    what === 'unread'
  if (event.what === 'verified') return event.differing > 0 ? 'warn' : 'info'
  return warns ? 'warn' : 'info'
}

export const recordOf = (event: JournalEvent): string | null => ('record' in event ? event.record : null)

/** The length of a value as the log may tell it: characters of a text, members of a list, else 1. */
export const lengthOf = (value: unknown): number =>
  typeof value === 'string' || Array.isArray(value) ? value.length : 1
