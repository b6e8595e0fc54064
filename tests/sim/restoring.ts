import type { Fields, RecordState } from '../../src/core/records.ts'
import { restoring } from '../../src/ui/restoring.ts'
import type { SimDevice } from './device.ts'
import type { Random } from './random.ts'
import { isBane } from './server.ts'
import type { Simulation } from './simulation.ts'
import type { SimTab } from './tab.ts'

/** What `Restore` leaves as it is. */
const UNRESTORED: ReadonlySet<string> = new Set(['createdAt', 'formerIds', 'deleted', 'purged'])

/** What a record's version history offers: what this device has put aside and, online, what the server had. */
function versionsOf(sim: Simulation, device: SimDevice, id: string): Fields[] {
  const { history } = sim.disks.read(device.name)
  const aside = history.filter((row) => row.recordId === id).map(({ field, value }) => ({ [field]: value }))
  const there = device.link.online ? sim.server.read().revisions : []
  const versions = there.filter(({ record, applied }) => record === id && applied).map(({ fields }) => fields)
  return [...aside, ...versions]
    .map((fields) => Object.fromEntries(Object.entries(fields).filter(([field]) => !UNRESTORED.has(field))))
    .filter((fields) => !isBane(JSON.stringify(fields)))
}

/** A person presses `Restore` at one version, as `RecordHistory` does it: what it replaces stays in the history. */
export async function restoreVersion(
  sim: Simulation,
  device: SimDevice,
  tab: SimTab,
  record: RecordState,
  random: Random,
): Promise<void> {
  const { id } = record
  const fields = random.pick(versionsOf(sim, device, id))
  const db = tab.database
  if (!db || !fields) return
  const { shown, typed } = restoring(record, fields)
  const changed = Object.keys(typed)
  if (changed.length === 0) return
  sim.trace(`${tab.actor.name} restores ${changed.join()} of ${id}`)
  tab.restored.add(typed)
  sim.model.replaced(id, shown, typed)
  tab.edit(record, typed, 'put-back')
}
