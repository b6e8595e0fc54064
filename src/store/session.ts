import { grant, NOBODY, presenceLock, type Right, type Wanting } from '../core/session.ts'
import type { Database, Transaction } from './database.ts'
import { requireLibrary } from './library.ts'

/** The tab has lost the right to write; nothing was written. */
export class Fenced extends Error {
  constructor() {
    super('Another tab is editing.')
  }
}

/** What a person's change names, beside the change itself: compared in its transaction. */
export interface Writing {
  readonly library: string
  /** Under which the page may write. */
  readonly epoch: number
}

/** Throws OtherLibrary or Fenced, and with it undoes the transaction. */
export async function requireWriting(
  tx: Transaction<IDBTransactionMode>,
  { library, epoch }: Writing,
): Promise<void> {
  await requireLibrary(tx, library)
  if ((await rightIn(tx)).epoch !== epoch) throw new Fenced()
}

/** Who may write, in the caller's transaction. */
export async function rightIn(tx: Transaction<IDBTransactionMode>): Promise<Right> {
  const row = await tx.objectStore('session').get('session')
  return row ? { active: row.active, epoch: row.epoch } : NOBODY
}

export const readRight = (db: Database): Promise<Right> => db.run(['session'], 'readonly', rightIn)

/** Names of the locks that are held in this browser. */
export type HeldLocks = () => Promise<readonly string[]>

/**
 * The one way to the right to write, for the worker and, where none answers, the page itself. Safe at any time and by
 * anybody: one that has it keeps it, and whoever holds it alive keeps it unless a person takes it.
 * The locks are looked at after the row is read, and the row is compared when it is written: a session holds its lock
 * before it asks, so that whoever stands in the row that was compared is rightly taken for alive or gone.
 */
export async function wantRight(
  db: Database,
  session: string,
  wanting: Wanting,
  heldLocks: HeldLocks,
): Promise<Right> {
  for (;;) {
    const seen = await readRight(db)
    const held = new Set(await heldLocks())
    const living = new Set(seen.active !== null && held.has(presenceLock(seen.active)) ? [seen.active] : [])
    const after = grant(seen, session, living, wanting)
    if (after === seen) return seen
    const written = await db.run(
      ['session'],
      'readwrite',
      async (tx) => {
        const now = await rightIn(tx)
        if (now.epoch !== seen.epoch || now.active !== seen.active) return false
        await tx.objectStore('session').put({ key: 'session', ...after })
        return true
      },
      'strict',
    )
    if (written) return after
  }
}
