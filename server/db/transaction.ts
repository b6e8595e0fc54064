import { sql } from 'kysely'
import type { Database, Tx } from './schema.ts'

/** One write transaction, the lock taken at its start. */
export const write = <T>(db: Database, work: (trx: Tx) => Promise<T>): Promise<T> =>
  db.transaction().execute(work)

/** Several reads of one state of the database. */
export const read = <T>(db: Database, work: (trx: Tx) => Promise<T>): Promise<T> =>
  db.transaction().setAccessMode('read only').execute(work)

/** What `work` did is undone when it throws, and only that; the transaction goes on. */
export async function savepoint<T>(trx: Tx, work: () => Promise<T>): Promise<T> {
  await sql`savepoint step`.execute(trx)
  try {
    const result = await work()
    await sql`release step`.execute(trx)
    return result
  } catch (error) {
    await sql`rollback to step`.execute(trx)
    await sql`release step`.execute(trx)
    throw error
  }
}
