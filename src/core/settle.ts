import { jitter } from './backoff.ts'
import { revert } from './failed.ts'
import { ancestorsOf, attemptsOf, type Entry, enqueue, inConflict, isSettled } from './outbox.ts'
import type { Outcome } from './protocol.ts'
import { askedOf, type Lost, type Reconciled, reconcile, type Standpoint } from './reconcile.ts'
import { changedFields, isPurged, type RecordState } from './records.ts'

/** What a device holds of one record: the three rows that always change in one transaction. */
export interface Held {
  readonly record: RecordState | null
  /** The server's record that local edits are made on; null when clean, or when the server has none. */
  readonly base: RecordState | null
  /** null when clean. */
  readonly entry: Entry | null
}

export interface PutAside extends Lost {
  /** It lost by itself in an automatic merge: *Undo this merge* puts it back, as what is put aside for being `merged`. */
  readonly inMerge?: true
}

export interface Settled extends Held {
  readonly lost: readonly PutAside[]
  /** The record came back because an edit met a deletion. */
  readonly returned: boolean
  /** Another account's value won over one of this device's; the person is told. */
  readonly overruled?: boolean
  /** Both sides had changes, and they were brought together. */
  readonly merged?: boolean
}

type Told = Exclude<Outcome, { outcome: 'duplicate' }>

const unchanged = (held: Held): Settled => ({ ...held, lost: [], returned: false })

/**
 * Takes in a remote record: dropped when not newer than the one held, parked while a mutation is unsettled (a
 * device never conflicts with itself), replaces a clean record, reconciled into a dirty one and then its base.
 */
export function takeIn(held: Held, remote: RecordState, now: number, standpoint?: Standpoint): Settled {
  const { record, base, entry } = held
  if (!record) return unchanged({ record: remote, base: null, entry: null })
  if (remote.version <= record.version) return unchanged(held)
  // In this device's Trash alone until now, with words that may be nowhere else.
  if (!entry && !record.version)
    // Deleted for good there, this is all that is left of it.
    return isPurged(remote)
      ? unchanged(held)
      : merge(null, record, remote, enqueue(null, record, now, 'at-once'), now, standpoint)
  if (!entry) return unchanged({ record: remote, base: null, entry: null })
  if (entry.flight) {
    const newer = !entry.parked || remote.version > entry.parked.version
    return unchanged(newer ? { ...held, entry: { ...entry, parked: remote } } : held)
  }
  return merge(base, record, remote, entry, now, standpoint)
}

/**
 * Brings both sides together, and marks it as an automatic merge where it is one. Without a common version nobody can say
 * which side changed what: it is one where something else than this device had has come of it, not where a restored
 * server was only behind.
 */
export function merge(
  base: RecordState | null,
  local: RecordState,
  remote: RecordState,
  entry: Entry,
  now: number,
  standpoint?: Standpoint,
): Settled {
  const root = entry.uprooted ? null : base
  const common = Boolean(root?.version)
  const open = ancestorsOf(entry)
  const merged = reconcile(root, local, remote, standpoint, open)
  const { record, returned, overruled } = merged
  const met = common ? differ(root, local) && differ(root, remote) : differ(record, local)
  const aside = met ? [...merged.lost.map(inMerge), ...broughtIn(local, merged)] : merged.lost
  const others = base?.version === 0 ? askedOf(base, open, local, remote) : []
  const told = { lost: [...others, ...aside], returned, overruled, merged: met }
  if (isSettled(remote, record)) return { record: remote, base: null, entry: null, ...told }
  const waiting = {
    ...entry,
    wait: entry.wait ?? { start: now, length: 0 },
    uprooted: !common,
    // An older merge was with a version that the server has lost.
    merged: (met && aside.length > 0) || ((common || entry.uprooted) && entry.merged),
  }
  return { record, base: remote, entry: inConflict(waiting, merged.ancestors, now), ...told }
}

/** In what a person sees: when a card was made, and of which, is not theirs to undo. */
const differ = (a: RecordState | null, b: RecordState): boolean =>
  changedFields(a, b).some((field) => field !== 'createdAt' && field !== 'formerIds')

const inMerge = (lost: Lost): PutAside =>
  lost.side === 'remote' || lost.why ? lost : { ...lost, inMerge: true }

/**
 * What this device had in fields that the other side changed beside a change of its own, to be put back by *Undo this
 * merge*, but nothing of what is deleted for good. To undo an edit that brought a record back is to have it in the Trash,
 * whichever side had deleted it.
 */
function broughtIn(local: RecordState, { record, lost, returned }: Reconciled): Lost[] {
  if (isPurged(local) || isPurged(record)) return []
  const kept = new Set(lost.filter(({ side }) => side === 'local').map(({ field }) => field))
  const fields = returned ? { ...local.fields, deleted: true } : local.fields
  return changedFields(record, { ...local, fields }).flatMap((field): Lost[] => {
    const value = fields[field]
    if (value === undefined || kept.has(field)) return []
    return [{ field, value, stamp: local.stamps[field] ?? 0, side: 'local', why: 'merged' }]
  })
}

/**
 * Applies the outcome of the mutation in flight. The caller has checked that the entry still carries it.
 * *Applied*: the base becomes what was sent, then the record that came with the answer is a remote change like
 * any other; folding it in on the old base loses or doubles text (traces.md, 2).
 */
export function settle(
  held: Held,
  outcome: Told,
  now: number,
  random: number,
  standpoint?: Standpoint,
): Settled {
  const settled = settleOutcome(held, outcome, now, random, standpoint)
  if (!held.entry?.flight?.discard || !settled.entry || settled.entry.flight) return settled
  const reverted = revert(settled, now)
  return { ...reverted, lost: [...settled.lost, ...reverted.lost] }
}

function settleOutcome(
  held: Held,
  outcome: Told,
  now: number,
  random: number,
  standpoint: Standpoint | undefined,
): Settled {
  const { entry, record } = held
  if (!entry?.flight || !record) return unchanged(held)
  const flight = entry.flight
  const merged = entry.merged ?? flight.mutation.merged
  const landed: Entry = { ...entry, flight: null, parked: null, state: { is: 'ready' }, merged }
  switch (outcome.outcome) {
    case 'applied': {
      const base = { ...flight.sent, version: outcome.version }
      // What is left to send was written since the freeze; its age is its own.
      const since = entry.wait?.start ?? now
      const rest = { ...landed, since, uprooted: false, merged: entry.merged }
      return merge(base, record, newest(outcome.record, entry.parked), rest, now, standpoint)
    }
    case 'conflict': {
      const remote = newest(outcome.record, entry.parked)
      if (remote) return merge(held.base, record, remote, landed, now, standpoint)
      return settleUnknown(record, landed, now)
    }
    case 'rejected': {
      const { code, message } = outcome
      const state = { is: 'refused', code, message, at: now, attempts: attemptsOf(entry) + 1 } as const
      // What a person wrote since is another mutation: the refusal was not of that.
      const editedSince = entry.wait !== null
      return withParked(
        { ...held, entry: { ...landed, state: editedSince ? { is: 'ready' } : state } },
        entry.parked,
        now,
        standpoint,
      )
    }
    case 'void':
      return withParked(
        { ...held, entry: { ...landed, wait: entry.wait ?? { start: now, length: 0 } } },
        entry.parked,
        now,
        standpoint,
      )
    case 'error':
      return unchanged({ ...held, entry: choke(entry, outcome.message, now, random) })
  }
}

/** The space has no such record (purged, or the server was restored): it goes whole, as a create. */
function settleUnknown(record: RecordState, entry: Entry, now: number): Settled {
  // A tombstone that the server lacks is forgotten, as in a fresh read (sendWhole).
  if (isPurged(record)) return unchanged({ record: null, base: null, entry: null })
  if (isSettled(null, record)) return unchanged({ record, base: null, entry: null })
  return unchanged({ record, base: null, entry: { ...entry, wait: { start: now, length: 0 } } })
}

/**
 * The whole request with this mutation alone was refused: no outcome of the mutation, which may have arrived when it
 * was sent before. It stays frozen: `Retry` sends it again as it is, an edit or `Discard` voids it first.
 */
export function refuse(entry: Entry, code: string, message: string, now: number): Entry {
  // What a person wrote since is another mutation, and goes once this one is settled.
  if (entry.wait && entry.flight)
    return { ...entry, state: { is: 'ready' }, flight: { ...entry.flight, void: true } }
  return { ...entry, state: { is: 'refused', code, message, at: now, attempts: attemptsOf(entry) + 1 } }
}

/** The server choked on this entry while others passed: it is tried again alone, ever more rarely. */
export function choke(entry: Entry, message: string, now: number, random: number): Entry {
  const attempts = attemptsOf(entry) + 1
  const length = jitter(Math.min(300_000, 15_000 * 2 ** (attempts - 1)), random)
  // What was written since is no cure as long as the mutation that chokes is sent again and again (traces.md, 10).
  const flight = entry.flight && entry.wait !== null ? { ...entry.flight, void: true } : entry.flight
  return {
    ...entry,
    flight,
    state: { is: 'choked', message, at: now, attempts, wait: { start: now, length } },
  }
}

function withParked(
  held: Held,
  parked: RecordState | null,
  now: number,
  standpoint: Standpoint | undefined,
): Settled {
  return parked ? takeIn(held, parked, now, standpoint) : unchanged(held)
}

function newest<T extends RecordState | null>(answer: T, parked: RecordState | null): T | RecordState {
  return parked && parked.version > (answer?.version ?? -1) ? parked : answer
}
