import type { Database } from './schema.ts'

/** So long a key replays its first answer. */
export const IDEMPOTENCY_MS = 30 * 24 * 3600_000

export interface KeptAnswer {
  /** A hash of the request that the key was first used for. */
  readonly request: string
  readonly status: number
  readonly body: string
}

export async function keptAnswer(
  db: Database,
  account: string,
  key: string,
  now: number,
): Promise<KeptAnswer | null> {
  const row = await db
    .selectFrom('idempotency')
    .select(['request', 'status', 'body'])
    .where('account', '=', account)
    .where('key', '=', key)
    .where('at', '>', now - IDEMPOTENCY_MS)
    .executeTakeFirst()
  return row ?? null
}

export async function keepAnswer(
  trx: Database,
  account: string,
  key: string,
  answer: KeptAnswer,
  now: number,
): Promise<void> {
  const row = { ...answer, at: now }
  await trx
    .insertInto('idempotency')
    .values({ account, key, ...row })
    .onConflict((conflict) => conflict.columns(['account', 'key']).doUpdateSet(row))
    .execute()
}
