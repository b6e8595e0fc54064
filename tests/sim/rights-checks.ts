import { type Json, mergeKind, type RecordState, sameJson } from '../../src/core/records.ts'
import { presenceLock, type Right } from '../../src/core/session.ts'
import type { Change } from '../../src/core/write.ts'
import { canonical } from './contents.ts'
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
  /** Pages that are wrong about their right, since when. */
  readonly #wrongSince = new WeakMap<SimTab, number>()
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
    const says = ([field, value]: [string, Json | undefined]): boolean =>
      isText(field) && !sameJson(shown[field] ?? '', value ?? '')
    if (Object.entries(typed).some(says)) this.#sim.model.saved(`${actor.name}'s draft`, shown, typed)
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
    const written = disk.writers.filter(({ numbers }) => Object.keys(numbers).length > 0)
    const writes = new Map(written.map((row) => [row.page, JSON.stringify(row.numbers)]))
    const before = this.#seen.get(name)
    const same = before?.library === library.id ? before : null
    if (same) this.#grows(name, same.right, right)
    for (const { page, epoch = 0 } of written) {
      if (epoch > right.epoch)
        this.#fail('fenced', `${name}: ${page} wrote with epoch ${epoch} of the future`)
      if (same && epoch < same.right.epoch && writes.get(page) !== same.writes.get(page))
        this.#fail('fenced', `${name}: ${page} wrote with epoch ${epoch} after ${same.right.epoch} was given`)
    }
    this.#alone(device, right)
    this.#knows(device, right)
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

  /** A page that somebody looks at knows before long whether it may write. */
  #knows({ name, tabs, rights }: SimDevice, right: Right): void {
    const { now } = this.#sim.scheduler
    for (const tab of rights ? tabs : []) {
      const { ready, frozen, presence } = tab
      const active = presence.id === right.active
      if (!ready || frozen || !presence.visible || (tab.control === 'active') === active) {
        this.#wrongSince.delete(tab)
        continue
      }
      const since = this.#wrongSince.get(tab) ?? now
      this.#wrongSince.set(tab, since)
      const waited = now - Math.max(since, tab.awakeSince)
      if (waited > VACANT_LIMIT)
        this.#fail(
          'control',
          `${name}: ${tab.actor.name} is ${tab.control} for ${waited} ms, which is not so`,
        )
    }
  }

  /**
   * In the end every page shows what is stored; stamps and versions nobody sees. Pages that do not ask who may write
   * cannot learn that one of them was killed between its commit and its broadcast.
   */
  shown({ name, tabs, rights }: SimDevice, { records }: DiskContents): void {
    if (!rights) return
    const seen = (record: RecordState): string => canonical({ ...record, version: 0, stamps: {} })
    for (const { actor, ready, views } of tabs)
      for (const record of ready ? records : []) {
        const view = views.get(record.id)
        if (record.fields.purged !== true && (!view || seen(view) !== seen(record)))
          this.#fail('shown', `${actor.name} of ${name} shows ${view && seen(view)} for ${seen(record)}`)
      }
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
