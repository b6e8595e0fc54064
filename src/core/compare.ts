import type { RangeAnswer } from './protocol.ts'
import { digestText, ID_SIGNS, RangeDigest } from './record-digest.ts'

/** The records of this device whose ids have one ending, by id with their digests, to be compared with the server's. */
export interface Question {
  readonly ending: string
  readonly rows: readonly (readonly [id: string, digest: number])[]
}

export interface Learnt {
  /** Ids of records that differ, or are missing on one side. */
  readonly differing: readonly string[]
  /** Parts of the range in which something differs, to be asked next. */
  readonly open: readonly Question[]
}

/** What the server's answer to a question says; a range that it leaves out is one without records. */
export function learn({ ending, rows }: Question, told: RangeAnswer = { records: [] }): Learnt {
  if ('records' in told) {
    const mine = new Map(rows.map(([id, digest]) => [id, digestText(digest)]))
    const theirs = new Map(told.records.map(({ id, digest }) => [id, digest]))
    const all = [...new Set([...mine.keys(), ...theirs.keys()])]
    return { differing: all.filter((id) => mine.get(id) !== theirs.get(id)), open: [] }
  }
  const bySign = new Map([...ID_SIGNS].map((sign) => [sign, [] as Question['rows'][number][]]))
  for (const row of rows) bySign.get(row[0].charAt(row[0].length - ending.length - 1))?.push(row)
  const parts = [...bySign].map(([sign, of]) => ({ ending: sign + ending, rows: of }))
  return { differing: [], open: parts.filter((part, index) => sumOf(part) !== told.parts[index]) }
}

function sumOf({ rows }: Question): string {
  const range = new RangeDigest()
  for (const [, digest] of rows) range.add(digest)
  return range.text
}
