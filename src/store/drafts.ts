import type { Write } from '../core/messages.ts'
import { mergeKind, sameJson } from '../core/records.ts'
import { type Draft, draftId, draftOf } from '../core/session.ts'
import type { Database, Transaction } from './database.ts'
import { requireLibrary } from './library.ts'

/** Keeps what a tab wrote that had lost the right, in the transaction that refused it. Outside the fence. */
export async function keepDraft(tx: Transaction, write: Write): Promise<void> {
  const drafts = tx.objectStore('drafts')
  const { id: recordId, kind, create, shown, typed, page, epoch, now } = write
  // A pin or a deletion is made again with one press; what was typed is not.
  const words = Object.keys(typed).some(
    (field) => mergeKind(kind, field) === 'text' || mergeKind(kind, field) === 'line',
  )
  if (!words) return
  const before = await drafts.get(draftId(page, epoch, recordId))
  await drafts.put(draftOf(before, { recordId, kind, create, shown, typed, page, epoch, now }))
}

/** Oldest first. */
export const readDrafts = (db: Database): Promise<Draft[]> =>
  db.run(['drafts'], 'readonly', async (tx) =>
    (await tx.objectStore('drafts').getAll()).sort((a, b) => a.at - b.at),
  )

/** After it was taken in or given up; what has been typed since that was read stays. */
export const removeDraft = (
  db: Database,
  library: string,
  { id, typed }: Pick<Draft, 'id' | 'typed'>,
): Promise<void> =>
  db.run(
    ['drafts', 'meta'],
    'readwrite',
    async (tx) => {
      await requireLibrary(tx, library)
      const drafts = tx.objectStore('drafts')
      if (sameJson((await drafts.get(id))?.typed, typed)) await drafts.delete(id)
    },
    'strict',
  )
