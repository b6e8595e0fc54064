import {
  DEFAULTS,
  type Fields,
  isDeleted,
  isPurged,
  type Json,
  sameJson,
  text,
} from '../../src/core/records.ts'
import { findRecord, type StoredRecord } from '../db/records.ts'
import { fieldsAtCreation } from '../db/revisions.ts'
import type { Tx } from '../db/schema.ts'
import { forgottenVersion } from '../db/spaces.ts'
import { type Writer, writeRecord } from '../db/write-record.ts'
import { notFound } from '../http/refusal.ts'
import { checkParents, checkUrl, heldRecord, liveRecord } from './checks.ts'
import { checkPatch, type Input, type Patch } from './input.ts'
import { conflictWith, inTrash, versionRequired } from './refusals.ts'
import type { Resource } from './resources.ts'
import { ownFields, shapeOf } from './shape.ts'

/** Writes changed fields, stamped with the server's own time: a script has no clock that we know. */
function change(trx: Tx, writer: Writer, current: StoredRecord, fields: Fields): Promise<StoredRecord> {
  const stamps = Object.fromEntries(Object.keys(fields).map((field) => [field, writer.now]))
  const { id, kind, version } = current
  return writeRecord(trx, writer, { id, kind, current, version: version + 1, fields, stamps, mutation: null })
}

/** Makes a record; the same request again finds it made. */
export async function create(
  trx: Tx,
  writer: Writer,
  resource: Resource,
  input: { readonly id: string | null; readonly fields: Input },
): Promise<{ record: StoredRecord; made: boolean }> {
  const { kind } = resource
  const { space } = writer
  const id = input.id ?? writer.world.newId()
  const current = await findRecord(trx, space, id)
  if (current) {
    if (current.kind === kind && (isDeleted(current) || isPurged(current))) throw inTrash()
    const first = current.kind === kind ? await fieldsAtCreation(trx, space, id) : null
    const { createdAt } = input.fields
    const same =
      first !== null &&
      sameJson(ownFields(resource, first), ownFields(resource, input.fields)) &&
      (createdAt === undefined || Date.parse(text(createdAt)) === Date.parse(text(first.createdAt)))
    if (!same) throw await conflictWith(trx, resource, 'id_taken', current)
    return { record: current, made: false }
  }
  const fields: Fields = { ...DEFAULTS[kind], createdAt: new Date(writer.now).toISOString(), ...input.fields }
  await checkUrl(trx, space, resource, id, fields)
  await checkParents(trx, space, id, text(fields.parentId))
  const stamps = Object.fromEntries(Object.keys(fields).map((field) => [field, writer.now]))
  const record = await writeRecord(trx, writer, {
    id,
    kind,
    current: null,
    // An id of the client's own may be one that this library held and has forgotten.
    version: (input.id === null ? 0 : await forgottenVersion(trx, space)) + 1,
    fields,
    stamps,
    mutation: null,
  })
  return { record, made: true }
}

/** Changes fields of a live record; without `force` only on the version that the client saw. */
export async function patch(
  trx: Tx,
  writer: Writer,
  resource: Resource,
  id: string,
  input: Patch & { readonly force: boolean },
): Promise<StoredRecord> {
  const current = await liveRecord(trx, writer.space, resource, id)
  if (!input.force && input.version === null) throw versionRequired()
  if (!input.force && input.version !== current.version) {
    throw await conflictWith(trx, resource, 'version_conflict', current)
  }
  // Compared with what GET shows, so that what it gave changes nothing when it is sent back; nor is a value refused
  // that is there already.
  const shown = await shapeOf(trx, resource, current)
  const changed = Object.entries(input.fields).filter(
    ([field, value]) => !sameJson(value as Json, shown[field]),
  )
  if (changed.length === 0) return current
  const fields = checkPatch(resource, Object.fromEntries(changed))
  await checkUrl(trx, writer.space, resource, id, fields)
  await checkParents(trx, writer.space, id, text(fields.parentId))
  return change(trx, writer, current, fields)
}

/** Puts a record into the trash; one that is there already stays as it is. */
export async function remove(
  trx: Tx,
  writer: Writer,
  resource: Resource,
  id: string,
  version: number | null,
): Promise<void> {
  const current = await heldRecord(trx, writer.space, resource, id)
  if (isDeleted(current)) return
  if (version !== null && version !== current.version) {
    throw await conflictWith(trx, resource, 'version_conflict', current)
  }
  await change(trx, writer, current, { deleted: true })
}

/** Takes a record out of the trash. */
export async function restore(
  trx: Tx,
  writer: Writer,
  resource: Resource,
  id: string,
): Promise<StoredRecord> {
  const current = await heldRecord(trx, writer.space, resource, id)
  if (isPurged(current)) throw notFound()
  if (!isDeleted(current)) return current
  await checkUrl(trx, writer.space, resource, id, { ...current.fields, deleted: false })
  return change(trx, writer, current, { deleted: false })
}
