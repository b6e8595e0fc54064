import type { Mark } from '../../src/core/protocol.ts'
import { readBegan } from '../db/reading.ts'
import type { Tx } from '../db/schema.ts'
import { checkMark, type Space } from '../db/spaces.ts'
import { refuseMark } from './request.ts'

interface Place {
  readonly mark: Mark | null
  readonly cursor: number
}

/**
 * Refuses a mark or cursor from which a device cannot go on. Otherwise: when the fresh read began that it is of, or
 * null where it is no place below what is kept.
 */
export async function checkPlace(
  trx: Tx,
  space: Space,
  now: number,
  { mark, cursor }: Place,
): Promise<number | null> {
  const state = await checkMark(trx, space, mark)
  if (state !== 'known') throw refuseMark(state)
  if (cursor > space.seq) throw refuseMark('diverged')
  if (cursor >= space.retained) return null
  if (cursor === 0) return now
  const began = await readBegan(trx, space.id, cursor, now)
  if (began === null) throw refuseMark('expired')
  return began
}
