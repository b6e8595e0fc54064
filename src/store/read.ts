import { type ConnectionRow, FINE } from '../core/backoff.ts'
import type { Entry } from '../core/outbox.ts'
import { isPurged, type RecordState } from '../core/records.ts'
import { offsetOf } from './clock.ts'
import type { Database } from './database.ts'
import { withoutKey } from './held.ts'
import type { LibraryRow, ReceiptRow } from './schema.ts'

/** A record with its outbox entry and the server's receipt for it, read in one transaction so that they belong together. */
export interface RecordRow {
  readonly record: RecordState
  readonly entry: Entry | null
  /** `gone`: the server has it no more, and a person is asked what to do (store/vanish.ts). */
  readonly receipt: ReceiptRow | 'gone' | null
}

/** Everything the page lists; tombstones are left out. */
export function readAll(db: Database): Promise<RecordRow[]> {
  return db.run(['records', 'outbox', 'receipts', 'vanishing'], 'readonly', async (tx) => {
    const [records, entries, receipts, vanishing] = await Promise.all([
      tx.objectStore('records').getAll(),
      tx.objectStore('outbox').getAll(),
      tx.objectStore('receipts').getAll(),
      tx.objectStore('vanishing').getAllKeys(),
    ])
    const byId = new Map(entries.map((entry) => [entry.id, entry]))
    const receiptOf = new Map<string, ReceiptRow | 'gone'>(receipts.map((receipt) => [receipt.id, receipt]))
    for (const id of vanishing) receiptOf.set(id, 'gone')
    return records
      .filter((record) => !isPurged(record))
      .map((stored) => ({
        record: withoutKey(stored),
        entry: byId.get(stored.id) ?? null,
        receipt: receiptOf.get(stored.id) ?? null,
      }))
  })
}

/** Single records again, after `records-changed`. An id that is not here any more is null. */
export function readSome(db: Database, ids: readonly string[]): Promise<Map<string, RecordRow | null>> {
  return db.run(['records', 'outbox', 'receipts', 'vanishing'], 'readonly', async (tx) => {
    const rows = await Promise.all(
      ids.map(async (id) => {
        const [stored, entry = null, known = null, gone] = await Promise.all([
          tx.objectStore('records').get(id),
          tx.objectStore('outbox').get(id),
          tx.objectStore('receipts').get(id),
          tx.objectStore('vanishing').getKey(id),
        ])
        const receipt = gone === undefined ? known : ('gone' as const)
        const row = stored && !isPurged(stored) ? { record: withoutKey(stored), entry, receipt } : null
        return [id, row] as const
      }),
    )
    return new Map(rows)
  })
}

/** What the page says of sync as a whole, from the store that sync works on. */
export interface SyncState {
  readonly library: LibraryRow | null
  readonly connection: ConnectionRow
  readonly offset: number
  readonly entries: readonly Entry[]
  readonly records: number
  readonly signOutPending: boolean
}

export function readSyncState(db: Database): Promise<SyncState> {
  return db.run(['records', 'outbox', 'meta', 'device'], 'readonly', async (tx) => {
    const meta = tx.objectStore('meta')
    const [library, connection, offset, entries, records, signOut] = await Promise.all([
      meta.get('library'),
      meta.get('connection'),
      offsetOf(tx),
      tx.objectStore('outbox').getAll(),
      tx.objectStore('records').count(),
      tx.objectStore('device').get('sign-out'),
    ])
    return {
      library: library?.key === 'library' ? library : null,
      connection: connection?.key === 'connection' ? connection.row : FINE,
      offset,
      entries,
      records,
      signOutPending: signOut !== undefined,
    }
  })
}

/** How many values lie on this device alone. That a record was deleted is none: there is nothing in it to be lost. */
export function countKept(db: Database): Promise<number> {
  return db.run(['history'], 'readonly', async (tx) => {
    let many = 0
    // One at a time: together they may be large.
    for (let at = await tx.objectStore('history').openCursor(); at; at = await at.continue())
      if (at.value.field !== 'deleted') many++
    return many
  })
}
