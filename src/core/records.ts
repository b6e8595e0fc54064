import type { Author } from './authors.ts'

/**
 * What a record is, and how each of its fields merges. Adding a synced kind begins here
 * (CONTRIBUTING.md, "Adding a synced kind"): store, reconcile, server and REST read this table.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type Fields = { readonly [field: string]: Json }
/** Per field: the device's time at the edit plus its offset to the server, in ms since 1970. Breaks ties only. */
export type Stamps = { readonly [field: string]: number }

/** One record as a device holds it, as the server holds it and as it travels: the same shape everywhere. */
export interface RecordState {
  readonly id: string
  readonly kind: string
  /** Raised by the server at every accepted change; 0 until the server has it. */
  readonly version: number
  readonly fields: Fields
  readonly stamps: Stamps
  /** Who set the fields last (authors.ts), as the server told it; part of no comparison. */
  readonly by?: readonly Author[] | undefined
}

/**
 * How a field merges: `value` one side wins; `line` too, but what two tabs type into it is merged; `text`
 * three-way; `set` union of additions and removals; `life` is `deleted` and `purged`, where an edit beats a deletion.
 */
export type MergeKind = 'value' | 'line' | 'text' | 'set' | 'life'

const life = { deleted: 'life', purged: 'life' } as const
const filed = { tags: 'set', collectionIds: 'set', pinned: 'value', createdAt: 'value' } as const

export const KINDS = {
  card: { url: 'value', title: 'line', description: 'text', ...filed, formerIds: 'set', ...life },
  note: { title: 'line', content: 'text', ...filed, ...life },
  collection: { name: 'line', parentId: 'value', createdAt: 'value', ...life },
} as const satisfies Record<string, Record<string, MergeKind>>

export type Kind = keyof typeof KINDS
export const KIND_NAMES = Object.keys(KINDS) as Kind[]
export const isKind = (kind: string): kind is Kind => Object.hasOwn(KINDS, kind)

/** Fields of a later version, or of a kind this program does not know, merge as plain values. */
export function mergeKind(kind: string, field: string): MergeKind {
  const table: Readonly<Record<string, MergeKind>> = isKind(kind) ? KINDS[kind] : life
  return (Object.hasOwn(table, field) && table[field]) || 'value'
}

/** What a record of the kind holds in fields nobody has set yet. */
export const DEFAULTS: Readonly<Record<Kind, Fields>> = {
  card: { url: '', title: '', description: '', tags: [], collectionIds: [], pinned: false, formerIds: [] },
  note: { title: '', content: '', tags: [], collectionIds: [], pinned: false },
  collection: { name: '', parentId: null },
}

export const isDeleted = (record: { readonly fields: Fields }): boolean => record.fields.deleted === true
export const isPurged = (record: { readonly fields: Fields }): boolean => record.fields.purged === true

/**
 * When a person last changed it: the newest stamp. A pure function of synced values, so that every device
 * and the server name the same time without syncing it.
 */
export function updatedAt(record: { readonly stamps: Stamps }): number {
  let newest = 0
  for (const at of Object.values(record.stamps)) if (at > newest) newest = at
  return newest
}

export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
export const list = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []

/** An object of JSON: neither null nor a list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The name a person knows a record by. An untitled note is `Untitled note`, a card without title its host. */
export function titleOf(record: { readonly kind: string; readonly fields: Fields }): string {
  const { fields } = record
  if (record.kind === 'collection') return text(fields.name).trim() || 'Untitled collection'
  const title = text(fields.title).trim()
  if (title) return title
  return record.kind === 'card' ? hostOf(text(fields.url)) || 'Untitled card' : 'Untitled note'
}

/** Host of an http(s) address without `www.`, or ''. Core has no URL class; this needs no more than a pattern. */
export function hostOf(url: string): string {
  const match = /^https?:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(url.trim())
  return (match?.[1] ?? '').toLowerCase().replace(/^www\./, '')
}

/** Deep equality of JSON values; the order of an object's keys does not count, that of an array does. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, i) => sameJson(v, b[i]))
    )
  }
  const left = a as Fields
  const right = b as Fields
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
  )
}

/** Equality as the field's merge kind sees it: sets compare without order, an absent field is its empty value. */
export function sameValue(kind: MergeKind, a: Json | undefined, b: Json | undefined): boolean {
  if (kind === 'life') return (a === true) === (b === true)
  if (kind === 'set') {
    const left = new Set(list(a))
    const right = new Set(list(b))
    return left.size === right.size && [...left].every((item) => right.has(item))
  }
  return sameJson(a, b)
}

const LIFE = ['deleted', 'purged'] as const

/** The fields in which a record differs from its base, as their merge kinds see it. */
export function changedFields(base: RecordState | null, record: RecordState): string[] {
  const before = base?.fields ?? {}
  // A record that never was in the Trash says nothing of it, and differs from one that is.
  const life = LIFE.filter((field) => before[field] && !(field in record.fields))
  return [...Object.keys(record.fields), ...life].filter(
    (field) =>
      !(
        Object.hasOwn(before, field) &&
        sameValue(mergeKind(record.kind, field), before[field], record.fields[field])
      ) && !(mergeKind(record.kind, field) === 'life' && !before[field] && !record.fields[field]),
  )
}
