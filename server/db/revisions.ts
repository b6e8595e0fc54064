import type { Fields } from '../../src/core/records.ts'
import type { Database } from './schema.ts'

/** One entry of a record's version history. */
export interface Revision {
  readonly id: number
  readonly version: number
  readonly at: number
  readonly by: string
  /** The device's name at that time; '' where there is none. */
  readonly device: string
  readonly fields: Fields
  /** false: a change refused as a conflict; `fields` are the ones it brought, made on `version`. */
  readonly applied: boolean
  /** It came about in an automatic merge of a device's change with the version before it. */
  readonly merged: boolean
  /** The device's own id; null for REST, the server itself, and what is older than this. */
  readonly deviceId: string | null
}

/** One as the history shows it. */
export interface ShownRevision extends Revision {
  /** The account's email; '' for the server itself and for an account that is gone. */
  readonly byName: string
}

export interface NewRevision extends Omit<Revision, 'id'> {
  readonly space: string
  readonly record: string
  readonly mutation: string | null
}

export async function addRevision(trx: Database, revision: NewRevision): Promise<void> {
  const { applied, merged, deviceId, fields, ...rest } = revision
  await trx
    .insertInto('revision')
    .values({
      ...rest,
      device_id: deviceId,
      fields: JSON.stringify(fields),
      applied: applied ? 1 : 0,
      merged: merged ? 1 : 0,
    })
    .execute()
}

/** A page of a history is at most so large (but one entry at least): a hundred long notes would fill the memory. */
const PAGE_BYTES = 8 * 1024 * 1024

/** A page of a record's history, newest first, from before `before`. */
export async function listRevisions(
  db: Database,
  space: string,
  record: string,
  page: { readonly before: number; readonly limit: number },
): Promise<{ revisions: ShownRevision[]; more: boolean }> {
  const rows = db
    .selectFrom('revision')
    .leftJoin('user', 'user.id', 'revision.by')
    .select([
      'revision.id',
      'version',
      'at',
      'by',
      'device',
      'device_id',
      'fields',
      'applied',
      'merged',
      'user.email',
    ])
    .where('space', '=', space)
    .where('record', '=', record)
    .where('revision.id', '<', page.before)
    .orderBy('revision.id', 'desc')
    .limit(page.limit + 1)
    .stream()
  const revisions: ShownRevision[] = []
  let bytes = 0
  for await (const { email, fields, applied, merged, device_id, ...row } of rows) {
    bytes += Buffer.byteLength(fields)
    if (revisions.length === page.limit || (revisions.length > 0 && bytes > PAGE_BYTES)) {
      return { revisions, more: true }
    }
    revisions.push({
      ...row,
      byName: email ?? '',
      fields: JSON.parse(fields) as Fields,
      applied: applied === 1,
      merged: merged === 1,
      deviceId: device_id,
    })
  }
  return { revisions, more: false }
}

/** The fields that the record was made with; that revision is kept as long as the record. */
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
