import { isDeleted, isPurged, type RecordState, text } from '../core/records.ts'
import type { Held, Settled } from '../core/settle.ts'
import { urlKey } from '../core/url.ts'
import type { Transaction } from './database.ts'
import type { StoredRecord } from './schema.ts'

/** The stores that one record's rows lie in; every transaction that changes a record has them all in its scope. */
export const HELD_STORES = ['records', 'bases', 'outbox', 'history', 'receipts'] as const

/** What this device holds of a record, read inside the caller's transaction. */
export async function readHeld(tx: Transaction<IDBTransactionMode>, id: string): Promise<Held> {
  const [stored, base, entry] = await Promise.all([
    tx.objectStore('records').get(id),
    tx.objectStore('bases').get(id),
    tx.objectStore('outbox').get(id),
  ])
  // A row that the browser has lost: what was frozen is whole, goes on and is there again.
  const record = stored ? withoutKey(stored) : (entry?.flight?.sent ?? null)
  return { record, base: base ?? null, entry: entry ?? null }
}

/** Writes the three rows back; puts are not awaited one by one, the transaction is. */
export async function writeHeld(tx: Transaction, id: string, held: Held): Promise<void> {
  const records = tx.objectStore('records')
  const bases = tx.objectStore('bases')
  const outbox = tx.objectStore('outbox')
  await Promise.all([
    held.record ? records.put(withKey(held.record)) : records.delete(id),
    held.base && held.entry ? bases.put(held.base) : bases.delete(id),
    held.entry ? outbox.put(held.entry) : outbox.delete(id),
    held.record || tx.objectStore('receipts').delete(id),
  ])
}

/** As writeHeld, and what lost the merge goes to history in the same transaction. */
export async function writeSettled(tx: Transaction, id: string, settled: Settled, at: number): Promise<void> {
  const history = tx.objectStore('history')
  await Promise.all([
    writeHeld(tx, id, settled),
    ...settled.lost.map((lost) => history.add({ recordId: id, ...lost, at })),
  ])
}

function withKey(record: RecordState): StoredRecord {
  if (record.kind !== 'card' || isDeleted(record) || isPurged(record)) return record
  const key = urlKey(text(record.fields.url))
  return key === null ? record : { ...record, urlKey: key }
}

export function withoutKey({ urlKey: _, ...record }: StoredRecord): RecordState {
  return record
}
