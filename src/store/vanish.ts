import { keep, remove } from '../core/vanish.ts'
import type { Database, Transaction } from './database.ts'
import { HELD_STORES, readHeld, writeHeld } from './held.ts'
import type { VanishingRow } from './schema.ts'
import { requireWriting, type Writing } from './session.ts'

export type VanishAnswer = 'remove' | 'keep'

/** The ids of the records that a person is asked about. */
export function readVanishing(db: Database): Promise<string[]> {
  return db.run(['vanishing', 'seen'], 'readonly', async (tx) => (await asked(tx)).map(({ id }) => id))
}

/** Rows that are in `seen` as well belong to a read under way: whether they are too many is not known yet. */
async function asked(tx: Transaction<IDBTransactionMode>): Promise<VanishingRow[]> {
  const rows = await tx.objectStore('vanishing').getAll()
  const undecided = await Promise.all(rows.map(({ id }) => tx.objectStore('seen').getKey(id)))
  return rows.filter((_, index) => undecided[index] === undefined)
}

/**
 * A person's word on records that would vanish: they go, or are sent whole.
 * @param shown those that the person was shown; more may have joined them since, and stay asked about
 * @returns the ids that changed
 */
export function answerVanishing(
  db: Database,
  writing: Writing,
  answer: VanishAnswer,
  now: number,
  shown: readonly string[],
): Promise<string[]> {
  return db.run(
    [...HELD_STORES, 'meta', 'vanishing', 'seen', 'session'],
    'readwrite',
    async (tx) => {
      await requireWriting(tx, writing)
      const rows = (await asked(tx)).filter(({ id }) => shown.includes(id))
      const ids: string[] = []
      for (const { id, tombstone } of rows) {
        const held = await readHeld(tx, id)
        await tx.objectStore('vanishing').delete(id)
        // Edited meanwhile: the edit has decided.
        if (!held.record || held.entry) continue
        await writeHeld(tx, id, answer === 'keep' ? keep(held, tombstone, now) : remove(tombstone))
        ids.push(id)
      }
      return ids
    },
    'strict',
  )
}
