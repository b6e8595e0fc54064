import type { Author } from '../../src/core/authors.ts'
import {
  type Fields,
  isDeleted,
  isPurged,
  type Kind,
  type RecordState,
  type Stamps,
  text,
} from '../../src/core/records.ts'
import { urlKey } from '../../src/core/url.ts'
import type { Database, RecordTable } from './schema.ts'

/** A record as the database holds it: what travels, and what only the server knows of it. */
export interface StoredRecord extends RecordState {
  readonly space: string
  readonly seq: number
  readonly createdAt: number
  /** When it was put into the trash; null: it is in use. */
  readonly deletedAt: number | null
}

function fromRow(row: RecordTable): StoredRecord {
  return {
    id: row.id,
    kind: row.kind,
    version: row.version,
    fields: JSON.parse(row.fields) as Fields,
    stamps: JSON.parse(row.stamps) as Stamps,
    space: row.space,
    seq: row.seq,
    createdAt: row.created_at,
    deletedAt: row.deleted_at,
    ...(row.authors !== null && { by: JSON.parse(row.authors) as readonly Author[] }),
  }
}

/** The record as it travels. */
export const wireOf = (record: RecordState): RecordState => ({
  ...(record.by && { by: record.by }),
  id: record.id,
  kind: record.kind,
  version: record.version,
  fields: record.fields,
  stamps: record.stamps,
})

/** The URL key that a record's fields hold: live cards only. */
export const heldUrl = (kind: string, fields: Fields): string | null =>
  kind === 'card' && !isDeleted({ fields }) && !isPurged({ fields }) ? urlKey(text(fields.url)) : null

export async function findRecord(db: Database, space: string, id: string): Promise<StoredRecord | null> {
  const row = await db
    .selectFrom('record')
    .selectAll()
    .where('space', '=', space)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ? fromRow(row) : null
}

/** The live card, other than `except`, that holds the URL; the oldest where edits have let two hold it. */
export async function findByUrl(
  db: Database,
  space: string,
  key: string | null,
  except: string,
): Promise<StoredRecord | null> {
  if (key === null) return null
  const row = await db
    .selectFrom('record')
    .selectAll()
    .where('space', '=', space)
    .where('url_key', '=', key)
    .where('id', '!=', except)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row ? fromRow(row) : null
}

/** A page of one kind in order of id. Purged records are not listed: nothing of them is left to show. */
export async function listRecords(
  db: Database,
  space: string,
  kind: Kind,
  page: { readonly after: string; readonly limit: number; readonly deleted: boolean },
): Promise<StoredRecord[]> {
  const rows = await db
    .selectFrom('record')
    .selectAll()
    .where('space', '=', space)
    .where('kind', '=', kind)
    .where('deleted', '=', page.deleted ? 1 : 0)
    .where('purged', '=', 0)
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .execute()
  return rows.map(fromRow)
}

/** Which of the ids are collections in the trash. */
export async function deletedAmong(
  db: Database,
  space: string,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('record')
    .select('id')
    .where('space', '=', space)
    .where('deleted', '=', 1)
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Set(rows.map((row) => row.id))
}

/** Writes the record's row, new or not. */
export async function saveRecord(trx: Database, record: StoredRecord): Promise<void> {
  const changing = {
    version: record.version,
    seq: record.seq,
    fields: JSON.stringify(record.fields),
    stamps: JSON.stringify(record.stamps),
    url_key: heldUrl(record.kind, record.fields),
    deleted: isDeleted(record) || isPurged(record) ? 1 : 0,
    purged: isPurged(record) ? 1 : 0,
    authors: record.by ? JSON.stringify(record.by) : null,
    deleted_at: record.deletedAt,
  }
  await trx
    .insertInto('record')
    .values({
      space: record.space,
      id: record.id,
      kind: record.kind,
      created_at: record.createdAt,
      ...changing,
    })
    .onConflict((conflict) => conflict.columns(['space', 'id']).doUpdateSet(changing))
    .execute()
}
