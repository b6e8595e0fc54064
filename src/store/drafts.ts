import type { Write } from '../core/messages.ts'
import { mergeKind, sameJson, sameValue } from '../core/records.ts'
import { type Draft, draftId, draftOf, goesOn } from '../core/session.ts'
import type { Database, Transaction } from './database.ts'
import { requireLibrary } from './library.ts'

/**
 * Keeps what a tab wrote that had lost the right, in the transaction that refused it. Outside the fence. What comes from
 * a draft that is still there is kept already.
 */
export async function keepDraft(tx: Transaction, write: Write): Promise<void> {
  if (!saysSomething(write) || (await isKept(tx, write))) return
  const drafts = tx.objectStore('drafts')
  const { id: recordId, kind, create, shown, typed, page, epoch, now, number } = write
  const first = draftId(page, epoch, recordId)
  const kept = await drafts.getAll(IDBKeyRange.bound(first, `${first}~`))
  const before = kept.find((draft) => goesOn(draft, write))
  const id = before?.id ?? (kept.length > 0 ? `${first} ${number}` : first)
  const draft = draftOf(before, { recordId, kind, create, shown, typed, page, epoch, now })
  await drafts.put({ ...draft, id })
}

/** A pin, a deletion or a restore is made again with one press, and leaving a field types nothing: only what was typed is kept. */
const saysSomething = ({ kind, shown, typed, how }: Write): boolean =>
  how !== 'put-back' &&
  Object.entries(typed).some(([field, value]) => {
    const merge = mergeKind(kind, field)
    const isTyped = merge === 'text' || merge === 'line' || field === 'url' || field === 'tags'
    return isTyped && !sameValue(merge, value, shown[field] ?? '')
  })

/** Whether what is written is in its draft, as it was when it was read. */
async function isKept(tx: Transaction, { draft, typed }: Write): Promise<boolean> {
  const kept = draft && (await tx.objectStore('drafts').get(draft.id))
  return kept !== undefined && Object.keys(typed).every((field) => sameJson(kept.typed[field], typed[field]))
}

/**
 * Whether the draft that is to be taken in is gone or another by now: another tab has taken it in or given it up, while a
 * person here was being asked. What a page writes again is written whatever has become of its draft.
 */
export const isGone = async (tx: Transaction, write: Write): Promise<boolean> =>
  write.draft?.why === 'take-in' && !(await isKept(tx, write))

/**
 * A write has gone through that was kept as a draft: that goes in the same transaction, or a tab that dies between the two
 * would leave words to be taken in a second time. What else was typed stays.
 */
export async function forgetMade(tx: Transaction, { draft, shown, typed }: Write): Promise<void> {
  if (draft === undefined) return
  const drafts = tx.objectStore('drafts')
  const isMade = (kept: Draft): boolean =>
    Object.keys(kept.typed).every(
      (field) => sameJson(kept.typed[field], typed[field]) && sameJson(kept.shown[field], shown[field]),
    )
  for (const kept of await drafts.getAll(IDBKeyRange.bound(draft.id, `${draft.id}~`)))
    if (isMade(kept)) await drafts.delete(kept.id)
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
