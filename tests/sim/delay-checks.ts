import { FINE } from '../../src/core/backoff.ts'
import type { Entry } from '../../src/core/outbox.ts'
import type { SimDevice } from './device.ts'
import type { DiskContents } from './disk.ts'
import type { Simulation } from './simulation.ts'

/**
 * How long what can be sent may wait on a device where all is well: the longest pause between two rounds is 5 min, and
 * an entry that nothing takes may be found, and be set aside, in the second of them.
 */
const LIMIT = 700_000

/** P8: an entry that nobody takes delays none of the others. */
export class DelayChecks {
  readonly #sim: Simulation
  readonly #fail: (checker: string, why: string) => void
  /** Since when nothing has been wrong but with single entries. */
  readonly #wellSince = new Map<string, number>()

  constructor(sim: Simulation, fail: (checker: string, why: string) => void) {
    this.#sim = sim
    this.#fail = fail
  }

  /** @param waits whether an entry waits for a person, or is one that nobody takes */
  look(device: SimDevice, disk: DiskContents, waits: (entry: Entry) => boolean): void {
    const { now } = this.#sim.scheduler
    const { name } = device
    if (!this.#isWell(device, disk)) {
      this.#wellSince.set(name, now)
      return
    }
    const since = this.#wellSince.get(name) ?? now
    this.#wellSince.set(name, since)
    if (now - since < LIMIT) return
    const delayed = disk.entries.find(
      (entry) => entry.state.is === 'ready' && !waits(entry) && this.#isOld(device, entry),
    )
    if (delayed)
      this.#fail(
        'delayed',
        `${name} has not sent ${delayed.id} for ${now - since} ms: ${JSON.stringify(delayed)}`,
      )
  }

  /** A link that fails, a server that takes nothing, a person who is not signed in or a page that sleeps delay everything. */
  #isWell({ link, tabs, name }: SimDevice, { library, meta }: DiskContents): boolean {
    const connection = meta.find((row) => row.key === 'connection')
    const row = connection?.key === 'connection' ? connection.row : FINE
    return (
      link.online &&
      link.faults.length === 0 &&
      !this.#sim.server.choking &&
      library?.account != null &&
      library.reread === null &&
      (row.is === 'fine' || row.is === 'failing') &&
      tabs.some(({ ready, frozen, presence }) => ready && !frozen && presence.visible) &&
      !this.#sim.traps.some(({ device }) => device === name)
    )
  }

  #isOld({ now }: SimDevice, { since, wait }: Entry): boolean {
    return now - Math.max(since, wait?.start ?? 0) >= LIMIT
  }
}
