import { isPurged, list } from '../core/records.ts'
import { offsetOf } from './clock.ts'
import type { Database, Transaction } from './database.ts'
import { requireLibrary } from './library.ts'
import type { HistoryRow, Keeps } from './schema.ts'

/** A value that lost on this device, with its place in the store; larger keys are newer. */
export interface KeptRow extends HistoryRow {
  readonly key: number
}

export interface Kept {
  /** Newest first. */
  readonly rows: readonly KeptRow[]
  /** What to add to this device's time to have the server's, ms. */
  readonly offset: number
}

/**
 * What this device keeps of a record, and of the cards that went into it; nothing of one that was deleted for good.
 * Rejects with OtherLibrary.
 */
export function readHistory(db: Database, library: string, id: string): Promise<Kept> {
  return db.run(['history', 'records', 'meta'], 'readonly', async (tx) => {
    await requireLibrary(tx, library)
    const offset = await offsetOf(tx)
    const record = await tx.objectStore('records').get(id)
    if (!record || isPurged(record)) return { rows: [], offset }
    const index = tx.objectStore('history').index('recordId')
    const ids = [...new Set([id, ...list(record.fields.formerIds)])]
    const found = await Promise.all(
      ids.map(async (each) => {
        const [rows, keys] = await Promise.all([index.getAll(each), index.getAllKeys(each)])
        return rows.map((row, at) => ({ ...row, key: Number(keys[at]) }))
      }),
    )
    return { rows: found.flat().sort((a, b) => b.key - a.key), offset }
  })
}

/** At least so many versions of each record: what was put aside in one moment is one. */
export const KEPT_VERSIONS = 100
const DAY = 86_400_000
/** Rows that one transaction looks at: an edit that comes meanwhile waits for no more. */
const CHUNK = 50

/**
 * Removes what is older than that and not among the newest 100 versions of its record, and what is left of records that
 * were deleted for good. Many small transactions; rejects with OtherLibrary when the library is another one meanwhile.
 */
export async function pruneHistory(db: Database, library: string, now: number, keeps: Keeps): Promise<void> {
  const since = keeps === 'always' ? Number.NEGATIVE_INFINITY : now - Number(keeps) * DAY
  for (const id of await crowded(db, library)) {
    const beyond = await oldestKept(db, library, id)
    while (await pruneSome(db, library, id, beyond, since));
  }
}

const STORES = ['history', 'records', 'bases', 'outbox', 'receipts', 'meta'] as const

/** Whose rows may be too many, or shown nowhere any more. */
function crowded(db: Database, library: string): Promise<string[]> {
  return db.run(STORES, 'readonly', async (tx) => {
    await requireLibrary(tx, library)
    const index = tx.objectStore('history').index('recordId')
    const ids: string[] = []
    let cursor = await index.openKeyCursor(null, 'nextunique')
    while (cursor) {
      ids.push(cursor.key)
      cursor = await cursor.continue()
    }
    const looked = ids.map(async (id) => {
      const [many, gone] = await Promise.all([index.count(id), isGone(tx, id)])
      return many > KEPT_VERSIONS || gone ? [id] : []
    })
    return (await Promise.all(looked)).flat()
  })
}

/**
 * Whether the record was deleted for good, or went into one that was. A deletion that is not settled may still be undone
 * by an edit elsewhere; of a record that the browser has lost the receipt is left.
 */
async function isGone(tx: Transaction<IDBTransactionMode>, id: string): Promise<boolean> {
  const records = tx.objectStore('records')
  const [record, entry, receipt, heir] = await Promise.all([
    records.get(id),
    tx.objectStore('outbox').getKey(id),
    tx.objectStore('receipts').getKey(id),
    records.index('formerId').get(id),
  ])
  if (record) return isPurged(record) && entry === undefined
  if (receipt !== undefined || entry !== undefined || (heir && !isPurged(heir))) return false
  const bases = await tx.objectStore('bases').getAll()
  return !bases.some(({ fields }) => list(fields.formerIds).includes(id))
}

/** The key from which on the newest 100 versions lie, and what else was put aside in the moment of the oldest of them. */
async function oldestKept(db: Database, library: string, id: string): Promise<number> {
  const versions = new Set<string>()
  let [oldest, moment] = [Number.POSITIVE_INFINITY, Number.NaN]
  for (;;) {
    const rows = await rowsBefore(db, library, id, oldest)
    for (const { key, at, side, why } of rows) {
      if (versions.size >= KEPT_VERSIONS && at !== moment) return oldest
      versions.add([at, side, why].join())
      oldest = key
      moment = at
    }
    if (rows.length < CHUNK) return oldest
  }
}

/** The next rows of a record, newest first. */
function rowsBefore(db: Database, library: string, id: string, before: number): Promise<KeptRow[]> {
  return db.run(['history', 'meta'], 'readonly', async (tx) => {
    await requireLibrary(tx, library)
    const rows: KeptRow[] = []
    let cursor = await tx.objectStore('history').index('recordId').openCursor(id, 'prev')
    if (cursor && cursor.primaryKey >= before) cursor = await cursor.continuePrimaryKey(id, before - 1)
    while (cursor && rows.length < CHUNK) {
      rows.push({ ...cursor.value, key: cursor.primaryKey })
      cursor = await cursor.continue()
    }
    return rows
  })
}

/** @returns whether there may be more to remove */
function pruneSome(
  db: Database,
  library: string,
  id: string,
  beyond: number,
  since: number,
): Promise<boolean> {
  return db.run(STORES, 'readwrite', async (tx) => {
    await requireLibrary(tx, library)
    const history = tx.objectStore('history')
    const [keys, gone, offset] = await Promise.all([
      history.index('recordId').getAllKeys(id),
      isGone(tx, id),
      offsetOf(tx),
    ])
    const old = keys.filter((key) => gone || key < beyond).slice(0, CHUNK)
    // A clock that ran ahead makes nothing old before its time.
    const before = since + Math.min(0, offset)
    for (const key of old) {
      const row = gone ? null : await history.get(key)
      if (row && row.at > before) return false
      await history.delete(key)
    }
    return old.length === CHUNK
  })
}
