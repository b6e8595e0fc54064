import * as v from 'valibot'
import type { Database } from './schema.ts'

const detail = v.object({ field: v.string(), problem: v.string() })

/**
 * What is remembered of a mutation. Of a record only the id: an answer to a repeated mutation has its first outcome
 * with the record as it is by then.
 */
const Remembered = v.variant('outcome', [
  v.object({ outcome: v.literal('applied'), record: v.string(), version: v.number(), seq: v.number() }),
  v.object({ outcome: v.literal('conflict'), record: v.string() }),
  v.object({ outcome: v.literal('duplicate'), record: v.string() }),
  v.object({
    outcome: v.literal('rejected'),
    code: v.string(),
    message: v.string(),
    details: v.optional(v.array(detail)),
  }),
  v.object({ outcome: v.literal('void') }),
])
export type Remembered = v.InferOutput<typeof Remembered>

/** The first outcome of a mutation that this account has sent before, or null. */
export async function firstOutcome(db: Database, account: string, id: string): Promise<Remembered | null> {
  const row = await db
    .selectFrom('mutation')
    .select('outcome')
    .where('account', '=', account)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ? v.parse(Remembered, JSON.parse(row.outcome)) : null
}

export async function remember(
  trx: Database,
  account: string,
  id: string,
  outcome: Remembered,
  at: number,
): Promise<void> {
  await trx
    .insertInto('mutation')
    .values({ account, id, outcome: JSON.stringify(outcome), at })
    .execute()
}
