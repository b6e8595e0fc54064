import { type Mark, PULL_LIMITS, type PullAnswer } from '../../src/core/protocol.ts'
import { feedPage } from '../db/feed.ts'
import { keepPlace } from '../db/reading.ts'
import type { Database } from '../db/schema.ts'
import { markOf, spaceOf } from '../db/spaces.ts'
import { read, write } from '../db/transaction.ts'
import { checkPlace } from './place.ts'

export interface Pull {
  readonly account: string
  readonly after: number
  readonly limit?: number | undefined
  readonly mark: Mark | null
  /** Only these records, for a device that compares what it holds. */
  readonly ids?: readonly string[] | null | undefined
}

/** One page of the account's feed, read from one state of the database. Throws a Refusal for a bad mark or cursor. */
export async function changes(db: Database, now: number, pull: Pull): Promise<PullAnswer> {
  const { answer, space, began } = await read(db, async (trx) => {
    // An account without a space yet has seen nothing here; a mark or cursor is then of a server that was replaced.
    const space = (await spaceOf(trx, pull.account)) ?? { id: '', seq: 0, retained: 0 }
    // Records that are asked for by name are told as they are; where in them the device is says nothing of its age.
    const cursor = pull.ids ? Math.max(pull.after, space.retained) : pull.after
    const began = await checkPlace(trx, space, now, { mark: pull.mark, cursor })
    const records = Math.min(pull.limit ?? PULL_LIMITS.records, PULL_LIMITS.records)
    const limits = { records, bytes: PULL_LIMITS.bytes }
    const page = await feedPage(trx, space.id, pull.after, limits, pull.ids)
    return { answer: { ...page, now, mark: await markOf(trx, space.id) }, space, began }
  })
  const { cursor } = answer
  // Before the answer: a place that was given out and not written down would be refused.
  if (began !== null && cursor > 0 && cursor < space.retained) {
    await write(db, (trx) => keepPlace(trx, space.id, { cursor, began }))
  }
  return answer
}
