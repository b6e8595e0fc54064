import type { DevicesAnswer } from '../core/protocol.ts'
import type { Database } from './database.ts'
import { readLibrary, requireLibrary } from './library.ts'
import type { DeviceRow } from './schema.ts'

export type NameRow = Extract<DeviceRow, { key: 'name' }>

/** Writes this device's name anew, made of the one that it has; null: it keeps that. */
function rename(db: Database, next: (row: NameRow | null) => NameRow | null): Promise<boolean> {
  return db.run(
    ['device'],
    'readwrite',
    async (tx) => {
      const store = tx.objectStore('device')
      const row = await store.get('name')
      const named = next(row?.key === 'name' ? row : null)
      if (named) await store.put(named)
      return named !== null
    },
    'strict',
  )
}

/** A person calls this device so. It counts here at once, and goes to the server when it can. */
export const giveName = (db: Database, name: string): Promise<boolean> =>
  rename(db, () => ({ key: 'name', name, unsent: true }))

/** The server has taken this name; not the one that a person has given meanwhile. */
export const nameTaken = (db: Database, name: string): Promise<boolean> =>
  rename(db, (row) => (row?.name === name ? { key: 'name', name } : null))

/** What it is called until a person names it, where it has no name. */
export const beginName = (db: Database, name: string): Promise<boolean> =>
  rename(db, (row) => (row ? null : { key: 'name', name }))

/**
 * The server said that a person has called it so elsewhere. `before`: as it was called before the server was asked; what
 * it has been called here since, and a name that was given here and is not sent yet, is newer. @returns whether it is new
 */
export const learnName = (db: Database, name: string, before: NameRow | null): Promise<boolean> =>
  rename(db, (row) =>
    row?.unsent || row?.name !== before?.name || row?.name === name ? null : { key: 'name', name },
  )

/** Keeps what the server said of the account's devices, to be told offline too. Rejects with OtherLibrary. */
export function keepHeard(db: Database, library: string, heard: DevicesAnswer): Promise<void> {
  return db.run(['meta'], 'readwrite', async (tx) => {
    await requireLibrary(tx, library)
    await tx.objectStore('meta').put({ key: 'devices', heard })
  })
}

/** This device's name, and what the server last said of this library's devices. */
export function readHeard(
  db: Database,
  library: string,
): Promise<{ readonly name: NameRow | null; readonly heard: DevicesAnswer | null }> {
  return db.run(['meta', 'device'], 'readonly', async (tx) => {
    const name = await tx.objectStore('device').get('name')
    const row = await tx.objectStore('meta').get('devices')
    const ours = (await readLibrary(tx))?.id === library
    return {
      name: name?.key === 'name' ? name : null,
      heard: ours && row?.key === 'devices' ? row.heard : null,
    }
  })
}
