import { DEFAULT_POLICY, type Policy } from '../core/policy.ts'
import type { Standpoint } from '../core/reconcile.ts'
import type { Database, Transaction } from './database.ts'
import { requireLibrary } from './library.ts'
import type { LibraryRow } from './schema.ts'

/** From whose side a conflict is seen in this transaction. */
export async function readStandpoint(
  tx: Transaction<IDBTransactionMode>,
  { account }: LibraryRow,
): Promise<Standpoint> {
  const row = await tx.objectStore('meta').get('policy')
  // A choice that a later version adds is not there yet: each missing one is as by default.
  const policy = { ...DEFAULT_POLICY, ...(row?.key === 'policy' ? row.policy : {}) }
  return { account: account?.id ?? null, policy }
}

/** What the person wants done with conflicts on this device. */
export const readPolicy = (db: Database, library: string): Promise<Policy> =>
  db.run(['meta'], 'readonly', async (tx) => {
    const row = await requireLibrary(tx, library)
    return (await readStandpoint(tx, row)).policy
  })

/** Counts from the next answer on; what is open stays open, and so does what another tab has chosen beside it. */
export const writePolicy = (db: Database, library: string, choice: Partial<Policy>): Promise<void> =>
  db.run(
    ['meta'],
    'readwrite',
    async (tx) => {
      const { policy } = await readStandpoint(tx, await requireLibrary(tx, library))
      await tx.objectStore('meta').put({ key: 'policy', policy: { ...policy, ...choice } })
    },
    'strict',
  )
