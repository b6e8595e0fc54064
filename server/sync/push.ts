import type { Logger } from 'pino'
import type { DeviceName, Mark, Mutation, Outcome, PushAnswer } from '../../src/core/protocol.ts'
import { text } from '../../src/core/records.ts'
import { settleStamps } from '../../src/core/stamp.ts'
import { urlKey } from '../../src/core/url.ts'
import { sawDevice } from '../db/devices.ts'
import { firstOutcome, type Remembered, remember } from '../db/mutations.ts'
import { madeOn } from '../db/receipts.ts'
import { findByUrl, findRecord, wireOf } from '../db/records.ts'
import { addRevision } from '../db/revisions.ts'
import type { Database, Tx } from '../db/schema.ts'
import { checkMark, ensureSpace, forgottenVersion, markOf, timeOf } from '../db/spaces.ts'
import { savepoint, write } from '../db/transaction.ts'
import { type Writer, writeRecord } from '../db/write-record.ts'
import { invalid, MOST_DETAILS } from '../http/refusal.ts'
import type { World } from '../world.ts'
import { makesLiveCard, readId, readMutation } from './mutation.ts'
import type { Pokes } from './poke.ts'
import { refuseMark } from './request.ts'

export interface Batch {
  readonly account: string
  /** The device's present time. */
  readonly now: number
  readonly mark: Mark | null
  readonly mutations: readonly unknown[]
  readonly voids: readonly string[]
  readonly device?: DeviceName | undefined
  /** The session that it came with. */
  readonly session?: string
}

interface Tools {
  readonly world: World
  readonly log: Logger
  readonly pokes: Pokes
}

/** The first outcome as an answer: with the record as it is now, which another device may have changed since. */
async function answer(trx: Tx, space: string, id: string, first: Remembered): Promise<Outcome> {
  switch (first.outcome) {
    case 'void':
      return { id, outcome: 'void' }
    case 'rejected':
      return { id, ...first }
  }
  const found = await findRecord(trx, space, first.record)
  const record = found && { ...wireOf(found), fields: { ...found.fields }, stamps: { ...found.stamps } }
  // One that was deleted for good so long ago that its tombstone is forgotten is like one that never was.
  if (first.outcome === 'conflict' || !record) return { id, outcome: 'conflict', record }
  if (first.outcome === 'duplicate') return { id, outcome: 'duplicate', record }
  const { version, seq } = first
  return { id, outcome: 'applied', version, seq, at: await timeOf(trx, space, seq), record }
}

/** Steps 2 to 6 of a mutation that this account has not sent before. */
async function decide(trx: Tx, writer: Writer, deviceNow: number, raw: unknown): Promise<Remembered> {
  // 2. Schema and limits; after the question whether it is known, so that a stricter server takes nothing back.
  const read = readMutation(raw)
  if (!read.ok) {
    return {
      outcome: 'rejected',
      code: 'invalid',
      // In words: a person reads it in `Failed changes`.
      message: invalid(read.problem).message,
      details: read.problem.slice(0, MOST_DETAILS),
    }
  }
  const mutation = read.value
  const current = await findRecord(trx, writer.space, mutation.record)
  if (current && current.kind !== mutation.kind) {
    const details = [{ field: 'kind', problem: `is ${current.kind} for this record` }]
    return { outcome: 'rejected', code: 'invalid', message: 'A record keeps its kind.', details }
  }

  // 3. Version. A record that the space does not have is a conflict with nothing: the device sends it whole.
  if (mutation.on !== (current?.version ?? 0)) {
    await keepRefused(trx, writer, mutation)
    return { outcome: 'conflict', record: mutation.record }
  }

  // 4. The URL, of creates only: refusing an edit or a swap of two could hold it up for ever.
  if (!current && makesLiveCard(mutation)) {
    const holder = await findByUrl(trx, writer.space, urlKey(text(mutation.fields.url)), mutation.record)
    if (holder) {
      await keepRefused(trx, writer, { ...mutation, record: holder.id, on: holder.version })
      return { outcome: 'duplicate', record: holder.id }
    }
  }

  // 5. Record, revision and seq. A re-created record goes on above what its device has seen, and above the tombstone
  // of it that another device may still hold.
  const record = await writeRecord(trx, writer, {
    id: mutation.record,
    kind: mutation.kind,
    current,
    version: (current?.version ?? Math.max(mutation.above, await forgottenVersion(trx, writer.space))) + 1,
    fields: mutation.fields,
    stamps: settleStamps(mutation.stamps, deviceNow, writer.now),
    mutation: mutation.id,
    merged: mutation.merged === true,
  })
  return { outcome: 'applied', record: record.id, version: record.version, seq: record.seq }
}

/**
 * What a conflict refuses stays in the version history, also when its device is never seen again; of a card whose link
 * another one has, in that one's.
 */
const keepRefused = (trx: Tx, writer: Writer, mutation: Mutation): Promise<void> =>
  addRevision(trx, {
    space: writer.space,
    record: mutation.record,
    version: mutation.on,
    at: writer.now,
    by: writer.account,
    device: writer.device,
    deviceId: writer.deviceId ?? null,
    fields: mutation.fields,
    applied: false,
    merged: false,
    mutation: mutation.id,
  })

async function settle(trx: Tx, writer: Writer, batch: Batch, raw: unknown, id: string): Promise<Outcome> {
  // 1. Known already: its first outcome, whatever has become of the record since.
  let first = await firstOutcome(trx, writer.account, id)
  if (!first) {
    first = await decide(trx, writer, batch.now, raw)
    // 6. The outcome is remembered with what it did.
    await remember(trx, writer.account, id, first, writer.now)
  }
  return answer(trx, writer.space, id, first)
}

async function voided(trx: Tx, writer: Writer, id: string): Promise<Outcome> {
  const first = await firstOutcome(trx, writer.account, id)
  if (first) return answer(trx, writer.space, id, first)
  await remember(trx, writer.account, id, { outcome: 'void' }, writer.now)
  return { id, outcome: 'void' }
}

/** Applies a batch in one transaction, each mutation in a savepoint of its own. Throws a Refusal for a bad mark. */
export async function push(db: Database, tools: Tools, batch: Batch): Promise<PushAnswer> {
  const { world, log, pokes } = tools
  const now = world.now()
  const { results, space, mark } = await write(db, async (trx) => {
    // The space is found by membership, under the lock: nothing below can reach another's.
    const space = await ensureSpace(trx, batch.account, world.newId(), now)
    const state = await checkMark(trx, space, batch.mark)
    if (state !== 'known') throw refuseMark(state)
    const { account, device, session = null } = batch
    const name = device ? await sawDevice(trx, account, { ...device, cursor: null, session }, now) : ''
    const writer: Writer = { space: space.id, account, device: name, deviceId: device?.id, world, now }

    const results: Outcome[] = []
    const attempt = async (id: string, work: () => Promise<Outcome>) => {
      try {
        results.push(await savepoint(trx, work))
      } catch (error) {
        log.error({ err: error, mutation: id }, 'a mutation failed')
        results.push({ id, outcome: 'error', message: 'The server could not apply this change.' })
      }
    }
    for (const id of batch.voids) await attempt(id, () => voided(trx, writer, id))
    for (const raw of batch.mutations) {
      const id = readId(raw)
      if (id !== null) await attempt(id, () => settle(trx, writer, batch, raw, id))
    }
    const made = results.flatMap((result) => (result.outcome === 'applied' ? result.seq : []))
    if (device) await madeOn(trx, space.id, device.id, made)
    return { results, space, mark: await markOf(trx, space.id) }
  })
  if (mark && mark.seq > space.seq) pokes.publish(space.id, mark.seq)
  return { results, now, mark }
}
