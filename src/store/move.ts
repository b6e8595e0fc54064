import { resolve } from '../core/conflict.ts'
import { ENTRY_FORMAT, type Entry } from '../core/outbox.ts'
import { isDeleted, isPurged } from '../core/records.ts'
import type { Database, Transaction } from './database.ts'
import { HELD_STORES, readHeld, writeSettled } from './held.ts'
import { requireLibrary } from './library.ts'

/**
 * Another account takes this library over: every record is set up anew there, under a new library id, so that
 * nothing of the old account's sync (versions, bases, mutations in flight) reaches the new one. This device keeps its
 * name; it was given it among the old account's devices, and is not sent as one given among the new one's.
 */
export function moveLibrary(
  db: Database,
  from: string,
  to: string,
  account: { id: string; email: string },
  now: number,
): Promise<void> {
  return db.run(
    [...HELD_STORES, 'meta', 'unread', 'vanishing', 'device'],
    'readwrite',
    async (tx) => {
      const library = await requireLibrary(tx, from)
      const records = await tx.objectStore('records').getAll()
      await keepOtherSides(tx, now)
      const [store, outbox] = [tx.objectStore('records'), tx.objectStore('outbox')]
      await Promise.all([
        outbox.clear(),
        tx.objectStore('bases').clear(),
        tx.objectStore('unread').clear(),
        tx.objectStore('receipts').clear(),
        tx.objectStore('vanishing').clear(),
        tx.objectStore('meta').clear(),
      ])
      await Promise.all(
        records.map(async (record) => {
          if (isPurged(record)) return store.delete(record.id)
          await store.put({ ...record, version: 0 })
          if (!isDeleted(record)) await outbox.put(create(record.id, record.kind, now))
        }),
      )
      await tx.objectStore('meta').put({
        ...library,
        id: to,
        movedFrom: from,
        account,
        cursor: 0,
        mark: null,
        reread: null,
        lastSynced: null,
      })
      const named = await tx.objectStore('device').get('name')
      if (named?.key === 'name') await tx.objectStore('device').put({ key: 'name', name: named.name })
    },
    'strict',
  )
}

/** What a person has not chosen between: this device's value moves, the other side's stays in version history. */
async function keepOtherSides(tx: Transaction, now: number): Promise<void> {
  for (const entry of await tx.objectStore('outbox').getAll()) {
    const open = entry.state.is === 'conflict'
    const resolved = open ? resolve(await readHeld(tx, entry.id), { take: 'local' }, now, now) : null
    if (resolved?.ok) await writeSettled(tx, entry.id, resolved.value, now)
  }
}

const create = (id: string, kind: string, now: number): Entry => ({
  id,
  kind,
  format: ENTRY_FORMAT,
  since: now,
  wait: { start: now, length: 0 },
  state: { is: 'ready' },
  flight: null,
  parked: null,
})
