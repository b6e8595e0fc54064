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

const snapshots = new WeakMap<Views, readonly RecordView[]>()

/** All views, as the same array for as long as each of them is the same: what is counted from it can be kept. */
function snapshot(views: Views): readonly RecordView[] {
  const known = snapshots.get(views)
  const now = [...views.values()]
  if (known?.length === now.length && now.every((view, index) => view === known[index])) return known
  snapshots.set(views, now)
  return now
}

/** Computes once per snapshot. `before` is what came of the one before, for what is quicker to mend than to make. */
function kept<T>(
  compute: (all: readonly RecordView[], before: T | null, views: Views) => T,
): (views: Views) => T {
  const values = new WeakMap<Views, { readonly of: readonly RecordView[]; readonly value: T }>()
  return (views) => {
    const all = snapshot(views)
    const known = values.get(views)
    if (known?.of === all) return known.value
    const value = compute(all, known?.value ?? null, views)
    values.set(views, { of: all, value })
    return value
  }
}

/** All live records as the list has them. Sorted from the order before, which a keystroke leaves nearly as it was. */
const ordered = kept<readonly RecordView[]>((all, before, views) => {
  const had = new Set(before?.map(({ record }) => record.id))
  const stayed = before?.map(({ record }) => views.get(record.id)) ?? []
  const came = all.filter(({ record }) => !had.has(record.id))
  return [...came, ...stayed].filter(isLive).sort(inOrder)
})

export function choose(views: Views, filter: Filter): readonly RecordView[] {
  const { collection } = filter
  const terms = fold(filter.query)
    .split(/\s+/)
    .filter((term) => term !== '')
  const all = ordered(views)
  if (collection === null && terms.length === 0) return all
  return all.filter(({ record }) => {
    if (collection !== null && !list(record.fields.collectionIds).includes(collection)) return false
    if (terms.length === 0) return true
    const words = haystack(record)
    return terms.every((term) => words.includes(term))
  })
}

export const deletedOnes = kept<readonly RecordView[]>((all) =>
  all
    .filter((view) => isDeleted(view.record) && !isPurged(view.record))
    .sort((a, b) => changedAt(b.record) - changedAt(a.record)),
)

export const collections = kept<readonly RecordView[]>((all) =>
  all
    .filter((view) => view.record.kind === 'collection' && isLive(view))
    .sort((a, b) => titleOf(a.record).localeCompare(titleOf(b.record))),
)

/** Names of the collections a record is in; an id that is not there (yet, or any more) is not shown. */
export function collectionNames(views: Views, record: RecordState, except: string | null = null): string[] {
  return list(record.fields.collectionIds)
    .filter((id) => id !== except)
    .map((id) => views.get(id))
    .filter(isLive)
    .map((view) => titleOf(view.record))
}

/** How many records are in each collection. */
export const collectionCounts = kept<ReadonlyMap<string, number>>((all) =>
  counted(all, (record) => list(record.fields.collectionIds)),
)

export const tagCounts = kept<readonly (readonly [tag: string, many: number])[]>((all) => {
  const counts = counted(all, (record) => list(record.fields.tags))
  return [...counts].sort((a, b) => a[0].localeCompare(b[0]))
})

function counted(
  all: readonly RecordView[],
  namesOf: (record: RecordState) => readonly string[],
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const view of all) {
    if (!isLive(view)) continue
    for (const name of namesOf(view.record)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
