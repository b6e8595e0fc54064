import { sValidator } from '@hono/standard-validator'
import * as v from 'valibot'
import { UUID } from '../../src/core/ids.ts'
import { invalid, Refusal } from '../http/refusal.ts'

/** A parameter that is there but empty counts as absent. */
const param = (otherwise: string) =>
  v.pipe(
    v.string('must be given once'),
    v.transform((text) => (text === '' ? otherwise : text)),
  )
const WORDS = 'must be a whole number from 1 to 500'

/** The query of a list and of a history. */
const PageQuery = v.object({
  cursor: v.optional(param(''), ''),
  limit: v.optional(
    v.pipe(
      param('100'),
      v.regex(/^\d{1,4}$/, WORDS),
      v.transform(Number),
      v.minValue(1, WORDS),
      v.maxValue(500, WORDS),
    ),
    '100',
  ),
  deleted: v.optional(
    v.pipe(param('false'), v.picklist(['true', 'false'], 'must be true or false')),
    'false',
  ),
})

type Segment = PropertyKey | { readonly key: PropertyKey } | undefined
const fieldOf = (at: Segment): string => String(typeof at === 'object' ? at.key : (at ?? ''))

/** Reads paging, or refuses it by field. */
export const pageQuery = sValidator('query', PageQuery, (result) => {
  if (result.success) return
  throw invalid(result.error.map(({ path, message }) => ({ field: fieldOf(path?.[0]), problem: message })))
})

const badCursor = (): Refusal =>
  new Refusal(400, 'bad_cursor', 'This cursor was not given out by this server.')

function decode(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  if (cursorOf(text) !== cursor) throw badCursor()
  return text
}

/** The opaque form of a place in a list. */
export const cursorOf = (text: string): string => Buffer.from(text, 'latin1').toString('base64url')

/** A list's cursor is the id of the last record shown: records that come and go around it move nothing. */
export function afterId(cursor: string): string {
  if (cursor === '') return ''
  const id = decode(cursor)
  if (!UUID.test(id)) throw badCursor()
  return id
}

/** A history's cursor is the number of the last entry shown. */
export function beforeEntry(cursor: string): number {
  if (cursor === '') return Number.MAX_SAFE_INTEGER
  const entry = decode(cursor)
  if (!/^\d{1,15}$/.test(entry)) throw badCursor()
  return Number(entry)
}

/** Splits one row more than asked for into the page and the cursor of the next. */
export function cut<T>(
  rows: readonly T[],
  limit: number,
  place: (row: T) => string,
): { page: T[]; next: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, next: rows.length > limit && last !== undefined ? cursorOf(place(last)) : null }
}
