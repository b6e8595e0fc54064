import type { StoredRecord } from '../db/records.ts'
import type { Database } from '../db/schema.ts'
import { Refusal } from '../http/refusal.ts'
import type { Resource } from './resources.ts'
import { shapeOf } from './shape.ts'

/** A 409 that brings the record it is about. */
export async function conflictWith(
  db: Database,
  resource: Resource,
  code: 'id_taken' | 'duplicate_url' | 'version_conflict',
  record: StoredRecord,
): Promise<Refusal> {
  const words = {
    id_taken: 'This id is already used by another record.',
    duplicate_url: 'This library already holds this link.',
    version_conflict: 'The record was changed since the version that this change was made on.',
  }
  // A record of another kind is only said to be there: it has no place under this kind's name.
  const extra = record.kind === resource.kind ? { [resource.kind]: await shapeOf(db, resource, record) } : {}
  return new Refusal(409, code, words[code], { extra })
}

export const inTrash = (): Refusal => new Refusal(409, 'deleted', 'The record with this id is in the trash.')

export const versionRequired = (): Refusal =>
  new Refusal(
    428,
    'version_required',
    'Name the version that the change was made on, or send X-Force-Update: true.',
  )
