import { FINE } from '../core/backoff.ts'
import type { Database, Transaction } from './database.ts'
import { type DeviceRow, LIBRARY_STORES, type LibraryRow } from './schema.ts'

/** The library on this device is no longer the one that the caller worked on; nothing was written. */
export class OtherLibrary extends Error {
  constructor() {
    super('The library on this device is another one now.')
  }
}

/**
 * The library row, made on first use with a random id.
 * @param logKey another, for one that has none yet
 */
export function openLibrary(db: Database, newId: string, logKey?: string): Promise<LibraryRow> {
  return db.run(['meta'], 'readwrite', async (tx) => {
    const found = await readLibrary(tx)
    if (found && (found.logKey || !logKey)) return found
    const row = { ...(found ?? emptyLibrary(newId)), ...(logKey && { logKey }) }
    await tx.objectStore('meta').put(row)
    return row
  })
}

export async function readLibrary(tx: Transaction<IDBTransactionMode>): Promise<LibraryRow | null> {
  const row = await tx.objectStore('meta').get('library')
  return row?.key === 'library' ? row : null
}

/** Compared in every transaction of page and engine: a late answer must not write into the next person's library. */
export async function requireLibrary(tx: Transaction<IDBTransactionMode>, id: string): Promise<LibraryRow> {
  const row = await readLibrary(tx)
  if (row?.id !== id) throw new OtherLibrary()
  return row
}

const emptyLibrary = (id: string): LibraryRow => ({
  key: 'library',
  id,
  account: null,
  cursor: 0,
  mark: null,
  reread: null,
  lastSynced: null,
})

/** The first account that signs in adopts what was made before. Signing in again also ends a signed-out pause. */
export function adoptLibrary(
  db: Database,
  id: string,
  account: { id: string; email: string },
): Promise<'adopted' | 'other-account'> {
  return db.run(
    ['meta'],
    'readwrite',
    async (tx) => {
      const row = await requireLibrary(tx, id)
      if (row.account && row.account.id !== account.id) return 'other-account'
      const meta = tx.objectStore('meta')
      await meta.put({ ...row, account })
      // What the server asked for, it asked of whoever signs in: only time ends that pause.
      const connection = await meta.get('connection')
      if (connection?.key === 'connection' && connection.row.is === 'signed-out')
        await meta.put({ key: 'connection', row: FINE })
      return 'adopted'
    },
    'strict',
  )
}

/**
 * Replaces the library: everything of it goes, and its id with it, so that whoever still works on it is refused. So does
 * what a person called this device: the next one's account is not told that.
 * `signOutPending` leaves the mark that the session at the server has to end first.
 */
export function wipeLibrary(db: Database, newId: string, signOutPending: number | null): Promise<void> {
  return db.run(
    [...LIBRARY_STORES, 'device'],
    'readwrite',
    async (tx) => {
      const device = tx.objectStore('device')
      await Promise.all(LIBRARY_STORES.map((name) => tx.objectStore(name).clear()))
      await tx.objectStore('meta').put(emptyLibrary(newId))
      await device.delete('name')
      if (signOutPending !== null) await device.put({ key: 'sign-out', since: signOutPending })
    },
    'strict',
  )
}

export function readDevice<Key extends DeviceRow['key']>(
  db: Database,
  key: Key,
): Promise<Extract<DeviceRow, { key: Key }> | null> {
  return db.run(['device'], 'readonly', async (tx) => {
    const row = await tx.objectStore('device').get(key)
    return (row ?? null) as Extract<DeviceRow, { key: Key }> | null
  })
}

export const writeDevice = (db: Database, row: DeviceRow): Promise<void> =>
  db.run(
    ['device'],
    'readwrite',
    async (tx) => {
      await tx.objectStore('device').put(row)
    },
    'strict',
  )

export const forgetDevice = (db: Database, key: DeviceRow['key']): Promise<void> =>
  db.run(['device'], 'readwrite', (tx) => tx.objectStore('device').delete(key), 'strict')
