import { Persistence } from '../../src/persistence.ts'
import { readSyncState } from '../../src/store/read.ts'
import { PawkitModel } from '../../src/ui/controllers/page-model.ts'
import type { Device } from './device.ts'
import { freshBrowser, memory } from './memory.ts'
import { aloneHere } from './presence.ts'

/** A page of a device, without a worker of its own. */
export async function openPage({ db, clock, world }: Device, presence = aloneHere): Promise<PawkitModel> {
  const { library } = await readSyncState(db)
  if (!library) throw new Error('no library')
  return PawkitModel.open({
    db,
    library,
    worker: null,
    stream: null,
    persistence: new Persistence({ manager: undefined, memory: memory() }),
    ...freshBrowser(),
    presence,
    now: () => clock.now,
    newId: world.newId,
  })
}
