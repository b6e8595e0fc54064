import { Database } from '../../src/store/database.ts'
import { calm, within } from './run.ts'
import type { Said, ServerContents, ServerRevision } from './server.ts'
import { Simulation } from './simulation.ts'
import { Hands } from './traces/hands.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const json = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Said => ({
  status,
  headers,
  body: JSON.stringify(body),
})
export const refusal = (status: number, code: string): Said =>
  json(status, { error: { code, message: 'No.' } })

/** A scripted world: who does what, and when, is the script's; only the order of what is left open is the seed's. */
export class World {
  readonly sim: Simulation
  readonly hands: readonly Hands[]

  constructor(sim: Simulation) {
    this.sim = sim
    this.hands = sim.devices.map((device) => new Hands(this, device))
  }

  /** A word like no other, which the checkers follow. */
  word(): string {
    return this.sim.model.token()
  }

  /** Time passes, everything that may happen in it happens, and the checkers look. */
  async pass(ms: number): Promise<void> {
    await this.sim.scheduler.advance(ms)
    if (this.sim.server.read().seq > 0) this.sim.checks.now()
    this.#fault()
  }

  /** Time passes until it is so. */
  async until(isSo: () => boolean, what: string): Promise<void> {
    const { scheduler } = this.sim
    const begun = scheduler.now
    const end = begun + 15 * MINUTE
    const step = (): number => (scheduler.now < begun + 10 * SECOND ? 100 : SECOND)
    for (await scheduler.quiet(); !isSo(); await scheduler.advance(step()))
      if (scheduler.now > end)
        throw new Error(`waited in vain for ${what}\n${this.sim.lines.slice(-60).join('\n')}`)
    await this.pass(0)
  }

  /** Nobody types, the network holds: everything must come to rest and be the same everywhere. */
  async calm(): Promise<void> {
    for (const { device } of this.hands) {
      device.link.gate = null
      device.link.reachableOffline = false
    }
    await calm(this.sim)
    this.#fault()
  }

  #fault(): void {
    const { violation, lines } = this.sim
    if (violation) throw new Error(`${violation.message}\n${lines.slice(-60).join('\n')}`)
  }

  get there(): ServerContents {
    return this.sim.server.read()
  }

  onServer(id: string): ServerContents['records'][number] | undefined {
    return this.there.records.find((record) => record.id === id)
  }

  revisionsOf(id: string): ServerRevision[] {
    return this.there.revisions.filter(({ record }) => record === id)
  }

  /** The same value of a field on every device and at the server; the values where they are not. */
  everywhere(id: string, field: string): unknown {
    const all = [...this.hands.map((one) => one.value(id, field)), this.onServer(id)?.fields[field]]
    const [first] = all
    return all.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : all
  }

  /** Something outside: a request to the server that is made by hand, a copy of its file. */
  async outside<T>(work: () => Promise<T>): Promise<T> {
    const { scheduler } = this.sim
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    scheduler.post(scheduler.root, () => void scheduler.exclusive(work).then(resolve, reject))
    return scheduler.until(promise)
  }

  backup(): Promise<void> {
    return this.outside(() => this.sim.server.backup())
  }

  /** The server's disk is gone, with all that only it had since the copy. */
  async restore(): Promise<void> {
    await this.outside(() => this.sim.server.restore())
    this.sim.checks.serverRestored()
  }

  /** One device's disk is copied to another's, as a restored or cloned browser profile is. */
  async clone(from: Hands, to: Hands): Promise<void> {
    const { scheduler } = this.sim
    const copy = async (): Promise<void> => {
      const source = await Database.open({}, from.device.name)
      const target = await Database.open({}, to.device.name)
      const stores = ['records', 'bases', 'outbox', 'history', 'meta'] as const
      for (const store of stores) {
        const rows = await source.run([store], 'readonly', (tx) => tx.objectStore(store).getAll())
        await target.run([store], 'readwrite', async (tx) => {
          await tx.objectStore(store).clear()
          for (const row of rows) await tx.objectStore(store).put(row as never)
        })
      }
      source.close()
      target.close()
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    scheduler.post(scheduler.root, () => void copy().then(resolve, reject))
    await scheduler.until(promise)
  }
}

interface Setting {
  readonly devices?: number
  /** Whether all begin with the account's library. */
  readonly signedIn?: boolean
  /** Whether the last device is another account's, a member of the space. */
  readonly member?: boolean
  /** Whether pages ask who may write. */
  readonly rights?: boolean
}

/** Plays a script in a world of its own; one at a time in a process. */
export async function play(
  script: (world: World, ...hands: [Hands, Hands, Hands]) => Promise<void>,
  { devices = 2, signedIn = true, member = false, rights = false }: Setting = {},
): Promise<void> {
  const sim = await Simulation.begin({ seed: 7, devices, member, rights })
  sim.pokes = false
  await within(sim, async () => {
    const world = new World(sim)
    for (const one of world.hands) await one.openTab()
    if (signedIn) for (const one of world.hands) await one.signIn()
    await script(world, ...(world.hands as [Hands, Hands, Hands]))
  })
  if (sim.violation) throw sim.violation
}
