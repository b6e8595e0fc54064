import { sql } from 'kysely'
import {
  DIGEST_LIMITS,
  type DigestAnswer,
  type DigestRequest,
  type RangeAnswer,
} from '../../src/core/protocol.ts'
import { digestText, ID_SIGNS, RangeDigest, recordDigest } from '../../src/core/record-digest.ts'
import type { Fields } from '../../src/core/records.ts'
import type { Database } from '../db/schema.ts'
import { type Space, spaceOf } from '../db/spaces.ts'
import { read } from '../db/transaction.ts'
import { checkPlace } from './place.ts'

/** So much is read at once; between two of these the one connection serves others. */
const ROWS = 500
const CHARACTERS = 4 * 1024 * 1024

interface Row {
  readonly id: string
  readonly version: number
  readonly digest: number
}

/** One range while its records are counted: they themselves are kept only as long as they are few. */
class Range {
  readonly #parts = new Map(Array.from(ID_SIGNS, (sign) => [sign, new RangeDigest()]))
  #records: { id: string; version: number; digest: string }[] | null = []

  add({ id, version, digest }: Row, sign: string): void {
    this.#parts.get(sign)?.add(digest)
    this.#records?.push({ id, version, digest: digestText(digest) })
    if (this.#records && this.#records.length > DIGEST_LIMITS.records) this.#records = null
  }

  get answer(): RangeAnswer {
    return this.#records
      ? { records: this.#records }
      : { parts: [...this.#parts.values()].map(({ text }) => text) }
  }
}

type Asked = Omit<DigestRequest, 'protocol'>

/**
 * What this server holds in each range asked for, all of one state: the seq is the same before and after, and every
 * change raises it. Throws a Refusal for a bad mark or cursor, as a pull does.
 */
export async function digests(db: Database, now: number, asked: Asked): Promise<DigestAnswer> {
  const before = await stateOf(db, now, asked)
  if (before.newest > asked.cursor) return { seq: before.newest, now, ranges: {} }
  const ranges = await rangesOf(db, before.space.id, asked)
  const after = await stateOf(db, now, asked)
  if (after.space.seq !== before.space.seq) return { seq: after.space.seq, now, ranges: {} }
  return { seq: before.newest, now, ranges }
}

/** The space, and the seq of its newest record: what the feed's last page ends with. */
function stateOf(
  db: Database,
  now: number,
  { account, mark, cursor }: Asked,
): Promise<{ space: Space; newest: number }> {
  return read(db, async (trx) => {
    const space = (await spaceOf(trx, account)) ?? { id: '', seq: 0, retained: 0 }
    await checkPlace(trx, space, now, { mark, cursor })
    const newest = await trx
      .selectFrom('record')
      .select((eb) => eb.fn.max('seq').as('seq'))
      .where('space', '=', space.id)
      .executeTakeFirst()
    return { space, newest: newest?.seq ?? 0 }
  })
}

async function rangesOf(db: Database, space: string, asked: Asked): Promise<DigestAnswer['ranges']> {
  const ranges = new Map(asked.ranges.map((ending) => [ending, new Range()]))
  const lengths = [...new Set(asked.ranges.map((ending) => ending.length))]
  const without = new Set(asked.without)
  for (let last: string | null = ''; last !== null; ) {
    const page = await pageAfter(db, space, last, asked.ranges, lengths)
    for (const row of page.rows.filter(({ id }) => !without.has(id))) {
      for (const length of lengths) {
        const from = row.id.length - length
        ranges.get(row.id.slice(from))?.add(row, row.id.charAt(from - 1))
      }
    }
    last = page.last
  }
  return Object.fromEntries([...ranges].map(([ending, range]) => [ending, range.answer]))
}

/**
 * Digests of the next records whose ids have one of the endings, in order of id; of the records themselves there is
 * never more than one in memory.
 */
async function pageAfter(
  db: Database,
  space: string,
  after: string,
  endings: readonly string[],
  lengths: readonly number[],
): Promise<{ rows: Row[]; last: string | null }> {
  const ofLength = (length: number) => endings.filter((ending) => ending.length === length)
  const stream = db
    .selectFrom('record')
    .select(['id', 'kind', 'version', 'fields'])
    .where('space', '=', space)
    .where('id', '>', after)
    .where('purged', '=', 0)
    .$if(!lengths.includes(0), (query) =>
      query.where((eb) =>
        eb.or(lengths.map((length) => eb(sql<string>`substr(id, ${-length})`, 'in', ofLength(length)))),
      ),
    )
    .orderBy('id')
    .limit(ROWS)
    .stream()
  const rows: Row[] = []
  let read = 0
  for await (const row of stream) {
    const { id, version } = row
    rows.push({ id, version, digest: recordDigest({ ...row, fields: JSON.parse(row.fields) as Fields }) })
    read += row.fields.length
    if (rows.length === ROWS || read > CHARACTERS) return { rows, last: id }
  }
  return { rows, last: null }
}
