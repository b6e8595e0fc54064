import { DEFAULTS, type Fields, isDeleted, type Json, text, updatedAt } from '../../src/core/records.ts'
import { deletedAmong, type StoredRecord } from '../db/records.ts'
import type { ShownRevision } from '../db/revisions.ts'
import type { Database } from '../db/schema.ts'
import type { Resource } from './resources.ts'

export type Shape = Readonly<Record<string, Json>>

const iso = (at: number): string => new Date(at).toISOString()

/** The kind's own fields, with their defaults where nobody has set them. */
export const ownFields = (resource: Resource, fields: Fields): Record<string, Json> =>
  Object.fromEntries(
    resource.fields.map((field) => [field, fields[field] ?? DEFAULTS[resource.kind][field] ?? null]),
  )

function shape(resource: Resource, record: StoredRecord, hidden: ReadonlySet<string>): Shape {
  const fields = ownFields(resource, record.fields)
  if (hidden.has(text(fields.parentId))) fields.parentId = null
  // As given it may name another zone; the contract's times are UTC.
  const given = Date.parse(text(record.fields.createdAt))
  const createdAt = Number.isNaN(given) ? record.createdAt : given
  return {
    id: record.id,
    ...fields,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt(record) || record.createdAt),
    version: record.version,
  }
}

/**
 * Records as REST shows them. The children of a collection in the trash stand at the top; their own `parentId` is
 * kept, so that restoring the collection brings them back under it.
 */
export async function shapes(
  db: Database,
  space: string,
  resource: Resource,
  records: readonly StoredRecord[],
): Promise<Shape[]> {
  const parents = records.map((record) => text(record.fields.parentId)).filter((id) => id !== '')
  const hidden = await deletedAmong(db, space, parents)
  return records.map((record) => shape(resource, record, hidden))
}

/** One record as REST shows it. */
export async function shapeOf(db: Database, resource: Resource, record: StoredRecord): Promise<Shape> {
  const [only] = await shapes(db, record.space, resource, [record])
  return only ?? {}
}

/** One entry of the history. A refused change says so, and its version is the one it was made on. */
export function versionShape(resource: Resource, revision: ShownRevision): Shape {
  const fields = Object.fromEntries(
    Object.entries(revision.fields).filter(([field]) => resource.fields.includes(field)),
  )
  const made = Date.parse(text(revision.fields.createdAt))
  if (!Number.isNaN(made)) fields.createdAt = iso(made)
  return {
    version: revision.version,
    at: iso(revision.at),
    by: revision.by,
    byName: revision.byName,
    device: revision.device,
    fields: { ...fields, ...(isDeleted(revision) && { deleted: true }) },
    ...(!revision.applied && { applied: false }),
    ...(revision.merged && { merged: true }),
    ...(revision.deviceId !== null && { deviceId: revision.deviceId }),
  }
}
