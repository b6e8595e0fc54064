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

/** What a drain gathers until it rests or waits. */
export interface Notices {
  refused: Refused[]
  /** Once an outage, when a round has failed and something waits. */
  outage: Told | null
}

/** One notice, however many were refused; it names the first and its reason. */
export function tellGathered(world: EngineWorld, notices: Notices): void {
  const [first, ...more] = notices.refused
  if (first)
    notice(world, {
      is: 'refused',
      title: titleOf(first.record),
      more: more.length,
      message: first.message,
    })
  if (notices.outage) notice(world, notices.outage)
  forget(notices)
}

/** They were another library's. */
export function forget(notices: Notices): void {
  notices.refused = []
  notices.outage = null
}

const notice = (world: EngineWorld, told: Told): void => world.announce({ v: 1, type: 'notice', told })
