import { enqueue, isSettled } from '../core/outbox.ts'
import { isDeleted, isPurged, type RecordState } from '../core/records.ts'
import type { Draft, Right } from '../core/session.ts'
import { Database } from './database.ts'
import { HELD_STORES, writeHeld } from './held.ts'
import { OtherLibrary, readLibrary } from './library.ts'
import type { LibraryRow } from './schema.ts'

/** A library as a page remembers it. */
export interface Remembered {
  readonly id: string
  readonly account: LibraryRow['account']
  readonly records: readonly RecordState[]
  /** Those whose changes the server did not have. */
  readonly dirty: ReadonlySet<string>
  /** Who could write, as its page last knew: it goes on there, and no epoch is given twice. */
  readonly right: Right
  readonly drafts: readonly Draft[]
}

/**
 * Puts a library back that the browser removed while a page had it open. What the server had keeps its version, and
 * everything is read from there again; what it had not is reconciled without base, as a record made here.
 * Rejects with OtherLibrary where another has been begun meanwhile.
 */
export async function putBack(library: Remembered, now: number): Promise<void> {
  const db = await Database.open()
  const done = db.run(
    [...HELD_STORES, 'meta', 'session', 'drafts'],
    'readwrite',
    async (tx) => {
      const found = await readLibrary(tx)
      if (found && found.id !== library.id) throw new OtherLibrary()
      if (found) return
      const { id, account } = library
      const row = {
        key: 'library',
        id,
        account,
        cursor: 0,
        mark: null,
        reread: null,
        lastSynced: null,
      } as const
      await Promise.all([
        tx.objectStore('meta').put(row),
        tx.objectStore('session').put({ key: 'session', ...library.right }),
        ...library.drafts.map((draft) => tx.objectStore('drafts').put(draft)),
        ...library.records
          .filter((record) => !isPurged(record))
          .map((record) =>
            library.dirty.has(record.id)
              ? writeHeld(tx, record.id, madeHere(record, now))
              : writeHeld(tx, record.id, { record, base: null, entry: null }),
          ),
      ])
    },
    'strict',
  )
  await done.finally(() => db.close())
}

function madeHere(remembered: RecordState, now: number) {
  const record = { ...remembered, version: 0 }
  // Without base a deleted record would count as one that the server never heard of, with nothing to send.
  const base = remembered.version > 0 && isDeleted(remembered) ? { ...record, fields: {} } : null
  const entry = isSettled(base, record) ? null : enqueue(null, record, now, 'at-once')
  return { record, base, entry }
}
