import {
  hostOf,
  isDeleted,
  isPurged,
  list,
  type RecordState,
  text,
  titleOf,
  updatedAt,
} from '../core/records.ts'
import type { RecordView } from './model.ts'
import { fold } from './words.ts'

/** What the list shows: pure choices over the records, with what is dear to compute kept by the record's identity. */
export interface Filter {
  readonly query: string
  /** Only what is in this collection; null: everything. */
  readonly collection: string | null
}
export const EVERYTHING: Filter = { query: '', collection: null }

type Views = ReadonlyMap<string, RecordView>

export const isLive = (view: RecordView | undefined): view is RecordView =>
  view !== undefined && !isDeleted(view.record) && !isPurged(view.record)

// A record is never changed in place, so its object is a sound key; what is gone is forgotten with it.
const times = new WeakMap<RecordState, number>()
const haystacks = new WeakMap<RecordState, string>()

export function changedAt(record: RecordState): number {
  const known = times.get(record)
  if (known !== undefined) return known
  const at = updatedAt(record)
  times.set(record, at)
  return at
}

function haystack(record: RecordState): string {
  let words = haystacks.get(record)
  if (words === undefined) {
    const { fields } = record
    const parts = [titleOf(record), text(fields.url), hostOf(text(fields.url)), text(fields.description)]
    const tags = list(fields.tags).map((tag) => `#${tag}`)
    words = fold([...parts, text(fields.content), ...tags].join('\n'))
    haystacks.set(record, words)
  }
  return words
}

/** Pinned first, then the newest change; equal times by id, so that two devices show one order. */
export const inOrder = (a: RecordView, b: RecordView): number =>
  Number(b.record.fields.pinned === true) - Number(a.record.fields.pinned === true) ||
  changedAt(b.record) - changedAt(a.record) ||
  (a.record.id < b.record.id ? 1 : -1)

export function choose(views: Views, filter: Filter): RecordView[] {
  const terms = fold(filter.query)
    .split(/\s+/)
    .filter((term) => term !== '')
  const chosen: RecordView[] = []
  for (const view of views.values()) {
    if (!isLive(view)) continue
    if (filter.collection !== null && !list(view.record.fields.collectionIds).includes(filter.collection))
      continue
    if (terms.length > 0) {
      const words = haystack(view.record)
      if (!terms.every((term) => words.includes(term))) continue
    }
    chosen.push(view)
  }
  return chosen.sort(inOrder)
}

export function deletedOnes(views: Views): RecordView[] {
  const gone = [...views.values()].filter((view) => isDeleted(view.record) && !isPurged(view.record))
  return gone.sort((a, b) => changedAt(b.record) - changedAt(a.record))
}

export function collections(views: Views): RecordView[] {
  const all = [...views.values()].filter((view) => view.record.kind === 'collection' && isLive(view))
  return all.sort((a, b) => titleOf(a.record).localeCompare(titleOf(b.record)))
}

/** Names of the collections a record is in; an id that is not there (yet, or any more) is not shown. */
export function collectionNames(views: Views, record: RecordState, except: string | null = null): string[] {
  return list(record.fields.collectionIds)
    .filter((id) => id !== except)
    .map((id) => views.get(id))
    .filter(isLive)
    .map((view) => titleOf(view.record))
}

/** How many records are in each collection. */
export function collectionCounts(views: Views): ReadonlyMap<string, number> {
  return counted(views, (record) => list(record.fields.collectionIds))
}

export function tagCounts(views: Views): [tag: string, many: number][] {
  const counts = counted(views, (record) => list(record.fields.tags))
  return [...counts].sort((a, b) => a[0].localeCompare(b[0]))
}

function counted(views: Views, namesOf: (record: RecordState) => readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const view of views.values()) {
    if (!isLive(view)) continue
    for (const name of namesOf(view.record)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
