import { nameTaken } from '../../store/device-name.ts'
import { readDevice } from '../../store/library.ts'
import { askRename } from '../devices-client.ts'
import type { DeviceWorld } from './device-desk.ts'

/**
 * Tells the server the name that a person gave this device here, where it has not heard of it.
 * @returns whether it is still to be told one
 */
export async function tellName(world: DeviceWorld, account: string, signal: AbortSignal): Promise<boolean> {
  const { db, named } = world
  const row = await readDevice(db, 'name')
  if (!row?.unsent) return false
  // One that the server does not know yet is known with its first pull; then this is tried again.
  const answer = await askRename(account, world.library(), row.name, signal)
  if (answer.is !== 'answer' || !(await nameTaken(db, row.name))) return true
  named(row.name, false)
  return false
}
