import type { Change } from '../core/protocol.ts'
import type { Transaction } from './database.ts'

/**
 * Keeps, in the transaction of the answer that proves it, that the server has this record. Answers are applied in the
 * order in which the server gave them, and each names the record as it then was: the last one is the newest.
 * @param now the server's time, for a server that does not say when it took the change
 */
export async function writeReceipt(tx: Transaction, { record, seq, at }: Change, now: number): Promise<void> {
  const { id, version } = record
  await tx.objectStore('receipts').put({ id, version, seq, at: typeof at === 'number' ? at : now })
}
