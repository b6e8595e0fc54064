import { readChange, readOutcome } from '../core/answer.ts'
import { FINE } from '../core/backoff.ts'
import { digestOf } from '../core/digest.ts'
import { settleDuplicate } from '../core/duplicate.ts'
import { revert } from '../core/failed.ts'
import { type JournalEvent, lengthOf } from '../core/journal.ts'
import type { Flight } from '../core/outbox.ts'
import type { Mark, Outcome } from '../core/protocol.ts'
import type { Json, RecordState } from '../core/records.ts'
import { takeInRestored } from '../core/reread.ts'
import { choke, type Held, refuse, type Settled, settle, takeIn } from '../core/settle.ts'
import { vanishes } from '../core/vanish.ts'
import { measured } from './clock.ts'
import type { Database, Transaction } from './database.ts'
import { HELD_STORES, readHeld, writeHeld, writeSettled } from './held.ts'
import { requireLibrary } from './library.ts'
import { readStandpoint } from './policy.ts'
import { writeReceipt } from './receipts.ts'
import { endRead, park, sawRecord } from './reread.ts'
import type { LibraryRow } from './schema.ts'
import { type Applied, Tally } from './tally.ts'

export interface AnswerToApply {
  readonly library: string
  readonly flights: readonly Flight[]
  readonly results: readonly unknown[]
  readonly mark: Mark | null
  /** Device time, server offset and a random number in [0, 1) for jitter. */
  readonly now: number
  readonly offset: number
  readonly random: () => number
}

const STORES = [...HELD_STORES, 'meta', 'vanishing'] as const

/**
 * A push's answer in one transaction. An outcome counts only for an entry that still carries its mutation; a
 * missing or unreadable one is unknown, and the mutation goes out again under the same id, apart from the others.
 */
export function applyPush(db: Database, answer: AnswerToApply): Promise<Applied> {
  return db.run(
    STORES,
    'readwrite',
    async (tx) => {
      const library = await requireLibrary(tx, answer.library)
      const outcomes = new Map(
        answer.results.map(readOutcome).flatMap((outcome) => (outcome ? [[outcome.id, outcome]] : [])),
      )
      await measured(tx, answer.offset, answer.now)
      const applied = new Tally(await readStandpoint(tx, library))
      // The server told of others, or was asked for this alone: the fault is with the one that it leaves out.
      const singled = outcomes.size > 0 || answer.flights.length === 1
      for (const flight of answer.flights) {
        const outcome = outcomes.get(flight.mutation.id)
        if (!outcome) applied.unknown++
        applied.events.push(outcomeEvent(library.logKey ?? library.id, flight, outcome))
        if (outcome || singled) await applyOutcome(tx, flight, outcome ?? untold(flight), answer, applied)
      }
      const meta = tx.objectStore('meta')
      await Promise.all([
        meta.put({ ...library, mark: newer(library.mark, answer.mark) }),
        meta.put({ key: 'connection', row: FINE }),
      ])
      return applied
    },
    'strict',
  )
}

function outcomeEvent(key: string, { mutation }: Flight, outcome: Outcome | undefined): JournalEvent {
  const version = outcome?.outcome === 'applied' ? outcome.version : null
  const code = outcome?.outcome === 'rejected' ? outcome.code : null
  const told = <T>(of: (value: Json) => T) =>
    Object.fromEntries(Object.entries(mutation.fields).map(([field, value]) => [field, of(value)]))
  const { record, id, on } = mutation
  return {
    what: 'outcome',
    record,
    mutation: id,
    outcome: outcome?.outcome ?? 'unknown',
    on,
    version,
    code,
    lengths: told(lengthOf),
    digests: told((value) => digestOf(key, value)),
  }
}

async function applyOutcome(
  tx: Transaction,
  flight: Flight,
  outcome: Outcome,
  answer: AnswerToApply,
  applied: Tally,
): Promise<void> {
  const id = flight.mutation.record
  const held = await readHeld(tx, id)
  if (held.entry?.flight?.mutation.id !== flight.mutation.id) return
  if (outcome.outcome === 'duplicate')
    return applyDuplicate(tx, id, outcome.record as RecordState, answer, applied)
  const settled = settle(held, outcome, answer.now, answer.random(), applied.standpoint)
  await writeSettled(tx, id, settled, answer.now)
  // An older mutation told again: the record has changed since, and the next pull says at which seq.
  if (outcome.outcome === 'applied' && outcome.version === outcome.record.version)
    await writeReceipt(tx, outcome, answer.now + answer.offset)
  applied.add(id, held, settled)
  // Not where it was edited since, or given up: then nothing waits for a person.
  const state = settled.entry?.state
  if (state?.is === 'refused' && settled.record)
    applied.refused.push({ record: settled.record, message: state.message })
}

async function applyDuplicate(
  tx: Transaction,
  id: string,
  remote: RecordState,
  answer: AnswerToApply,
  applied: Tally,
): Promise<void> {
  const created = await readHeld(tx, id)
  if (created.entry?.flight?.discard) {
    await writeSettled(tx, id, revert(created, answer.now), answer.now)
    applied.ids.push(id)
    return
  }
  const existing = await readHeld(tx, remote.id)
  const result = settleDuplicate(created, existing, remote, answer.now, applied.standpoint)
  applied.ids.push(id)
  applied.events.push({ what: 'duplicate', record: id, into: remote.id, how: result.is })
  if (result.is === 'merged')
    await takeInChange(tx, existing, result.existing, remote.id, answer.now, applied)
  const rest = result.is === 'merged' ? { record: null, base: null, entry: null } : result.created
  await writeHeld(tx, id, rest)
}

/** Still unsettled, but set aside: it goes out again alone, under the same id. */
const untold = ({ mutation }: Flight): Outcome => ({
  id: mutation.id,
  outcome: 'error',
  message: 'untold',
})

const newer = (held: Mark | null, named: Mark | null): Mark | null =>
  named && named.seq >= (held?.seq ?? 0) ? named : held

export interface PageToApply {
  readonly library: string
  readonly changes: readonly unknown[]
  /** The cursor that the page was asked after; a page read for another one is dropped. */
  readonly after: number
  readonly cursor: number
  readonly more: boolean
  readonly mark: Mark | null
  readonly now: number
  readonly offset: number
  /** How many records the next page may have; undefined: as many as there can be. */
  readonly pull?: number | undefined
}

/** A page of changes and its cursor in one transaction. What this version cannot read is kept and delays nothing. */
export function applyPage(db: Database, page: PageToApply): Promise<Applied> {
  return db.run([...STORES, 'unread', 'seen'], 'readwrite', async (tx) => {
    const library = await requireLibrary(tx, page.library)
    const applied = new Tally(await readStandpoint(tx, library))
    if (library.cursor !== page.after) return applied
    await measured(tx, page.offset, page.now)
    const restored = library.reread?.how === 'diverged'
    for (const value of page.changes) {
      const change = readChange(value)
      if (change) {
        const remote = change.record
        const held = await readHeld(tx, remote.id)
        if (!restored && vanishes(held, remote)) {
          await park(tx, { id: remote.id, tombstone: remote })
          continue
        }
        const settled = restored
          ? takeInRestored(held, remote, page.now)
          : takeIn(held, remote, page.now, applied.standpoint)
        await takeInChange(tx, held, settled, remote.id, page.now, applied)
        await writeReceipt(tx, change, page.now + page.offset)
        if (library.reread) await sawRecord(tx, remote.id)
      } else applied.events.push(await keepUnread(tx, value, library.reread !== null))
    }
    if (!page.more) await endRead(tx, library, page.now, applied)
    await tx.objectStore('meta').put({
      ...library,
      cursor: page.cursor,
      mark: newer(library.mark, page.mark),
      reread: page.more ? library.reread : null,
      pull: page.pull,
    })
    return applied
  })
}

async function takeInChange(
  tx: Transaction,
  held: Held,
  settled: Settled,
  id: string,
  now: number,
  applied: Tally,
): Promise<void> {
  if (settled.record === held.record && settled.entry === held.entry) return
  await writeSettled(tx, id, settled, now)
  await tx.objectStore('vanishing').delete(id)
  applied.add(id, held, settled)
}

/** @param rereading the server names it, so it is not one that has gone there */
async function keepUnread(
  tx: Transaction<'readwrite'>,
  value: unknown,
  rereading: boolean,
): Promise<JournalEvent> {
  const change = value as { seq?: unknown; record?: { id?: unknown } | null } | null
  const seq = Number(change?.seq)
  if (Number.isFinite(seq)) await tx.objectStore('unread').put({ seq, change })
  if (rereading) await sawRecord(tx, String(change?.record?.id))
  return { what: 'unread', seq }
}

/**
 * An entry whose request fails even alone, while others pass: set aside, tried again ever more rarely, or refused.
 * @returns whether it waits for a person now
 */
export function setAside(
  db: Database,
  library: string,
  flight: Flight,
  reason: { readonly code: string; readonly message: string; readonly refused: boolean },
  now: number,
  random: number,
): Promise<boolean> {
  return db.run(STORES, 'readwrite', async (tx) => {
    await requireLibrary(tx, library)
    const id = flight.mutation.record
    const held = await readHeld(tx, id)
    if (held.entry?.flight?.mutation.id !== flight.mutation.id) return false
    const { code, message } = reason
    const entry = reason.refused
      ? refuse(held.entry, code, message, now)
      : choke(held.entry, message, now, random)
    await writeHeld(tx, id, { ...held, entry })
    return entry.state.is === 'refused'
  })
}

/**
 * Remembered of the library: `lastSynced`, everything is sent and read ("All records are on the server since …");
 * `pull`, how much of it this line carries.
 */
export function remember(
  db: Database,
  library: string,
  what: Pick<LibraryRow, 'lastSynced'> | Pick<LibraryRow, 'pull'>,
): Promise<void> {
  return db.run(['meta'], 'readwrite', async (tx) => {
    const row = await requireLibrary(tx, library)
    await tx.objectStore('meta').put({ ...row, ...what })
  })
}
