import type { Write } from '../core/messages.ts'
import type { Entry } from '../core/outbox.ts'
import { isDeleted, type RecordState, text } from '../core/records.ts'
import type { FieldProblem } from '../core/schema.ts'
import type { Held } from '../core/settle.ts'
import { stampAt } from '../core/stamp.ts'
import { urlKey } from '../core/url.ts'
import { keep } from '../core/vanish.ts'
import { applyChange } from '../core/write.ts'
import { offsetOf } from './clock.ts'
import type { Database, Durability, Transaction } from './database.ts'
import { forgetMade, isGone, keepDraft } from './drafts.ts'
import { HELD_STORES, readHeld, withoutKey, writeSettled } from './held.ts'
import { requireLibrary } from './library.ts'
import type { WriterRow } from './schema.ts'
import { rightIn } from './session.ts'

export type Committed =
  | {
      readonly is: 'written'
      readonly record: RecordState
      readonly entry: Entry | null
      readonly changed: boolean
    }
  | { readonly is: 'invalid'; readonly problems: readonly FieldProblem[] }
  /** A new card whose URL a live card here holds already. */
  | { readonly is: 'duplicate'; readonly record: RecordState }
  /** An edit of a record that is not here. */
  | { readonly is: 'missing' }
  /** The tab has lost the right to write: what was typed is a draft now. */
  | { readonly is: 'fenced' }

/** More than a page can have under way. */
const REFUSED = 200

const STORES = [...HELD_STORES, 'meta', 'writers', 'vanishing', 'session', 'drafts'] as const

/**
 * The only write path for people's edits: one transaction that compares library and epoch, compares the stored record
 * with what the page was showing, writes record, base and outbox entry, or nothing.
 * Rejects with OtherLibrary, or with the transaction's error.
 */
export function commit(db: Database, write: Write, durability: Durability): Promise<Committed> {
  return db.run(STORES, 'readwrite', (tx) => commitIn(tx, write), durability)
}

/** Many writes in one transaction, all or none: imports, and the last letters of a dying page. */
export function commitAll(
  db: Database,
  writes: readonly Write[],
  durability: Durability,
): Promise<Committed[]> {
  return db.run(
    STORES,
    'readwrite',
    async (tx) => {
      const results: Committed[] = []
      for (const write of writes) results.push(await commitIn(tx, write))
      return results
    },
    durability,
  )
}

async function commitIn(tx: Transaction, write: Write): Promise<Committed> {
  await requireLibrary(tx, write.library)
  const id = write.create ? write.id : await idNow(tx, write.id)
  const held = await readHeld(tx, id)
  const page = await pageOf(tx, write)
  if (write.number <= (page.numbers[write.id] ?? 0)) return written(held.record, held.entry, false)
  // A page of an older Pawkit names none: it may write until any page has been given the right.
  if ((await rightIn(tx)).epoch !== (write.epoch ?? 0)) {
    await refuse(tx, write, page)
    return { is: 'fenced' }
  }
  if (await isGone(tx, write)) return written(held.record, held.entry, false)
  const { now: at, epoch } = write
  const numbers = { ...page.numbers, [write.id]: write.number }
  await tx.objectStore('writers').put({ ...page, at, epoch, numbers })
  return apply(tx, held.record ? write : anew(write), id, held)
}

/** A draft is taken in whatever has become of its record, whose create may have been refused as well. */
function anew(write: Write): Write {
  if (write.draft?.why !== 'take-in') return write
  const createdAt = new Date(write.now).toISOString()
  return { ...write, create: true, typed: { createdAt, ...write.typed } }
}

async function apply(tx: Transaction, write: Write, id: string, held: Held): Promise<Committed> {
  // Brought back since the page looked, it is not in the Trash any more, which is what a person meant.
  const { typed, shown } = write
  const back = typed.purged && shown.deleted && held.record && !isDeleted(held.record)
  if (back || !(held.record || write.create)) return { is: 'missing' }
  if (write.create && write.kind === 'card') {
    const holder = await cardOf(tx, text(write.typed.url))
    if (holder && holder.id !== id) return { is: 'duplicate', record: holder }
  }
  const stamp = stampAt(write.now, await offsetOf(tx))
  const applied = applyChange(held, { ...write, id }, stamp, write.now)
  if (!applied.ok) return { is: 'invalid', problems: applied.problem }
  const { lost, ...now } = applied.value
  await forgetMade(tx, write)
  if (now.record === held.record && now.entry === held.entry) return written(held.record, held.entry, false)
  const row = await tx.objectStore('vanishing').get(id)
  const after = row ? keep(now, row.tombstone, write.now) : now
  await writeSettled(tx, id, { ...after, lost, returned: false }, write.now)
  await tx.objectStore('vanishing').delete(id)
  // Deleted for good here too, what the server no longer names leaves nothing behind; the page is told what it became.
  return written(after.record ?? now.record, after.entry, true)
}

const written = (record: RecordState | null, entry: Entry | null, changed: boolean): Committed =>
  record ? { is: 'written', record, entry, changed } : { is: 'missing' }

/** A write to a card that went in a merge follows it (design.md, conflict table: formerIds). */
async function idNow(tx: Transaction, id: string): Promise<string> {
  if (await tx.objectStore('records').getKey(id)) return id
  return (await tx.objectStore('records').index('formerId').getKey(id)) ?? id
}

/** The live card that holds a URL. No unique index: pulling a second one must not abort a page (traces.md, 11h). */
async function cardOf(tx: Transaction, url: string): Promise<RecordState | null> {
  const key = urlKey(url)
  const found = key === null ? undefined : await tx.objectStore('records').index('urlKey').get(key)
  return found && !isDeleted(found) ? withoutKey(found) : null
}

/**
 * A page that hides posts its uncommitted texts to the worker, while its own transaction may still commit: the
 * second of the two must change nothing, nor undo what was typed since.
 */
const pageOf = async (tx: Transaction, { page, now: at }: Write): Promise<WriterRow> =>
  (await tx.objectStore('writers').get(page)) ?? { page, at, numbers: {} }

/** Kept as a draft, once: one that comes a second time may have been taken in or given up since. */
async function refuse(tx: Transaction, write: Write, page: WriterRow): Promise<void> {
  const { refused = [] } = page
  if (refused.includes(write.number)) return
  await tx.objectStore('writers').put({ ...page, refused: [...refused, write.number].slice(-REFUSED) })
  await keepDraft(tx, write)
}

/** Forgets pages that wrote last before `before`, ms. */
export function pruneWriters(db: Database, before: number): Promise<void> {
  return db.run(['writers'], 'readwrite', async (tx) => {
    const rows = await tx.objectStore('writers').getAll()
    await Promise.all(
      rows.filter((row) => row.at < before).map((row) => tx.objectStore('writers').delete(row.page)),
    )
  })
}
