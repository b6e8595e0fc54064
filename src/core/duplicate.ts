import { raise } from './conflict.ts'
import { reconcile, type Standpoint } from './reconcile.ts'
import { DEFAULTS, isDeleted, isPurged, list, type RecordState, sameJson, text } from './records.ts'
import { type Held, type Settled, takeIn } from './settle.ts'
import { urlKey } from './url.ts'

/** What becomes of a card that was created here while a live card of the server holds its URL. */
export type DuplicateOutcome =
  /** The existing card took it in; the local one goes, its id lives on in `formerIds`. */
  | { readonly is: 'merged'; readonly existing: Settled }
  /**
   * It was deleted here meanwhile: nothing is left to send. As a create that was deleted before it was sent it stays
   * in this device's Trash: another tab may have typed into it since, and that text would be nowhere else.
   */
  | { readonly is: 'gone'; readonly created: Held }
  /** Sent again: its URL is no longer the one sent, or the existing card is deleted or holds another by now. */
  | { readonly is: 'again'; readonly created: Held }
  /** A pending change of the existing card goes first; then it is sent again. */
  | { readonly is: 'later'; readonly created: Held }

const SOON = 1000
const A_WHILE = 60_000

/**
 * @param created the card that was refused as a duplicate, with its flight
 * @param existing what this device holds of the card that has the URL
 * @param remote that card as the server has it
 */
export function settleDuplicate(
  created: Held,
  existing: Held,
  remote: RecordState,
  now: number,
  standpoint?: Standpoint,
): DuplicateOutcome {
  const { record, entry } = created
  if (!record || !entry?.flight || isDeleted(record))
    return {
      is: 'gone',
      created: {
        record: !record || isPurged(record) ? null : { ...record, version: 0 },
        base: null,
        entry: null,
      },
    }
  // Alone, as what it waits for may be: that goes before it then, however impatient the person is.
  const again = (length: number): Held => ({
    ...created,
    entry: {
      ...entry,
      flight: null,
      state: { is: 'ready', alone: length > 0 },
      wait: { start: now, length },
    },
  })
  /** Not by a wait alone, which `Sync now` ends: it would only be refused again, at once and for ever. */
  const pause = (length: number): Held => {
    const message = 'url-held'
    const state = { is: 'choked', message, at: now, attempts: 1, wait: { start: now, length } } as const
    return { ...created, entry: { ...entry, flight: null, state } }
  }
  const known = takeIn(existing, remote, now, standpoint)
  const target = known.record
  const sentKey = urlKey(text(entry.flight.sent.fields.url))
  if (isDeleted(remote) || urlKey(text(record.fields.url)) !== sentKey)
    return { is: 'again', created: again(0) }
  if (known.entry && known.entry.state.is === 'ready') return { is: 'later', created: again(SOON) }
  // Its deletion cannot go now: a person or a long pause comes first, and the server would only say the same.
  if (!target || isDeleted(target)) return { is: 'later', created: pause(A_WHILE) }
  // An old outcome, said again after that card got another URL, or a server with a newer idea of what is one
  // link: asked once more under a new id, and believed the second time (traces.md, 11 a and f).
  if (urlKey(text(target.fields.url)) !== sentKey && entry.state.is !== 'choked')
    return { is: 'again', created: pause(SOON) }
  const local = { ...record, id: target.id, version: target.version }
  const merged = reconcile(null, completed(local, target), completed(target, local))
  const formerIds = [
    ...new Set([...list(target.fields.formerIds), ...list(record.fields.formerIds), record.id]),
  ]
  const stamps = {
    ...merged.record.stamps,
    formerIds: Math.max(record.stamps.url ?? 0, target.stamps.formerIds ?? 0),
  }
  const joined = { ...merged.record, fields: { ...merged.record.fields, formerIds }, stamps }
  const base = known.base ?? target
  return {
    is: 'merged',
    existing: {
      record: joined,
      base,
      // Two cards of one link are no merge that could be undone.
      entry: { ...raise(known.entry, base, joined, now, 'at-once'), merged: undefined },
      lost: [...known.lost, ...merged.lost],
      returned: known.returned,
    },
  }
}

/**
 * A page stamps every field of a card that it makes, so a later save by the link alone would win with nothing: what
 * one of the two left as it was is the other's, with its stamp, and the card was made when the first of them was.
 */
function completed(card: RecordState, other: RecordState): RecordState {
  const fields = { ...card.fields }
  const stamps = { ...card.stamps }
  for (const field of [...Object.keys(DEFAULTS.card), 'createdAt']) {
    const none = DEFAULTS.card[field]
    const [here = none, there = none] = [card.fields[field], other.fields[field]]
    const older = field === 'createdAt' && Date.parse(text(there)) < Date.parse(text(here))
    if (there === undefined || sameJson(there, none) || !(older || sameJson(here, none))) continue
    fields[field] = there
    stamps[field] = other.stamps[field] ?? 0
  }
  return { ...card, fields, stamps }
}
