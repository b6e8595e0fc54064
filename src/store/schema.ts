import type { DBSchema } from 'idb'
import type { ConnectionRow } from '../core/backoff.ts'
import type { JournalRow } from '../core/journal.ts'
import type { Entry } from '../core/outbox.ts'
import type { Policy } from '../core/policy.ts'
import type { DevicesAnswer, Mark } from '../core/protocol.ts'
import type { RecordState } from '../core/records.ts'
import type { Draft, Right } from '../core/session.ts'
import type { PutAside } from '../core/settle.ts'

/** Raised with every change below; upgrades are additive and never drop outbox, bases or drafts. */
export const DATABASE_VERSION = 2
export const DATABASE_NAME = 'pawkit'

/** A record as it lies here; `urlKey` only on cards that hold a URL, so that the index lists just those. */
export type StoredRecord = RecordState & { readonly urlKey?: string }

/** Whose library lies here, and how far it has been read. New after a wipe or a change of account. */
export interface LibraryRow {
  readonly key: 'library'
  /** Random; compared in every transaction of page and engine, and the device's name for itself at the server. */
  readonly id: string
  /** Which library of this device it was before another account took it over. */
  readonly movedFrom?: string
  /** Random and told to nobody: the key of the sync log's digests. Absent until a page has opened the library. */
  readonly logKey?: string
  readonly account: { readonly id: string; readonly email: string } | null
  /** The seq of the last change returned to this device. */
  readonly cursor: number
  readonly mark: Mark | null
  /** A fresh read under way, whose place is the cursor; null: none. */
  readonly reread: { readonly how: 'expired' | 'diverged' } | null
  /** When the last fresh read began, ms. */
  readonly rereadAt?: number
  /** How many records a page may have on this line, where one was too slow in coming. */
  readonly pull?: number | undefined
  /** When a drain last ended with nothing left to send or read, ms. */
  readonly lastSynced: number | null
}

export interface ConnectionStored {
  readonly key: 'connection'
  readonly row: ConnectionRow
}

/** The device's clock against the server's, measured at the last answer. */
export interface ClockRow {
  readonly key: 'clock'
  readonly offset: number
}

/** A value that is no longer the record's on this device; version history shows it, and it can be restored. */
export interface HistoryRow extends PutAside {
  readonly recordId: string
  /** When it lost, ms by this device's clock. */
  readonly at: number
}

/** What the server last said of the account's devices. */
export interface DevicesRow {
  readonly key: 'devices'
  readonly heard: DevicesAnswer
}

/** What a person wants done with conflicts on this device. */
export interface PolicyRow {
  readonly key: 'policy'
  readonly policy: Policy
}

/** Days at least; none of them fewer than 90. */
export type Keeps = '90' | '365' | 'always'

/** Rows outside the library, which no wipe removes, but for the name that a person gave. */
export type DeviceRow =
  /**
   * What this device is called in version history and to other devices; `unsent`: a person gave it that name here, and
   * the server has not confirmed it.
   */
  | { readonly key: 'name'; readonly name: string; readonly unsent?: true }
  /** Whether a tab takes control when it is focused. */
  | { readonly key: 'tabs'; readonly take: 'ask' | 'focus' }
  /** How long this device keeps what it put aside, in days. */
  | { readonly key: 'history'; readonly keeps: Keeps }
  /** Which of the Background Sync tags is asked for next. */
  | { readonly key: 'sync-tag'; readonly tag: number }
  /** The library was wiped offline; the session at the server must end before anything is sent or pulled. */
  | { readonly key: 'sign-out'; readonly since: number }

/** The last write of each page that was applied, so that one that comes twice takes effect once. */
export interface WriterRow {
  readonly page: string
  readonly at: number
  /** The fencing epoch of that write. */
  readonly epoch?: number
  readonly numbers: { readonly [recordId: string]: number }
  /** Its last writes that were refused, since it had lost the right. */
  readonly refused?: readonly number[]
}

/** That the server has a record: its version and seq there, and since when, ms by the server's clock. */
export interface ReceiptRow {
  readonly id: string
  readonly version: number
  readonly seq: number
  readonly at: number
}

/**
 * A record that would vanish from this device with many others, kept until a person says. `tombstone`: it was deleted
 * for good elsewhere; null: the server no longer names it.
 */
export interface VanishingRow {
  readonly id: string
  readonly tombstone: RecordState | null
}

export interface PawkitSchema extends DBSchema {
  records: { key: string; value: StoredRecord; indexes: { urlKey: string; formerId: string } }
  bases: { key: string; value: RecordState }
  outbox: { key: string; value: Entry }
  history: { key: number; value: HistoryRow; indexes: { recordId: string } }
  /** Changes that this version cannot read, kept as they came; they hold up nothing. */
  unread: { key: number; value: { readonly seq: number; readonly change: unknown } }
  meta: { key: string; value: LibraryRow | ConnectionStored | ClockRow | PolicyRow | DevicesRow }
  /** During a fresh read: ids the server has named, so that what is absent after the last page is known. */
  seen: { key: string; value: { readonly id: string } }
  receipts: { key: string; value: ReceiptRow }
  vanishing: { key: string; value: VanishingRow }
  /** The sync log, bounded; its key only grows. */
  journal: { key: number; value: JournalRow }
  writers: { key: string; value: WriterRow }
  /** What was written in tabs that had lost the right to; outside the fence. */
  drafts: { key: string; value: Draft }
  session: { key: 'session'; value: { readonly key: 'session' } & Right }
  device: { key: string; value: DeviceRow }
}

export type StoreName =
  | 'records'
  | 'bases'
  | 'outbox'
  | 'history'
  | 'unread'
  | 'seen'
  | 'receipts'
  | 'vanishing'
  | 'journal'
  | 'meta'
  | 'writers'
  | 'drafts'
  | 'session'
  | 'device'

/** What a wipe removes. `session` and `device` outlive it. */
export const LIBRARY_STORES = [
  'records',
  'bases',
  'outbox',
  'history',
  'unread',
  'seen',
  'receipts',
  'vanishing',
  'journal',
  'meta',
  'writers',
  'drafts',
] as const satisfies StoreName[]
