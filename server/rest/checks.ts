import { type Fields, text } from '../../src/core/records.ts'
import { findByUrl, findRecord, heldUrl, type StoredRecord } from '../db/records.ts'
import type { Database } from '../db/schema.ts'
import { invalid, notFound } from '../http/refusal.ts'
import { conflictWith } from './refusals.ts'
import type { Resource } from './resources.ts'

/** The space's live record of this kind; anything else is not there, and why is nobody's business. */
export async function liveRecord(
  db: Database,
  space: string,
  resource: Resource,
  id: string,
): Promise<StoredRecord> {
  const record = await heldRecord(db, space, resource, id)
  if (record.fields.deleted === true) throw notFound()
  return record
}

/** The same, deleted or not. */
export async function heldRecord(
  db: Database,
  space: string,
  resource: Resource,
  id: string,
): Promise<StoredRecord> {
  const record = await findRecord(db, space, id)
  if (record?.kind !== resource.kind) throw notFound()
  return record
}

/** Refuses fields whose URL another live card holds. */
export async function checkUrl(
  db: Database,
  space: string,
  resource: Resource,
  id: string,
  fields: Fields,
): Promise<void> {
  const holder = await findByUrl(db, space, heldUrl(resource.kind, fields), id)
  if (holder) throw await conflictWith(db, resource, 'duplicate_url', holder)
}

/** Refuses a parent that has the collection above itself. Those in the trash count: they may be restored. */
export async function checkParents(db: Database, space: string, id: string, parent: string): Promise<void> {
  const seen = new Set<string>()
  for (let above = parent; above !== '' && !seen.has(above); ) {
    if (above === id) throw invalid([{ field: 'parentId', problem: 'would make a circle of collections' }])
    seen.add(above)
    above = text((await findRecord(db, space, above))?.fields.parentId)
  }
}
