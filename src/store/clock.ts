import { changedFields, type Stamps } from '../core/records.ts'
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
 * is a day off must neither win nor lose a conflict that is decided here. What is frozen too: it goes out again beside
 * the corrected time, by which the server shifts nothing. It stays the same mutation by its id, of which the server
 * reads the stamps once, when it applies it.
 */
export async function measured(tx: Transaction, offset: number, now: number): Promise<void> {
  const before = await offsetOf(tx)
  await tx.objectStore('meta').put({ key: 'clock', offset })
  if (Math.abs(offset - before) <= TOLERATED_SKEW) return
  const records = tx.objectStore('records')
  const outbox = tx.objectStore('outbox')
  const shifted = (stamps: Stamps, fields: readonly string[]): Stamps => ({
    ...stamps,
    ...settleStamps(
      Object.fromEntries(fields.map((field) => [field, stamps[field] ?? 0])),
      now + before,
      now + offset,
    ),
  })
  for (const entry of await outbox.getAll()) {
    const { id, flight } = entry
    const frozen = Object.keys(flight?.mutation.stamps ?? {})
    if (flight) {
      const mutation = { ...flight.mutation, stamps: shifted(flight.mutation.stamps, frozen) }
      const sent = { ...flight.sent, stamps: shifted(flight.sent.stamps, frozen) }
      await outbox.put({ ...entry, flight: { ...flight, mutation, sent } })
    }
    const record = await records.get(id)
    if (!record) continue
    const base = (await tx.objectStore('bases').get(id)) ?? null
    // What is frozen may have been edited back since, to what the server had.
    const mine = new Set([...frozen, ...changedFields(base, withoutKey(record))])
    await records.put({ ...record, stamps: shifted(record.stamps, [...mine]) })
  }
}
