import { mergeKind } from '../../src/core/records.ts'
import { presenceLock, type Right } from '../../src/core/session.ts'
import type { Change } from '../../src/core/write.ts'
import type { SimDevice } from './device.ts'
import type { DiskContents } from './disk.ts'
import type { Actor } from './scheduler.ts'
import type { Simulation } from './simulation.ts'
import type { SimTab } from './tab.ts'

/** A visible tab finds within this time that nobody has the right, and gets it; ms. */
const VACANT_LIMIT = 5000

/** A device's right to write as it was when it was last looked at. */
interface Seen {
  readonly library: string
  readonly right: Right
  /** By page how much it had written. */
  readonly writes: ReadonlyMap<string, string>
  /** Since when nobody alive has had the right; null: somebody has, or nobody is looking. */
  readonly vacantSince: number | null
}

/**
 * What must hold of tab rights (P7): the epoch only grows and belongs to one session, nothing is written with an older
 * one, what was refused is kept, what was typed before a hand-over is committed, and nobody waits long for a writer.
 */
export class RightsChecks {
  readonly #sim: Simulation
  readonly #fail: (checker: string, why: string) => void
  readonly #seen = new Map<string, Seen>()
  /** Who had an epoch. */
  readonly #holders = new Map<string, string>()

  constructor(sim: Simulation, fail: (checker: string, why: string) => void) {
    this.#sim = sim
    this.#fail = fail
  }

  /** Text that the store refused is kept as a draft, and is promised from then on as what was saved is. */
  drafted({ name }: SimDevice, actor: Actor, { kind, shown, typed }: Change): void {
    if (!this.#sim.rights) this.#fail('fenced', `${name} refuses a page that does not ask who may write`)
    const isText = (field: string): boolean => ['text', 'line'].includes(mergeKind(kind, field))
    if (Object.keys(typed).some(isText)) this.#sim.model.saved(`${actor.name}'s draft`, shown, typed)
  }

  /** A tab says that it has handed over. */
  handedOver({ name }: SimDevice, tab: SimTab): void {
    const open = tab.page.pen.uncommitted().length
    if (open > 0)
      this.#fail('hand-over', `${tab.actor.name} of ${name} hands over with ${open} writes under way`)
  }

  /** At a moment when nothing is being written on the device. */
  look(device: SimDevice, disk: DiskContents): void {
    const { name } = device
    const { right, library } = disk
    if (!library) return
    const writes = new Map(disk.writers.map((row) => [row.page, JSON.stringify(row.numbers)]))
    const before = this.#seen.get(name)
    const same = before?.library === library.id ? before : null
    if (same) this.#grows(name, same.right, right)
    for (const { page, epoch = 0 } of disk.writers) {
      if (epoch > right.epoch)
        this.#fail('fenced', `${name}: ${page} wrote with epoch ${epoch} of the future`)
      if (same && epoch < same.right.epoch && writes.get(page) !== same.writes.get(page))
        this.#fail('fenced', `${name}: ${page} wrote with epoch ${epoch} after ${same.right.epoch} was given`)
    }
    this.#alone(device, right)
    const vacantSince = this.#vacant(device, right, same)
    this.#seen.set(name, { library: library.id, right, writes, vacantSince })
  }

  #grows(name: string, before: Right, now: Right): void {
    if (now.epoch < before.epoch)
      this.#fail('epoch', `${name} goes back from ${before.epoch} to ${now.epoch}`)
    if (now.active === null) return
    const key = `${name} ${now.epoch}`
    const holder = this.#holders.get(key) ?? now.active
    this.#holders.set(key, holder)
    if (holder !== now.active)
      this.#fail('epoch', `${name}: ${holder} and ${now.active} both had epoch ${now.epoch}`)
  }

  /** Of the pages that take themselves for the one that may write, one at most has the epoch. */
  #alone({ name, tabs, rights }: SimDevice, right: Right): void {
    if (!rights) return
    const may = tabs.filter(
      (tab) => tab.ready && tab.control === 'active' && tab.page.pen.epoch === right.epoch,
    )
    if (may.length > 1)
      this.#fail('one-writer', `${name}: ${may.map(({ actor }) => actor.name).join(' and ')} may write`)
  }

  #vacant(device: SimDevice, right: Right, before: Seen | null): number | null {
    const { now } = this.#sim.scheduler
    const taken = right.active !== null && device.heldLocks().includes(presenceLock(right.active))
    const wanting = device.tabs.filter((tab) => tab.ready && tab.presence.visible && !tab.frozen)
    if (taken || wanting.length === 0 || !device.rights) return null
    const changed = !before || before.right.epoch !== right.epoch || before.right.active !== right.active
    const since = changed ? now : (before.vacantSince ?? now)
    const waited = now - Math.max(since, Math.min(...wanting.map(({ awakeSince }) => awakeSince)))
    if (waited > VACANT_LIMIT)
      this.#fail('vacant', `${device.name} has had nobody who may write for ${waited} ms`)
    return since
  }
}
