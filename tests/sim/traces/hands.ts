import type { Resolution } from '../../../src/core/conflict.ts'
import { uuidV7 } from '../../../src/core/ids.ts'
import { type Fields, type Kind, type RecordState, text } from '../../../src/core/records.ts'
import type { StoredConflict } from '../../../src/store/conflicts.ts'
import type { Database } from '../../../src/store/database.ts'
import { discardChange, retryFailed } from '../../../src/store/failed.ts'
import { adoptLibrary, wipeLibrary } from '../../../src/store/library.ts'
import type { SimDevice } from '../device.ts'
import type { DiskContents } from '../disk.ts'
import { purge } from '../edits.ts'
import { isPush, type LinkRequest, pathOf } from '../link.ts'
import type { World } from '../script.ts'
import type { Said } from '../server.ts'
import type { SimTab } from '../tab.ts'

/** Which requests; where on their way. */
type What = 'push' | 'pull' | 'sign-out'
type Where = 'there' | 'back'
const whatOf = (request: LinkRequest): What | null => {
  if (isPush(request)) return 'push'
  if (pathOf(request).endsWith('/changes')) return 'pull'
  return pathOf(request).endsWith('/sign-out') ? 'sign-out' : null
}

/** What becomes of a request or an answer at a place that it passes; null: there it goes on, back it is cut off. */
type Rule = (request: LinkRequest, said: Said | null) => Promise<Said | null> | Said | null

/** One request or answer that is held until somebody lets it go. */
export class Held {
  readonly #world: World
  readonly #release: (said: Said | null) => void
  readonly passing: Promise<Said | null>
  request: LinkRequest | null = null
  said: Said | null = null

  constructor(world: World) {
    this.#world = world
    const { promise, resolve } = Promise.withResolvers<Said | null>()
    this.passing = promise
    this.#release = resolve
  }

  /** Time passes until there is one. */
  async caught(): Promise<LinkRequest> {
    await this.#world.until(() => this.request !== null, 'the request that is to be held')
    return this.request as LinkRequest
  }

  /** It goes on, or `said` goes back in its place. */
  release(said: Said | null = this.said): void {
    const { scheduler } = this.#world.sim
    scheduler.post(scheduler.root, () => this.#release(said))
  }
}

/** One person's hands at one device. */
export class Hands {
  readonly device: SimDevice
  readonly #world: World
  readonly #rules: { readonly what: What; readonly where: Where; readonly rule: Rule }[] = []

  constructor(world: World, device: SimDevice) {
    this.#world = world
    this.device = device
    const pass = (request: LinkRequest, where: Where, said: Said | null): Promise<Said | null> | null => {
      const first = this.#rules.find((one) => one.where === where && one.what === whatOf(request))
      return first ? Promise.resolve(first.rule(request, said)) : null
    }
    device.link.gate = {
      there: (request) => pass(request, 'there', null),
      back: (request, said) => pass(request, 'back', said),
    }
  }

  /** The page that its person looks at: the one opened first. */
  get tab(): SimTab {
    const [tab] = this.device.tabs
    if (!tab) throw new Error(`${this.device.name} has no page open`)
    return tab
  }

  /** Something a page's code does, in a task of that page. */
  async inTab<T>(work: (tab: SimTab, db: Database) => T, tab = this.tab): Promise<T> {
    const { scheduler } = this.#world.sim
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    scheduler.post(tab.actor, () => {
      const { database } = tab
      if (!database) return reject(new Error(`${tab.actor.name} is not ready`))
      try {
        resolve(work(tab, database))
      } catch (error) {
        reject(error)
      }
    })
    const done = await scheduler.until(promise)
    await scheduler.quiet()
    return done
  }

  async openTab(): Promise<SimTab> {
    const tab = this.device.openTab()
    await this.#world.sim.scheduler.quiet()
    return tab
  }

  create(kind: Kind, fields: Fields): Promise<string> {
    const createdAt = new Date(this.#world.sim.scheduler.now).toISOString()
    return this.inTab((tab) => tab.create(kind, { ...fields, createdAt }))
  }

  /** Types into an editor and leaves it, or is still at it; the editor stays open either way. */
  type(
    id: string,
    field: string,
    change: string | ((before: string) => string),
    { tab = this.tab, leaving = true } = {},
  ): Promise<void> {
    return this.inTab((at) => {
      const shown = at.views.get(id)
      if (!shown) throw new Error(`${at.actor.name} does not show ${id}`)
      at.type(shown, field, typeof change === 'string' ? () => change : change, leaving)
    }, tab)
  }

  /** Sets values of the record as the page shows it. */
  set(id: string, fields: Fields, tab = this.tab): Promise<void> {
    return this.inTab((at) => {
      const shown = at.views.get(id)
      if (!shown) throw new Error(`${at.actor.name} does not show ${id}`)
      if (fields.purged === true) purge(this.#world.sim, this.device, at, shown)
      else at.edit(shown, fields)
    }, tab)
  }

  bin(id: string): Promise<void> {
    return this.set(id, { deleted: true })
  }

  purge(id: string): Promise<void> {
    return this.set(id, { deleted: true, purged: true })
  }

  /** Reads what is new. */
  async pull(): Promise<void> {
    this.device.wake('poke')
    const isRead = () => (this.disk.library?.cursor ?? 0) >= this.#world.there.seq
    await this.#world.until(isRead, `${this.device.name} to have read all`)
  }

  /** Time passes until everything of this device is on the server. */
  sent(): Promise<void> {
    return this.#world.until(() => this.disk.entries.length === 0, `${this.device.name} to have sent all`)
  }

  /** A click on `Retry` or `Discard` in `Failed changes`. */
  async failedChange(act: 'retry' | 'discard', id: string): Promise<void> {
    const { device } = this
    const work = (tab: SimTab, db: Database): Promise<unknown> =>
      act === 'retry'
        ? retryFailed(db, { library: tab.library, epoch: 0 }, [id], device.now)
        : discardChange(db, { library: tab.library, epoch: 0 }, id, device.now)
    await this.inTab((tab, db) => void this.#world.sim.scheduler.post(tab.actor, () => void work(tab, db)))
    device.wake('retry')
  }

  /** What a page's list of open conflicts shows now. */
  async conflict(id: string): Promise<StoredConflict> {
    const found = await this.inTab(async (tab) => {
      await tab.look()
      return tab.conflicts.get(id)
    })
    if (!found) throw new Error(`${this.device.name} has no conflict of ${id}`)
    return found
  }

  /** Settles a conflict, by what the page shows now or by what it was showing. */
  async resolve(id: string, resolution: Resolution, shown?: StoredConflict): Promise<void> {
    const by = shown ?? (await this.conflict(id))
    await this.inTab((tab) => void tab.resolve(by, resolution))
  }

  /** The library becomes an account's; by default the one that everybody's cookie is of. */
  async signIn(account = this.#world.sim.server.accountOf(this.device.name)): Promise<void> {
    await this.inTab((tab, db) => void adoptLibrary(db, tab.library, account))
    this.#world.sim.checks.polite.signedIn(this.device)
    this.device.wake('signed-in')
    await this.#world.pass(1000)
  }

  /** `Sign out`: this page wipes the library and begins anew. `told`: the worker has got the page's message before. */
  async signOut(told = true): Promise<void> {
    const { device, tab: leaving } = this
    const next = uuidV7(device.now, this.#world.sim.random.bytes(16))
    if (told) device.tell({ v: 1, type: 'abort' })
    await this.inTab((_, db) => void wipeLibrary(db, next, device.now))
    device.closeTab(leaving, true)
    await this.openTab()
    device.wake('signed-in')
  }

  /** Holds the next such request before it arrives, or the answer to it. */
  hold(what: What, where: Where): Held {
    const held = new Held(this.#world)
    const stop = this.answer(what, where, (request, said) => {
      held.request = request
      held.said = said
      stop()
      return held.passing
    })
    return held
  }

  /** For every such request from now on, before older rules; @returns what ends it. */
  answer(what: What, where: Where, rule: Rule): () => void {
    const one = { what, where, rule }
    this.#rules.unshift(one)
    return () => void this.#rules.splice(this.#rules.indexOf(one) >>> 0, 1)
  }

  get disk(): DiskContents {
    return this.#world.sim.disks.read(this.device.name)
  }

  record(id: string): RecordState | undefined {
    return this.disk.records.find((record) => record.id === id)
  }

  entry(id: string) {
    return this.disk.entries.find((entry) => entry.id === id)
  }

  /** A field as it lies in the store. */
  value(id: string, field: string) {
    return this.record(id)?.fields[field]
  }

  text(id: string, field: string): string {
    return text(this.value(id, field))
  }
}
