import { type RecordState, titleOf } from '../src/core/records.ts'
import type { Applied } from '../src/store/apply.ts'
import type { EngineWorld } from './engine.ts'

/** Tells the pages what an applied answer did; a notice names its record. */
export function tell(world: EngineWorld, applied: Applied): void {
  if (applied.ids.length > 0) world.announce({ v: 1, type: 'records-changed', ids: applied.ids })
  world.announce({ v: 1, type: 'status-changed' })
  for (const record of applied.returned) {
    world.announce({
      v: 1,
      type: 'notice',
      kind: 'status',
      text: `“${titleOf(record)}” was deleted on one device and edited on another. The edit was kept, so it is back.`,
    })
  }
  for (const { record, message } of applied.refused) tellRefused(world, record, message)
}

/** The server refused one record's change; it waits for a person. */
export function tellRefused(world: EngineWorld, record: RecordState, message: string): void {
  const text = `“${titleOf(record)}” is saved on this device, but the server refused it: ${message} Change it, and it is sent again.`
  world.announce({ v: 1, type: 'notice', kind: 'alert', text })
}

/** Once an outage, when its first round has failed. */
export function tellOutage(world: EngineWorld, why: string, waiting: number): void {
  if (waiting === 0) return
  const changes = waiting === 1 ? '1 change waits' : `${waiting} changes wait`
  world.announce({
    v: 1,
    type: 'notice',
    kind: 'alert',
    about: 'outage',
    text: `${why} ${changes}, saved on this device; Pawkit tries again by itself.`,
  })
}
