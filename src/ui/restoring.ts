import {
  DEFAULTS,
  type Fields,
  isDeleted,
  isKind,
  type Json,
  mergeKind,
  type RecordState,
  sameValue,
} from '../core/records.ts'

/** Whether a field is the same; one that nobody has set is what it is by default. */
export function sameField(kind: string, field: string, a: Json | undefined, b: Json | undefined): boolean {
  const empty = isKind(kind) ? DEFAULTS[kind][field] : undefined
  return sameValue(mergeKind(kind, field), a ?? empty, b ?? empty)
}

/** What putting the entry's values back would change, and what is there now. */
export function restoring(
  record: RecordState,
  fields: Fields,
): { readonly shown: Fields; readonly typed: Fields } {
  const shown: Record<string, Json> = {}
  const typed: Record<string, Json> = {}
  for (const [field, value] of Object.entries(fields)) {
    const now = record.fields[field]
    if (sameField(record.kind, field, value, now)) continue
    typed[field] = value
    if (now !== undefined) shown[field] = now
  }
  // What is in the Trash comes back with what is put into it, but for what was put there itself.
  return isDeleted(record) && fields.deleted !== true
    ? { shown: { ...shown, deleted: true }, typed: { ...typed, deleted: false } }
    : { shown, typed }
}

/** The values of these fields, those that nobody has set as they are by default. */
export function wholeOf(kind: string, values: Fields, fields: readonly string[]): Fields {
  const defaults: Fields = isKind(kind) ? DEFAULTS[kind] : {}
  return Object.fromEntries(fields.map((field) => [field, values[field] ?? defaults[field] ?? null]))
}
