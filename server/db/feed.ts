import type { Author } from '../../src/core/authors.ts'
import type { Change } from '../../src/core/protocol.ts'
import type { Fields, Stamps } from '../../src/core/records.ts'
import type { Database } from './schema.ts'

export interface FeedPage {
  readonly changes: readonly Change[]
  readonly cursor: number
  readonly more: boolean
}

/**
 * The space's records in order of their last seq, one row each, from after `after`. The cursor is the seq of the
 * last row returned and never the space's counter (traces.md, 41). With `ids`, only those records.
 */
export async function feedPage(
  db: Database,
  space: string,
  after: number,
  limits: { readonly records: number; readonly bytes: number },
  ids: readonly string[] | null = null,
): Promise<FeedPage> {
  const rows = db
    .selectFrom('record')
    // A seq whose change is no longer kept has no time.
    .leftJoin('change', (join) =>
      join.onRef('change.space', '=', 'record.space').onRef('change.seq', '=', 'record.seq'),
    )
    .select(['id', 'kind', 'version', 'record.seq', 'fields', 'stamps', 'authors', 'change.at'])
    .where('record.space', '=', space)
    .where('record.seq', '>', after)
    .$if(ids !== null, (query) => query.where('record.id', 'in', ids ?? []))
    .orderBy('record.seq')
    .limit(limits.records + 1)
    .stream()
  const changes: Change[] = []
  let bytes = 0
  let cursor = after
  for await (const { seq, at, fields, stamps, authors, ...row } of rows) {
    bytes += Buffer.byteLength(fields) + stamps.length + (authors?.length ?? 0)
    if (changes.length > 0 && (bytes > limits.bytes || changes.length === limits.records)) {
      return { changes, cursor, more: true }
    }
    changes.push({
      seq,
      ...(at !== null && { at }),
      record: {
        ...row,
        fields: JSON.parse(fields) as Fields,
        stamps: JSON.parse(stamps) as Stamps,
        ...(authors !== null && { by: JSON.parse(authors) as readonly Author[] }),
      },
    })
    cursor = seq
  }
  return { changes, cursor, more: false }
}
