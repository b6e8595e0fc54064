import type { Change } from '../core/protocol.ts'
import { type RecordState, sameJson } from '../core/records.ts'
import { sendWhole, takeInRestored } from '../core/reread.ts'
import type { Repaired } from '../core/verify.ts'
import type { Database, Transaction } from './database.ts'
import { HELD_STORES, readHeld, writeHeld, writeSettled } from './held.ts'
import { requireLibrary } from './library.ts'
import { writeReceipt } from './receipts.ts'

/**
 * Brings records that differ together as after a server's restore: without base, since their versions say nothing;
 * what loses goes to history. One that was edited meanwhile is left to its edit.
 * @param changes these records as the server has them, by id, null where that cannot be read; what it lacks is sent whole
 * @param time the server's
 */
export function repair(
  db: Database,
  library: string,
  ids: readonly string[],
  changes: ReadonlyMap<string, Change | null>,
  now: number,
  time: number,
): Promise<Repaired[]> {
  return db.run(
    [...HELD_STORES, 'meta'],
    'readwrite',
    async (tx) => {
      await requireLibrary(tx, library)
      const repaired: Repaired[] = []
      for (const id of ids) repaired.push({ id, done: await repairOne(tx, id, changes.get(id), now, time) })
      return repaired
    },
    'strict',
  )
}

async function repairOne(
  tx: Transaction,
  id: string,
  change: Change | null | undefined,
  now: number,
  time: number,
): Promise<Repaired['done']> {
  const held = await readHeld(tx, id)
  const { record, entry } = held
  if (entry || change === null || same(record, change?.record)) return 'left'
  if (!change) {
    await writeHeld(tx, id, sendWhole(held, now))
    return 'sent'
  }
  const settled = takeInRestored(held, change.record, now)
  await writeSettled(tx, id, settled, now)
  await writeReceipt(tx, change, time)
  return settled.entry ? 'merged' : record ? 'replaced' : 'taken'
}

const same = (mine: RecordState | null, theirs: RecordState | undefined): boolean =>
  mine?.version === theirs?.version && sameJson(mine?.fields, theirs?.fields)
