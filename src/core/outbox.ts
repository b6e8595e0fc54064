import type { Mutation } from './protocol.ts'

import {
  changedFields,
  type Fields,
  isDeleted,
  isPurged,
  type Json,
  mergeKind,
  type RecordState,
} from './records.ts'
import { isOver, type Wait } from './wait.ts'

/**
 * An entry of a newer format is left alone by an older worker (design.md, "Versions side by side"). 2: it may be in
 * conflict, which a worker of format 1 would send over the other side's version.
 */
export const ENTRY_FORMAT = 2
const PLAIN_FORMAT = 1

/** A mutation frozen under its id, with the whole record as it then was. Its outcome is not known yet. */
export interface Flight {
  readonly mutation: Mutation
  readonly sent: RecordState
  /** Settle it by voiding: the server answers the first outcome, or never applies it. */
  readonly void: boolean
  /** A person gave the change up: it goes once the outcome is known. An edit takes that back. */
  readonly discard?: boolean
}

export type EntryState =
  /** `attempts`: how often it had failed when a person had it tried again; `alone`: it failed alone. */
  | { readonly is: 'ready'; readonly attempts?: number; readonly alone?: boolean }
  /** The server refused it; it waits for a person: retry, edit or discard. */
  | {
      readonly is: 'refused'
      readonly code: string
      readonly message: string
      readonly at: number
      readonly attempts?: number
    }
  /** The server chokes on it while others pass: tried again alone. */
  | {
      readonly is: 'choked'
      readonly message: string
      readonly at: number
      readonly attempts: number
      readonly wait: Wait
    }
  | OpenConflict

/** Both sides changed fields in ways that a person has to choose between. Nothing of the record is sent until then. */
export interface OpenConflict {
  readonly is: 'conflict'
  /** When it was found, ms by this device's clock. */
  readonly since: number
  /**
   * By field the value that both sides began from, null where there is none: it stays as it is while the base, which
   * holds the other side's value, goes on with every remote change.
   */
  readonly ancestors: Fields
}

/** One dirty record. What to send is the difference between base and record; none left: the entry goes. */
export interface Entry {
  readonly id: string
  readonly kind: string
  readonly format: number
  /** When the oldest change in it was made, ms by this device's clock. */
  readonly since: number
  /** The debounce; null when nothing was written since the last freeze. */
  readonly wait: Wait | null
  readonly state: EntryState
  readonly flight: Flight | null
  /** The newest remote record that came while the flight was unsettled. */
  readonly parked: RecordState | null
  /**
   * The base is what the server has, but nothing that the record was made from (a restored server): until this is
   * applied, whatever else comes is reconciled without it, or lines that several devices bring back would be doubled.
   */
  readonly uprooted?: boolean
  /** What the next mutation is to send has come about in an automatic merge with the base. */
  readonly merged?: boolean | undefined
}

/** How soon a change wants to go: text waits for a pause, everything else goes at once. */
export type Urgency = 'typing' | 'at-once'
const PAUSE = 2000
const LONGEST = 10_000

/** The entry after one more write to its record. An edit retries what failed; what is frozen of that is voided. */
export function enqueue(entry: Entry | null, record: RecordState, now: number, urgency: Urgency): Entry {
  if (!entry) {
    const wait = raise(null, now, urgency)
    return {
      id: record.id,
      kind: record.kind,
      format: PLAIN_FORMAT,
      since: now,
      wait,
      state: { is: 'ready' },
      flight: null,
      parked: null,
    }
  }
  const flight = entry.flight?.discard ? { ...entry.flight, discard: false } : entry.flight
  const settling =
    flight && (entry.state.is !== 'ready' || goesAlone(entry)) ? { ...flight, void: true } : flight
  const state: EntryState = entry.state.is === 'conflict' ? entry.state : { is: 'ready' }
  return { ...entry, wait: raise(entry.wait, now, urgency), state, flight: settling }
}

/** With these fields in conflict, or with none: then it goes out at once. */
export function inConflict(entry: Entry, ancestors: Fields, now: number): Entry {
  const { state } = entry
  const was = state.is === 'conflict'
  if (Object.keys(ancestors).length > 0)
    return {
      ...entry,
      format: ENTRY_FORMAT,
      state: { is: 'conflict', since: was ? state.since : now, ancestors },
    }
  return was
    ? { ...entry, format: PLAIN_FORMAT, state: { is: 'ready' }, wait: { start: now, length: 0 } }
    : entry
}

/**
 * After a person has put these fields as they are: what is sent is no automatic merge where it is nothing but them. Said
 * as `false`, or what is on its way and does not arrive would bring its mark back.
 */
export function unmerged(entry: Entry, base: RecordState | null, record: RecordState, fields: Fields): Entry {
  const merged = changedFields(base, record).some((field) => !(field in fields)) && entry.merged
  return { ...entry, merged }
}

/** The ancestors of the fields that a person has to choose between. */
export const ancestorsOf = (entry: Entry | null): Fields =>
  entry?.state.is === 'conflict' ? entry.state.ancestors : {}

/** 2 s after the last keystroke, 10 s after the first at the most. */
function raise(wait: Wait | null, now: number, urgency: Urgency): Wait {
  if (urgency === 'at-once') return { start: now, length: 0 }
  if (!wait || isOver(wait, now)) return { start: now, length: PAUSE }
  return { start: wait.start, length: Math.min(LONGEST, now - wait.start + PAUSE) }
}

/**
 * The difference that a mutation carries: every field where the server has no such record, only what changed otherwise.
 * A base of version 0 is what the server once had: something to go back to or to choose, nothing to send less than all.
 */
export function difference(base: RecordState | null, record: RecordState): Fields {
  if (isPurged(record) && base) return isPurged(base) ? {} : { deleted: true, purged: true }
  const fields: Record<string, Json> = {}
  for (const field of base?.version ? changedFields(base, record) : Object.keys(record.fields)) {
    const value = record.fields[field]
    fields[field] = value === undefined ? false : value
  }
  return fields
}

/**
 * Nothing to send: as the server has it, or a create deleted before the server ever heard of it. One that a restored
 * server has forgotten goes there with its deletion: counted as clean, what other devices have of it would replace it
 * here unseen.
 */
export function isSettled(base: RecordState | null, record: RecordState): boolean {
  if (!base) return isPurged(record) || (isDeleted(record) && record.version === 0)
  if (base.version === 0) return isPurged(record)
  return Object.keys(difference(base, record)).length === 0
}

/**
 * What stays of a record with nothing to send. It is the server's again, to the stamp; a tombstone that a restored
 * server lacks is of no version there: another device may still have the record at a version below the tombstone's, and
 * what it sends must not be dropped here.
 */
export function settledAs(base: RecordState | null, record: RecordState): RecordState {
  if (base?.version) return base
  return isPurged(record) ? { ...record, version: 0 } : record
}

/** Freezes what is to be sent. To be committed durably before it is sent, and sent again under the same id. */
export function freeze(
  entry: Entry,
  base: RecordState | null,
  record: RecordState,
  mutationId: string,
): Entry {
  const fields = difference(base, record)
  const stamps = Object.fromEntries(
    Object.keys(fields).map((field) => [
      field,
      (Object.hasOwn(record.stamps, field) ? record.stamps[field] : undefined) ??
        (mergeKind(record.kind, field) === 'life' ? (record.stamps.deleted ?? 0) : 0),
    ]),
  )
  const mutation = {
    id: mutationId,
    record: record.id,
    kind: record.kind,
    on: base?.version ?? 0,
    above: record.version,
    fields,
    stamps,
    // Not what is sent whole: nothing that the server has is in it.
    ...(entry.merged && base?.version && { merged: true }),
  }
  return { ...entry, wait: null, merged: undefined, flight: { mutation, sent: record, void: false } }
}

/** How often this change has failed by itself, whatever a person did in between but editing it. */
export const attemptsOf = ({ state }: Entry): number =>
  (state.is === 'conflict' ? undefined : state.attempts) ?? 0

/** What failed alone is sent alone from then on, so that it costs the others nothing. */
export const goesAlone = ({ state }: Entry): boolean =>
  state.is === 'choked' || (state.is === 'ready' && state.alone === true)

/** Whether the engine may send it now, time and connection aside: it waits for no person. */
export const isSendable = (entry: Entry): boolean =>
  entry.format <= ENTRY_FORMAT && entry.state.is !== 'refused' && entry.state.is !== 'conflict'

/** Its time has come: an unsettled flight is due at once, else the debounce must be over. */
export function isDue(entry: Entry, now: number): boolean {
  if (!isSendable(entry)) return false
  if (entry.state.is === 'choked') return isOver(entry.state.wait, now)
  return entry.flight !== null || entry.wait === null || isOver(entry.wait, now)
}

/** The wait after which it is due; null when it is, or when it waits for a person. */
export function waitOf(entry: Entry): Wait | null {
  if (entry.state.is === 'choked') return entry.state.wait
  return entry.flight ? null : entry.wait
}
