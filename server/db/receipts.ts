import type { Database } from './schema.ts'

/** So many steps of a device are kept: what it had before them, it has had since a time that is no longer known. */
const STEPS = 200

interface Step {
  readonly account: string
  readonly device: string
  /** What was known of the device; null: nothing. */
  readonly before: { readonly cursor: number; readonly cursor_at: number | null } | null
  readonly cursor: number
}

/**
 * A device says up to which seq it has read. That is an acknowledgement, not what it was offered: it stores its cursor in
 * the transaction that stores the records (`src/store/apply.ts`), and names the stored one with its next pull.
 * For write transactions.
 */
export async function keepStep(
  trx: Database,
  { account, device, before, cursor }: Step,
  now: number,
): Promise<void> {
  const steps = trx
    .selectFrom('device_step')
    .select('cursor')
    .where('account', '=', account)
    .where('device', '=', device)
  const drop = trx.deleteFrom('device_step').where('account', '=', account).where('device', '=', device)
  // Of one that has not said before how far it was, nobody knows how long it has been there.
  if (before === null || before.cursor_at === null) return
  if (cursor < before.cursor) await drop.where('cursor', '>', cursor).execute()
  if (cursor <= before.cursor) return
  await trx
    .insertInto('device_step')
    .values({ account, device, above: before.cursor, cursor, at: now })
    .execute()
  const beyond = await steps.orderBy('cursor', 'desc').limit(1).offset(STEPS).executeTakeFirst()
  if (beyond) await drop.where('cursor', '<=', beyond.cursor).execute()
}

/** Forgets the steps of a device that is forgotten. */
export async function forgetSteps(trx: Database, account: string, device: string): Promise<void> {
  await trx.deleteFrom('device_step').where('account', '=', account).where('device', '=', device).execute()
}

/** Remembers which device made these changes: it has had them since, and need not say so. */
export async function madeOn(
  trx: Database,
  space: string,
  device: string,
  seqs: readonly number[],
): Promise<void> {
  if (seqs.length === 0) return
  await trx
    .updateTable('change')
    .set({ device })
    .where('space', '=', space)
    .where('seq', 'in', seqs)
    .execute()
}

/** The last change of a record: its version and seq, and the device that made it and when, where that is known. */
export function lastChange(db: Database, space: string, record: string) {
  return db
    .selectFrom('record')
    .leftJoin('change', (join) =>
      join.onRef('change.space', '=', 'record.space').onRef('change.seq', '=', 'record.seq'),
    )
    .select(['record.version', 'record.seq', 'change.device', 'change.at'])
    .where('record.space', '=', space)
    .where('record.id', '=', record)
    .executeTakeFirst()
}

/** Since when each of the account's devices has had a seq, as far as that is known. */
export async function sinceWhen(
  db: Database,
  account: string,
  seq: number,
): Promise<ReadonlyMap<string, number>> {
  const steps = await db
    .selectFrom('device_step')
    .select(['device', 'at'])
    .where('account', '=', account)
    .where('above', '<', seq)
    .where('cursor', '>=', seq)
    .execute()
  return new Map(steps.map(({ device, at }) => [device, at]))
}
