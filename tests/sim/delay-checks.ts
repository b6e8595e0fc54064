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
  /** By device: since when an entry has been waiting while nothing was wrong but with single ones. */
  readonly #seen = new Map<string, ReadonlyMap<string, number>>()

  constructor(sim: Simulation, fail: (checker: string, why: string) => void) {
    this.#sim = sim
    this.#fail = fail
  }

  /** @param waits whether an entry waits for a person, or is one that nobody takes */
  look(device: SimDevice, disk: DiskContents, waits: (entry: Entry) => boolean): void {
    const { now } = this.#sim.scheduler
    const { name } = device
    const before = this.#seen.get(name)
    const seen = new Map<string, number>()
    // By the world's time: a device's own clock may be set meanwhile.
    if (this.#isWell(device, disk))
      for (const entry of disk.entries)
        if (entry.state.is === 'ready') seen.set(keyOf(entry), before?.get(keyOf(entry)) ?? now)
    this.#seen.set(name, seen)
    for (const entry of disk.entries) {
      const waited = now - (seen.get(keyOf(entry)) ?? now)
      if (waited >= LIMIT && !waits(entry))
        this.#fail('delayed', `${name} has not sent ${JSON.stringify(entry)} for ${waited} ms`)
    }
  }

  /** A link that fails, a server that takes nothing or asks for a pause, a person who is not signed in or a page that sleeps delay everything. */
  #isWell({ link, tabs, name, rights }: SimDevice, { library, meta }: DiskContents): boolean {
    const connection = meta.find((row) => row.key === 'connection')
    const row = connection?.key === 'connection' ? connection.row : FINE
    return (
      link.online &&
      link.faults.length === 0 &&
      !this.#sim.server.choking &&
      library?.account != null &&
      library.reread === null &&
      (row.is === 'fine' || (row.is === 'failing' && row.asked === null)) &&
      tabs.some(({ ready, frozen, presence }) => ready && !frozen && (presence.visible || !rights)) &&
      !this.#sim.traps.some(({ device }) => device === name)
    )
  }
}

/** As long as nothing comes of it. */
const keyOf = ({ id, since, wait, flight }: Entry): string =>
  `${id} ${since} ${wait?.start} ${flight?.mutation.id}`
