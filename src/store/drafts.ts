import type { Write } from '../core/messages.ts'
import { mergeKind, sameJson } from '../core/records.ts'
import { type Draft, draftId, draftOf, goesOn } from '../core/session.ts'
import type { Database, Transaction } from './database.ts'
import { requireLibrary } from './library.ts'

/**
 * Keeps what a tab wrote that had lost the right, in the transaction that refused it. Outside the fence. What comes from
 * a draft is in it still.
 */
export async function keepDraft(tx: Transaction, write: Write): Promise<void> {
  if (write.draft !== undefined) return
  const drafts = tx.objectStore('drafts')
  const { id: recordId, kind, create, shown, typed, page, epoch, now, number } = write
  // A pin or a deletion is made again with one press; what was typed is not.
  const words = Object.keys(typed).some(
    (field) => mergeKind(kind, field) === 'text' || mergeKind(kind, field) === 'line',
  )
  if (!words) return
  const first = draftId(page, epoch, recordId)
  const kept = await drafts.getAll(IDBKeyRange.bound(first, `${first}~`))
  // One of an older Pawkit has no number.
  const here = (draft: Draft): boolean =>
    Number(draft.number) >= number && Object.keys(typed).every((field) => field in draft.typed)
  if (kept.some(here)) return
  const before = kept.find((draft) => goesOn(draft, write))
  const id = before?.id ?? (kept.length > 0 ? `${first} ${number}` : first)
  const draft = draftOf(before, { recordId, kind, create, shown, typed, page, epoch, now })
  await drafts.put({ ...draft, id, number: Math.max(number, before?.number ?? 0) })
}

/**
 * Whether the draft that a write takes in is gone: another tab has taken it in or given it up, while a person here was
 * being asked. What a page writes again that was refused to itself is written whatever has become of its draft.
 */
export async function isGone(tx: Transaction, { draft, page }: Write): Promise<boolean> {
  if (draft === undefined || draft.startsWith(`${page} `)) return false
  return (await tx.objectStore('drafts').getKey(draft)) === undefined
}

/**
 * A write has gone through that was kept as a draft: that goes in the same transaction, or a tab that dies between the two
 * would leave words to be taken in a second time. What else was typed stays.
 */
export async function forgetMade(tx: Transaction, { draft, typed }: Write): Promise<void> {
  if (draft === undefined) return
  const drafts = tx.objectStore('drafts')
  for (const kept of await drafts.getAll(IDBKeyRange.bound(draft, `${draft}~`)))
    if (Object.entries(kept.typed).every(([field, value]) => sameJson(typed[field] ?? null, value)))
      await drafts.delete(kept.id)
}

/** Oldest first. */
export const readDrafts = (db: Database): Promise<Draft[]> =>
  db.run(['drafts'], 'readonly', async (tx) =>
    (await tx.objectStore('drafts').getAll()).sort((a, b) => a.at - b.at),
  )

/** A person gives it up; what has been typed since that was read stays. */
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
