import { type Entry, enqueue, freeze } from '../../src/core/outbox.ts'
import { DEFAULTS, type Fields, isKind, type RecordState } from '../../src/core/records.ts'
import type { Held } from '../../src/core/settle.ts'

/** A moment at which most tests begin. */
export const T0 = Date.parse('2026-05-04T10:00:00.000Z')

/** The n-th id: a lower-case UUID, in order. */
export const idOf = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

/** A record with every field of its kind stamped. */
export function record(kind: string, fields: Fields = {}, rest: Partial<RecordState> = {}): RecordState {
  const all = { ...(isKind(kind) ? DEFAULTS[kind] : {}), ...fields }
  const stamps = Object.fromEntries(Object.keys(all).map((field) => [field, T0]))
  return { id: idOf(1), kind, version: 1, fields: all, stamps, ...rest }
}

export const note = (content: string, rest: Partial<RecordState> = {}): RecordState =>
  record('note', { title: 'A note', content }, rest)

export const card = (url: string, fields: Fields = {}, rest: Partial<RecordState> = {}): RecordState =>
  record('card', { url, ...fields }, rest)

/** The record with fields changed at `at`. */
export const changed = (before: RecordState, fields: Fields, at = T0 + 1000): RecordState => ({
  ...before,
  fields: { ...before.fields, ...fields },
  stamps: {
    ...before.stamps,
    ...Object.fromEntries(Object.keys(fields).map((field) => [field, at])),
  },
})

/** As the server answers it: the next version (or the one named) of a record. */
export const remote = (before: RecordState, fields: Fields, version = before.version + 1): RecordState => ({
  ...changed(before, fields, T0 + 500),
  version,
})

export const clean = (of: RecordState): Held => ({ record: of, base: null, entry: null })
export const nothing: Held = { record: null, base: null, entry: null }

/** A record with a change that waits to be sent; without a base it is a create. */
export function dirty(base: RecordState | null, local: RecordState, now = T0): Held & { entry: Entry } {
  return { record: local, base, entry: enqueue(null, local, now, 'at-once') }
}

/** As dirty, its mutation frozen. */
export function flying(
  base: RecordState | null,
  local: RecordState,
  mutation = idOf(900),
): Held & { entry: Entry } {
  const held = dirty(base, local)
  return { ...held, entry: freeze(held.entry, base, local, mutation) }
}
