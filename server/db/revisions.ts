import type { Fields } from '../../src/core/records.ts'
import type { Database } from './schema.ts'

/** One entry of a record's version history. */
export interface Revision {
  readonly id: number
  readonly version: number
  readonly at: number
  readonly by: string
  readonly fields: Fields
  /** false: a change refused as a conflict; `fields` are the ones it brought, made on `version`. */
  readonly applied: boolean
}

export interface NewRevision extends Omit<Revision, 'id'> {
  readonly space: string
  readonly record: string
  readonly mutation: string | null
}

export async function addRevision(trx: Database, revision: NewRevision): Promise<void> {
  const { applied, fields, ...rest } = revision
  await trx
    .insertInto('revision')
    .values({ ...rest, fields: JSON.stringify(fields), applied: applied ? 1 : 0 })
    .execute()
}

/** A record's history, newest first, from before `before`. */
export async function listRevisions(
  db: Database,
  space: string,
  record: string,
  page: { readonly before: number; readonly limit: number },
): Promise<Revision[]> {
  const rows = await db
    .selectFrom('revision')
    .select(['id', 'version', 'at', 'by', 'fields', 'applied'])
    .where('space', '=', space)
    .where('record', '=', record)
    .where('id', '<', page.before)
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute()
  return rows.map((row) => ({ ...row, fields: JSON.parse(row.fields) as Fields, applied: row.applied === 1 }))
}

/** The fields that the record was made with, or null where that part of its history is gone. */
export async function fieldsAtCreation(db: Database, space: string, record: string): Promise<Fields | null> {
  const row = await db
    .selectFrom('revision')
    .select('fields')
    .where('space', '=', space)
    .where('record', '=', record)
    .where('applied', '=', 1)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row ? (JSON.parse(row.fields) as Fields) : null
}

/** Takes the content out of a purged record's history; who changed it and when stays. */
export async function stripRevisions(trx: Database, space: string, record: string): Promise<void> {
  await trx
    .updateTable('revision')
    .set({ fields: '{}' })
    .where('space', '=', space)
    .where('record', '=', record)
    .execute()
}
