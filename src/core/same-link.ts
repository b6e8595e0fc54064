import { mergeSet } from './reconcile.ts'
import { type Fields, list, type RecordState, text } from './records.ts'

/** Two cards of one link, put together because a person says so: what the one that stays becomes. */
export interface Joined {
  /** Stays: the older of the two. */
  readonly stays: RecordState
  /** Goes to the Trash, with all that it holds. */
  readonly goes: RecordState
  /** What of the one that stays changes. */
  readonly fields: Fields
}

/**
 * Nothing of either is lost: tags and collections of both, both descriptions one after the other; a title only where the
 * one that stays has none. What goes is in the Trash whole.
 */
export function joinCards(a: RecordState, b: RecordState): Joined {
  const [stays, goes] = madeAt(a) < madeAt(b) || (madeAt(a) === madeAt(b) && a.id < b.id) ? [a, b] : [b, a]
  const both = (field: string): string[] =>
    list(mergeSet(undefined, goes.fields[field], stays.fields[field])) as string[]
  const descriptions = [...new Set([text(stays.fields.description), text(goes.fields.description)])]
  const fields = {
    tags: both('tags'),
    collectionIds: both('collectionIds'),
    description: descriptions.filter((part) => part.trim() !== '').join('\n\n'),
    title: text(stays.fields.title).trim() === '' ? text(goes.fields.title) : text(stays.fields.title),
    pinned: stays.fields.pinned === true || goes.fields.pinned === true,
  }
  return { stays, goes, fields }
}

const madeAt = (card: RecordState): string => text(card.fields.createdAt)
