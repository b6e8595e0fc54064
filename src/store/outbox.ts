import { type ConnectionRow, FINE, roundFailed } from '../core/backoff.ts'
import { utf8Length } from '../core/limits.ts'
import {
  type Entry,
  type Flight,
  freeze,
  goesAlone,
  isDue,
  isSendable,
  isSettled,
  settledAs,
  waitOf,
} from '../core/outbox.ts'
import { PUSH_LIMITS } from '../core/protocol.ts'
import type { Held } from '../core/settle.ts'
import type { Wait } from '../core/wait.ts'
import { offsetOf } from './clock.ts'
import type { Database, Transaction } from './database.ts'
import { HELD_STORES, readHeld, writeHeld } from './held.ts'
import { requireLibrary } from './library.ts'
import type { LibraryRow } from './schema.ts'

/** What the engine decides on, read in one transaction. */
export interface OutboxState {
  readonly library: LibraryRow
  readonly connection: ConnectionRow
  readonly offset: number
  /** What this device is called. */
  readonly device: string
  /** A wipe made offline still has to end the session at the server. */
  readonly signOutPending: boolean
  /** Entries whose time has come, oldest first, creates of cards last (traces.md, 11d). */
  readonly due: readonly string[]
  /** Those to be sent alone, since they failed alone. */
  readonly alone: ReadonlySet<string>
  /** How many the server chokes on, due or not. */
  readonly choked: number
  /** The waits of sendable entries that are not due. */
  readonly waits: readonly Wait[]
  /** Sendable entries in all: while there are some, a Background Sync event has not ended well. */
  readonly sendable: number
}

/** @param impatient the debounce is over for all: `Sync now`, or a page that goes hidden and may not come back */
export function readOutbox(db: Database, now: number, impatient = false): Promise<OutboxState | null> {
  return db.run(['meta', 'outbox', 'device'], 'readonly', async (tx) => {
    const meta = tx.objectStore('meta')
    const [library, connection, offset, signOut, name, entries] = await Promise.all([
      meta.get('library'),
      meta.get('connection'),
      offsetOf(tx),
      tx.objectStore('device').get('sign-out'),
      tx.objectStore('device').get('name'),
      tx.objectStore('outbox').getAll(),
    ])
    if (library?.key !== 'library') return null
    const sendable = entries.filter(isSendable)
    const dueNow = (entry: Entry): boolean => isDue(entry, now) || (impatient && entry.state.is === 'ready')
    const due = sendable.filter(dueNow).sort(bySending)
    return {
      library,
      connection: connection?.key === 'connection' ? connection.row : FINE,
      offset,
      device: name?.key === 'name' ? name.name : '',
      signOutPending: signOut !== undefined,
      due: due.map((entry) => entry.id),
      choked: sendable.filter((entry) => entry.state.is === 'choked').length,
      alone: new Set(due.filter(goesAlone).map((entry) => entry.id)),
      waits: sendable
        .filter((entry) => !dueNow(entry))
        .map(waitOf)
        .filter((wait) => wait !== null),
      sendable: sendable.length,
    }
  })
}

/**
 * Unsettled first, then by age, then by id, in which order the store hands them out; what may be a create of a card
 * last, so that a URL is free before it is taken.
 */
function bySending(a: Entry, b: Entry): number {
  const rank = (entry: Entry): number => (entry.flight ? 0 : entry.kind === 'card' ? 2 : 1)
  return rank(a) - rank(b) || a.since - b.since
}

/**
 * Freezes a mutation for each of the entries that has none, up to the limits of one push, in a committed, strict
 * transaction: a power cut after the send must not give the same change a second id.
 */
export function freezeBatch(
  db: Database,
  library: string,
  ids: readonly string[],
  newId: () => string,
): Promise<readonly Flight[]> {
  return db.run(
    [...HELD_STORES, 'meta'],
    'readwrite',
    async (tx) => {
      await requireLibrary(tx, library)
      const connection = await tx.objectStore('meta').get('connection')
      const failing = connection?.key === 'connection' && roundFailed(connection.row)
      const flights: Flight[] = []
      let bytes = 0
      for (const id of ids.slice(0, PUSH_LIMITS.mutations)) {
        const held = await readHeld(tx, id)
        const flight = flightOf(held, newId, failing)
        if (!flight) {
          await dropSettled(tx, id, held)
          continue
        }
        bytes += flight.void ? 40 : utf8Length(JSON.stringify(flight.mutation))
        if (bytes > PUSH_LIMITS.bytes && flights.length > 0) break
        flights.push(flight)
        if (held.entry && held.entry.flight !== flight)
          await tx
            .objectStore('outbox')
            .put({ ...held.entry, wait: flight.void ? held.entry.wait : null, flight })
      }
      return flights
    },
    'strict',
  )
}

/**
 * The mutation to send for an entry: the one that is unsettled, else what is now to be sent, null for nothing.
 * @param failing a whole round has failed: what a person has edited since is voided, as the fault may be in the very
 * text that they took out, and sending it again would keep the edit waiting for ever (design.md, "Take in")
 */
function flightOf({ record, base, entry }: Held, newId: () => string, failing: boolean): Flight | null {
  if (!entry || !record || !isSendable(entry)) return null
  if (entry.flight) return failing && entry.wait ? { ...entry.flight, void: true } : entry.flight
  return isSettled(base, record) ? null : freeze(entry, base, record, newId()).flight
}

/** An entry with nothing to send must not stay, or it would be due for ever. */
async function dropSettled(tx: Transaction, id: string, { record, base, entry }: Held): Promise<void> {
  if (!entry || entry.flight || !isSendable(entry)) return
  await writeHeld(tx, id, { record: record && settledAs(base, record), base: null, entry: null })
}

/** It failed alone while nothing went through: it is sent apart from now on, and not blamed for it. */
export function keepApart(db: Database, library: string, { mutation }: Flight): Promise<void> {
  return db.run(['meta', 'outbox'], 'readwrite', async (tx) => {
    await requireLibrary(tx, library)
    const entry = await tx.objectStore('outbox').get(mutation.record)
    if (entry?.state.is === 'ready')
      await tx.objectStore('outbox').put({ ...entry, state: { ...entry.state, alone: true } })
  })
}

/** Stores the connection's retry state. */
export function writeConnection(db: Database, library: string, row: ConnectionRow): Promise<void> {
  return db.run(['meta'], 'readwrite', async (tx) => {
    await requireLibrary(tx, library)
    await tx.objectStore('meta').put({ key: 'connection', row })
  })
}
