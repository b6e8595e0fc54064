import { type Fields, isDeleted, isPurged, type RecordState, type Stamps } from '../../src/core/records.ts'
import type { World } from '../world.ts'
import { authorsAfter } from './authors.ts'
import { type StoredRecord, saveRecord } from './records.ts'
import { addRevision, stripRevisions } from './revisions.ts'
import type { Database } from './schema.ts'
import { nextSeq } from './spaces.ts'

/** Who writes into which space, and with which clock and randomness. */
export interface Writer {
  readonly space: string
  /** '' is the server itself. */
  readonly account: string
  /** The device's name; '' where there is none to name. */
  readonly device: string
  /** That device's own id. */
  readonly deviceId?: string | undefined
  readonly world: World
  readonly now: number
}

export interface RecordChange {
  readonly id: string
  readonly kind: string
  /** null: the record is made. */
  readonly current: StoredRecord | null
  readonly version: number
  /** The changed fields only; what they do not name stays, fields unknown to this version too. */
  readonly fields: Fields
  readonly stamps: Stamps
  readonly mutation: string | null
  /** An automatic merge on the device is in it. */
  readonly merged?: boolean
}

/** What is left of a purged record besides its id and version. */
function stripped(stamps: Stamps): { fields: Fields; stamps: Stamps } {
  const kept = Object.entries(stamps).filter(([field]) => field === 'deleted' || field === 'purged')
  return { fields: { deleted: true, purged: true }, stamps: Object.fromEntries(kept) }
}

/** The one way a record changes on the server: the next seq, the row, and its place in the history. */
export async function writeRecord(
  trx: Database,
  writer: Writer,
  change: RecordChange,
): Promise<StoredRecord> {
  const merged: Pick<RecordState, 'fields' | 'stamps'> = {
    fields: { ...change.current?.fields, ...change.fields },
    stamps: { ...change.current?.stamps, ...change.stamps },
  }
  const purged = isPurged(merged)
  const { fields, stamps } = purged ? stripped(merged.stamps) : merged
  const seq = await nextSeq(trx, writer.space, writer.world.newTag(), writer.now)
  const record: StoredRecord = {
    id: change.id,
    kind: change.kind,
    version: change.version,
    fields,
    stamps,
    space: writer.space,
    seq,
    createdAt: change.current?.createdAt ?? writer.now,
    deletedAt: isDeleted({ fields }) ? (change.current?.deletedAt ?? writer.now) : null,
    by: authorsAfter(change.current, change, { account: writer.account, device: writer.device }, purged),
  }
  await saveRecord(trx, record)
  await addRevision(trx, {
    space: writer.space,
    record: record.id,
    version: record.version,
    at: writer.now,
    by: writer.account,
    device: writer.device,
    deviceId: writer.deviceId ?? null,
    fields,
    applied: true,
    merged: change.merged === true,
    mutation: change.mutation,
  })
  if (purged) await stripRevisions(trx, writer.space, record.id)
  return record
}
