/** The sync log: every step of sync as data. Ids, versions, lengths, codes and times; never what a person wrote. */
export type JournalLevel = 'info' | 'warn' | 'error'

export type JournalEvent =
  | { readonly what: 'woken'; readonly reason: string; readonly due: number; readonly waiting: number }
  | { readonly what: 'pushed'; readonly mutations: number; readonly ms: number }
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
    }
  /** Reconcile had to choose: fields whose value lost, and whether a deleted record came back. */
  | {
      readonly what: 'merged'
      readonly record: string
      readonly lost: readonly string[]
      readonly returned: boolean
    }
  | {
      readonly what: 'pulled'
      readonly after: number
      readonly cursor: number
      readonly changes: number
      readonly ms: number
    }
  | {
      readonly what: 'failed'
      readonly doing: 'push' | 'pull' | 'sign-out'
      readonly failure: string
      readonly why: string
    }
  | { readonly what: 'retry-planned'; readonly ms: number; readonly rounds: number }
  | { readonly what: 'set-aside'; readonly record: string; readonly code: string }
  | { readonly what: 'rereading'; readonly how: string }
  | { readonly what: 'session-ended' }

export interface JournalRow {
  readonly at: number
  readonly event: JournalEvent
}

/** As many rows as are kept; older ones go. */
export const JOURNAL_ROWS = 2000

export function levelOf(event: JournalEvent): JournalLevel {
  if (event.what === 'set-aside') return 'error'
  if (event.what === 'outcome')
    return event.outcome === 'rejected' || event.outcome === 'error' ? 'error' : 'info'
  return event.what === 'failed' || event.what === 'merged' || event.what === 'rereading' ? 'warn' : 'info'
}

export const recordOf = (event: JournalEvent): string | null => ('record' in event ? event.record : null)

/** The length of a value as the log may tell it: characters of a text, members of a list, else 1. */
export const lengthOf = (value: unknown): number =>
  typeof value === 'string' || Array.isArray(value) ? value.length : 1
