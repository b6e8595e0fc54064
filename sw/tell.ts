import type { Told } from '../src/core/messages.ts'
import { type RecordState, titleOf } from '../src/core/records.ts'
import type { Applied } from '../src/store/tally.ts'
import type { EngineWorld } from './engine.ts'

/** Tells the pages what an applied answer did; a notice names its record. */
export function tell(world: EngineWorld, applied: Applied): void {
  if (applied.ids.length > 0) world.announce({ v: 1, type: 'records-changed', ids: applied.ids })
  world.announce({ v: 1, type: 'status-changed' })
  for (const is of ['returned', 'conflicts', 'overruled'] as const)
    for (const record of applied[is])
      notice(world, { is: is === 'conflicts' ? 'conflict' : is, title: titleOf(record) })
}

/** A change that the server refused; it waits for a person. */
export interface Refused {
  readonly record: RecordState
  readonly message: string
}

/** One notice, however many were refused; it names the first and its reason. */
export function tellRefused(world: EngineWorld, [first, ...more]: readonly Refused[]): void {
  if (!first) return
  const { record, message } = first
  notice(world, { is: 'refused', title: titleOf(record), more: more.length, message })
}

/** Once an outage, when its first round has failed. */
export function tellOutage(world: EngineWorld, why: string, waiting: number): void {
  if (waiting > 0) notice(world, { is: 'outage', why, waiting })
}

const notice = (world: EngineWorld, told: Told): void => world.announce({ v: 1, type: 'notice', told })
