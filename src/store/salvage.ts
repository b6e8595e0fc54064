import { openDB } from 'idb'
import type { RecordState } from '../core/records.ts'
import { withoutKey } from './held.ts'
import { DATABASE_NAME, type PawkitSchema } from './schema.ts'

/** How long a database that does not open may keep a person waiting, ms. */
const LIMIT = 3000

/**
 * Reads the records of a library that does not open as usual, whatever its version, and changes nothing.
 * null: not even that.
 */
export async function salvage(name: string = DATABASE_NAME): Promise<readonly RecordState[] | null> {
  const limit = new Promise<null>((resolve) => setTimeout(() => resolve(null), LIMIT))
  return Promise.race([read(name).catch(() => null), limit])
}

async function read(name: string): Promise<readonly RecordState[]> {
  const db = await openDB<PawkitSchema>(name, undefined, {
    upgrade: (_db, _from, _to, tx) => {
      tx.done.catch(() => {})
      tx.abort()
    },
    blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
  })
  try {
    return (await db.getAll('records')).map(withoutKey)
  } finally {
    db.close()
  }
}
