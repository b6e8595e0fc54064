import { isPurged, list, mergeKind, type RecordState, sameValue } from '../core/records.ts'
import { offsetOf } from './clock.ts'
import type { Database } from './database.ts'
import { requireLibrary } from './library.ts'
import type { HistoryRow } from './schema.ts'

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

/** Whether nothing would be lost with it: it is empty, or the server has it. */
function isElsewhere(record: RecordState, base: RecordState | undefined, field: string): boolean {
  const value = record.fields[field]
  if ((typeof value !== 'string' && !Array.isArray(value)) || value.length === 0) return true
  return base !== undefined && sameValue(mergeKind(record.kind, field), value, base.fields[field])
}

/**
 * Before a restore replaces them: values of these fields that no server has go to history first, or the text of an
 * afternoon offline would be gone with one click.
 */
export function keepUnsent(
  db: Database,
  library: string,
  id: string,
  fields: readonly string[],
  now: number,
): Promise<void> {
  return db.run(['history', 'records', 'bases', 'outbox', 'meta'], 'readwrite', async (tx) => {
    await requireLibrary(tx, library)
    const history = tx.objectStore('history')
    const [record, base, entry, rows] = await Promise.all([
      tx.objectStore('records').get(id),
      tx.objectStore('bases').get(id),
      tx.objectStore('outbox').getKey(id),
      history.index('recordId').getAll(id),
    ])
    if (!record || entry === undefined) return
    for (const field of fields) {
      const value = record.fields[field]
      if (value === undefined || isElsewhere(record, base, field)) continue
      const merge = mergeKind(record.kind, field)
      if (rows.some((row) => row.field === field && sameValue(merge, row.value, value))) continue
      const stamp = record.stamps[field] ?? 0
      await history.add({ recordId: id, field, value, stamp, side: 'local', why: 'discarded', at: now })
    }
  })
}

/** At least so long, and at least so many of each record. */
export const KEPT_FOR = 90 * 86_400_000
export const KEPT_ROWS = 100
/** Rows that one transaction looks at: an edit that comes meanwhile waits for no more. */
const CHUNK = 50

/**
 * Removes what is older than 90 days and not among the newest 100 of its record, and what is left of records that were
 * deleted for good. Many small transactions; rejects with OtherLibrary when the library is another one meanwhile.
 */
export async function pruneHistory(db: Database, library: string, now: number): Promise<void> {
  for (const id of await crowded(db, library)) while (await pruneSome(db, library, id, now));
}

/** Records that may have rows too many. */
function crowded(db: Database, library: string): Promise<string[]> {
  return db.run(['history', 'records', 'meta'], 'readonly', async (tx) => {
    await requireLibrary(tx, library)
    const index = tx.objectStore('history').index('recordId')
    const ids: string[] = []
    let cursor = await index.openKeyCursor(null, 'nextunique')
    while (cursor) {
      ids.push(cursor.key)
      cursor = await cursor.continue()
    }
    const looked = ids.map(async (id) => {
      const [many, record] = await Promise.all([index.count(id), tx.objectStore('records').get(id)])
      return many > KEPT_ROWS || (record && isPurged(record)) ? [id] : []
    })
    return (await Promise.all(looked)).flat()
  })
}

/** @returns whether there may be more to remove */
function pruneSome(db: Database, library: string, id: string, now: number): Promise<boolean> {
  return db.run(['history', 'records', 'outbox', 'meta'], 'readwrite', async (tx) => {
    await requireLibrary(tx, library)
    const history = tx.objectStore('history')
    const [keys, record, entry, offset] = await Promise.all([
      history.index('recordId').getAllKeys(id),
      tx.objectStore('records').get(id),
      tx.objectStore('outbox').getKey(id),
      offsetOf(tx),
    ])
    // A deletion that is not settled may still be undone by an edit elsewhere.
    const purged = record !== undefined && isPurged(record) && entry === undefined
    const old = (purged ? keys : keys.slice(0, -KEPT_ROWS)).slice(0, CHUNK)
    // A clock that ran ahead makes nothing old before its time.
    const before = Math.min(now, now + offset) - KEPT_FOR
    for (const key of old) {
      const row = purged ? null : await history.get(key)
      if (row && row.at > before) return false
      await history.delete(key)
    }
    return old.length === CHUNK
  })
}
