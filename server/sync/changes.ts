import { type Mark, PULL_LIMITS, type PullAnswer } from '../../src/core/protocol.ts'
import { feedPage } from '../db/feed.ts'
import type { Database } from '../db/schema.ts'
import { checkMark, markOf, spaceOf } from '../db/spaces.ts'
import { read } from '../db/transaction.ts'
import { refuseMark } from './request.ts'

export interface Pull {
  readonly account: string
  readonly after: number
  readonly limit?: number | undefined
  readonly mark: Mark | null
  /** Only these records, for a device that compares what it holds. */
  readonly ids?: readonly string[] | null | undefined
}

/** One page of the account's feed, read from one state of the database. Throws a Refusal for a bad mark or cursor. */
export function changes(db: Database, now: number, pull: Pull): Promise<PullAnswer> {
  return read(db, async (trx) => {
    // An account without a space yet has seen nothing here; a mark or cursor is then of a server that was replaced.
    const space = (await spaceOf(trx, pull.account)) ?? { id: '', seq: 0, retained: 0 }
    const state = await checkMark(trx, space, pull.mark)
    if (state !== 'known') throw refuseMark(state)
    if (pull.after > space.seq) throw refuseMark('diverged')
    if (pull.after > 0 && pull.after < space.retained) throw refuseMark('expired')
    const records = Math.min(pull.limit ?? PULL_LIMITS.records, PULL_LIMITS.records)
    const limits = { records, bytes: PULL_LIMITS.bytes }
    const page = await feedPage(trx, space.id, pull.after, limits, pull.ids)
    return { ...page, now, mark: await markOf(trx, space.id) }
  })
}
