import { changedFields } from '../core/records.ts'
import { settleStamps, TOLERATED_SKEW } from '../core/stamp.ts'
import type { Transaction } from './database.ts'
import { withoutKey } from './held.ts'

/** What to add to this device's time to have the server's, as last measured; 0 before any answer. ms. */
export async function offsetOf(tx: Transaction<IDBTransactionMode>): Promise<number> {
  const clock = await tx.objectStore('meta').get('clock')
  return clock?.key === 'clock' ? clock.offset : 0
}

/**
 * The offset of this device's clock, measured at an answer, in its transaction. Where it is another than the one that
 * unsent changes were stamped by, they are shifted as the server will shift them (design.md, "Reconcile"): a clock that
 * is a day off must neither win nor lose a conflict that is decided here.
 */
export async function measured(tx: Transaction, offset: number, now: number): Promise<void> {
  const before = await offsetOf(tx)
  await tx.objectStore('meta').put({ key: 'clock', offset })
  if (Math.abs(offset - before) <= TOLERATED_SKEW) return
  const records = tx.objectStore('records')
  for (const id of await tx.objectStore('outbox').getAllKeys()) {
    const record = await records.get(id)
    if (!record) continue
    const base = (await tx.objectStore('bases').get(id)) ?? null
    const mine = changedFields(base, withoutKey(record)).map((field) => [field, record.stamps[field] ?? 0])
    const stamps = settleStamps(Object.fromEntries(mine), now + before, now + offset)
    await records.put({ ...record, stamps: { ...record.stamps, ...stamps } })
  }
}
