import type { RecordState } from './records.ts'

/** Who set fields of a record last, and on which device. The last of a list names none: all that are left. */
export interface Author {
  /** The account's id, and its email where the server tells it. */
  readonly account: string
  /** The device's name at that time; '' for a program that uses the HTTP API. */
  readonly device: string
  readonly fields?: readonly string[] | undefined
}

/** Who set a field last; null where the server does not say. */
export function authorOf(record: RecordState, field: string): Author | null {
  const authors = Array.isArray(record.by) ? record.by : []
  return authors.find((author) => !Array.isArray(author?.fields) || author.fields.includes(field)) ?? null
}
