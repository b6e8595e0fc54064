import type { Resolution } from '../../src/core/conflict.ts'
import { uuidV7 } from '../../src/core/ids.ts'
import type { Announcement, ToWorker } from '../../src/core/messages.ts'
import { type Fields, type Kind, type RecordState, text } from '../../src/core/records.ts'
import type { Change } from '../../src/core/write.ts'
import {
  type ResolveResult,
  readConflicts,
  resolveConflict,
  type StoredConflict,
} from '../../src/store/conflicts.ts'
import { Database } from '../../src/store/database.ts'
import { openLibrary } from '../../src/store/library.ts'
import type { LibraryRow } from '../../src/store/schema.ts'
import { Fenced, type Writing } from '../../src/store/session.ts'
import type { Refused } from '../../src/ui/session-model.ts'
import { Editors, type WriteText } from './editors.ts'
import { SimClient, SimPage } from './page.ts'
import { SimPresence } from './presence.ts'
import type { Random } from './random.ts'
import { Actor, type Scheduler } from './scheduler.ts'

/** What a person said to an open conflict as it was shown, and what came of it. */
export interface Answered {
  readonly shown: StoredConflict
  readonly resolution: Resolution
  readonly result: ResolveResult
}

/** What a tab meets of its device, and whom it tells what its person did. */
export interface TabHost {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly deviceName: string
  /** Whether pages ask who may write; those of an older Pawkit all do. */
  readonly rights: boolean
  now(): number
  broadcast(from: Actor, announcement: Announcement): void
  tell(message: ToWorker): void
  /** What the worker answers, null after `limit` ms. */
  ask(actor: Actor, message: ToWorker, limit: number): Promise<unknown>
  /** The page asks for Background Sync. */
  arm(): void
  /** Names of the locks that are held in this browser. */
  heldLocks(): readonly string[]
  /** The library's row as it lies on the disk. */
  library(): LibraryRow | null
  /** An edit is wanted in a tab that may not write: what its person does. */
  refused(tab: SimTab, edit: Refused): void
  /** A person sees these values change: what is gone was meant to go. */
  issued(id: string, before: Fields, after: Fields): void
  /** The store has committed them, and the page shows them as saved. */
  saved(actor: Actor, id: string, before: Fields, after: Fields): void
  /** The store refused them: this tab has lost the right to write. */
  drafted(actor: Actor, change: Change): void
  /** A person has chosen, and the store is about to be told. */
  resolving(shown: StoredConflict, resolution: Resolution): void
  resolved(actor: Actor, said: Answered): void
}

/**
 * One open page: the real write path, tab rights, field bindings and store. Its view of the library may lag behind the
 * store as long as broadcasts are held back.
 */
export class SimTab {
  readonly actor: Actor
  readonly presence: SimPresence
  readonly #host: TabHost
  readonly #client: SimClient
  readonly #editors = new Editors((record, ...change) => this.#typed(record, ...change))
  database: Database | null = null
  #page: SimPage | null = null
  /** Messages that it has not handled yet: it is busy, hidden or frozen. */
  frozen = false
  readonly #held: Announcement[] = []
  ready = false
  /** Since when somebody has been looking at it, and it was able to do something about it. */
  awakeSince = 0
  /** Open conflicts as this page last read them: behind what is stored as long as nobody looks again. */
  conflicts: ReadonlyMap<string, StoredConflict> = new Map()
  /** Writes that the store has not answered yet. */
  unanswered = 0

  /** @param kept the session of the page that was here before a reload */
  constructor(host: TabHost, name: string, kept: string | null = null) {
    this.#host = host
    this.actor = new Actor(name, host.deviceName)
    this.presence = new SimPresence(
      () => this.#newId(),
      kept,
      () => host.heldLocks(),
    )
    this.#client = new SimClient({
      broadcast: (said) => this.actor.dead || this.#host.broadcast(this.actor, said),
      tell: (message) => this.#host.tell(message),
      ask: (message, limit) => this.#host.ask(this.actor, message, limit),
      arm: () => this.#host.arm(),
    })
  }

  async open(): Promise<void> {
    await this.presence.claim()
    const db = await Database.open({}, this.#host.deviceName)
    const library = await openLibrary(db, this.#newId())
    this.database = db
    const { presence } = this
    const page = new SimPage({
      db,
      library,
      presence,
      client: this.#client,
      now: () => this.#host.now(),
      newId: () => this.#newId(),
      row: () => this.#host.library(),
    })
    this.#watch(page)
    page.addEventListener('records', (event) =>
      this.#editors.takeIn((event as CustomEvent<string[]>).detail, this.views),
    )
    page.tabs.addEventListener('refused', (event) =>
      this.#host.refused(this, (event as CustomEvent<Refused>).detail),
    )
    await (this.#host.rights ? page.open() : page.readAll())
    this.#page = page
    // As the page does: what was said while it opened.
    if (!this.frozen) for (const said of this.#held.splice(0)) page.hear(said)
    this.ready = true
    this.awakeSince = this.#host.scheduler.now
    this.#host.tell({ v: 1, type: 'wake', reason: 'opened' })
  }

  #newId(): string {
    return uuidV7(this.#host.now(), this.#host.random.bytes(16))
  }

  /** What was restored from the version history: what it replaces is in there. */
  readonly restored = new WeakSet<Fields>()

  /** Every write of the page's, and what comes of it. */
  #watch({ pen }: SimPage): void {
    const write = pen.write.bind(pen)
    pen.write = async (change, durability) => {
      this.#host.issued(change.id, this.restored.has(change.typed) ? {} : change.shown, change.typed)
      this.unanswered++
      const done = await write(change, durability)
      this.unanswered--
      if (!this.actor.dead && done.is === 'written')
        this.#host.saved(this.actor, done.record.id, change.shown, change.typed)
      if (!this.actor.dead && done.is === 'fenced') this.#host.drafted(this.actor, change)
      // Nothing comes back to a page that has died meanwhile.
      return this.actor.dead ? new Promise(() => {}) : done
    }
  }

  get page(): SimPage {
    if (!this.#page) throw new Error(`${this.actor.name} is not open yet`)
    return this.#page
  }

  get views(): ReadonlyMap<string, RecordState> {
    return new Map([...(this.#page?.views ?? [])].map(([id, { record }]) => [id, record]))
  }

  /** Whether it takes itself for the one that may write. */
  get control() {
    return this.page.tabs.control
  }

  hear(said: Announcement): void {
    if (this.#page && !this.frozen) this.#page.hear(said)
    else this.#held.push(said)
  }

  /** What it missed it hears now, or it reads everything again, as a page that comes back does. */
  thaw(missed = false): void {
    this.frozen = false
    this.awakeSince = this.#host.scheduler.now
    const held = this.#held.splice(0)
    if (!missed) for (const said of held) this.#page?.hear(said)
    else if (this.#page) void this.#page.readAll().catch(() => {})
  }

  /** Whether somebody looks at it has changed. */
  show(visible: boolean): void {
    if (this.presence.visible === visible) return
    this.presence.visible = visible
    if (visible) this.#host.scheduler.shown(this.actor)
    else this.actor.hidden = true
    this.awakeSince = this.#host.scheduler.now
    if (this.#host.rights) void this.#page?.tabs.shown().catch(() => {})
  }

  /** Something that a person does here and that leads to an edit; where another tab has control, they are asked. */
  begin(work: () => void): void {
    if (this.#host.rights) this.page.tabs.begin(null, work)
    else work()
  }

  /** Another way of writing than a record's fields, which names library and epoch as well. */
  async permit<T>(change: (writing: Writing) => Promise<T>): Promise<T | null> {
    const run = (): Promise<T> =>
      change({ library: this.library, epoch: this.#host.rights ? this.page.pen.epoch : 0 })
    try {
      return await (this.#host.rights ? this.page.tabs.permit(null, run) : run())
    } catch (error) {
      if (error instanceof Fenced) return null
      throw error
    }
  }

  create(kind: Kind, typed: Fields): string {
    if (this.#host.rights) return this.page.create(kind, typed).id
    const id = this.#newId()
    void this.#write({ id, kind, shown: {}, typed, create: true, urgency: 'at-once' })
    return id
  }

  /** A change of values, made on what this page shows. */
  edit(record: RecordState, typed: Fields, how?: Change['how']): void {
    const { id, kind } = record
    const shown = Object.fromEntries(Object.keys(typed).map((field) => [field, record.fields[field] ?? null]))
    if (this.#host.rights) void this.page.edit(id, shown, typed, how)
    else void this.#write({ id, kind, shown, typed, create: false, urgency: 'at-once', how })
  }

  /** Types into a text field: `change` makes the new text of the one in the editor. */
  type(record: RecordState, field: string, change: (text: string) => string, leaving: boolean): void {
    this.#editors.type(record, field, change, leaving)
  }

  closeEditors(): void {
    this.#editors.close()
  }

  readonly #typed: WriteText = async ({ id, kind }, field, was, now, leaving) => {
    const [shown, typed] = [{ [field]: was }, { [field]: now }]
    if (this.#host.rights) {
      const done = await this.page.type(id, shown, typed, leaving)
      if (done.is === 'written') return { is: 'stored', text: text(done.record.fields[field]) }
      const stored = text(this.page.views.get(id)?.record.fields[field])
      return done.is === 'fenced' ? { is: 'fenced', text: stored } : { is: 'refused' }
    }
    const urgency = leaving ? 'at-once' : 'typing'
    const written = await this.#write({ id, kind, shown, typed, create: false, urgency })
    return written ? { is: 'stored', text: text(written.fields[field]) } : { is: 'refused' }
  }

  /** As a page did before tabs asked who may write. */
  async #write(change: Change): Promise<RecordState | null> {
    this.#host.arm()
    const done = await this.page.pen.write(change, 'strict')
    if (done.is !== 'written') return null
    const { record } = done
    if (record.fields.purged === true) this.page.forget(record.id)
    else this.page.show(record, done.entry)
    this.#client.announce({ v: 1, type: 'records-changed', ids: [record.id] })
    this.#client.wakeForChange()
    return record
  }

  /** Reads what is in conflict, as the page does whenever something has changed. */
  async look(): Promise<void> {
    if (!this.database) return
    const found = await readConflicts(this.database, [...this.views.keys()])
    this.conflicts = new Map(found.map((one) => [one.record.id, one]))
  }

  /** It was changed otherwise than by its fields. */
  changed(id: string): Promise<void> {
    this.#client.announce({ v: 1, type: 'records-changed', ids: [id] })
    return this.page.read([id])
  }

  /** A person chooses, by what this page was showing. */
  async resolve(shown: StoredConflict, resolution: Resolution): Promise<void> {
    const db = this.database
    if (!db) return
    const { record: mine, base: theirs } = shown
    const { id } = mine
    const result = await this.permit((writing) => {
      this.#host.resolving(shown, resolution)
      if (resolution.take === 'merged') this.#host.issued(id, {}, resolution.fields)
      const now = this.#host.now()
      return resolveConflict(db, { ...writing, id, shown: { mine, theirs }, resolution, now })
    })
    if (this.actor.dead || !result) return
    this.#host.resolved(this.actor, { shown, resolution, result })
    if (this.actor.dead) return
    this.conflicts = new Map([...this.conflicts].filter(([other]) => other !== id))
    if (result.is !== 'resolved') return
    if (result.record.fields.purged === true) this.page.forget(id)
    else this.page.show(result.record, null)
    this.#editors.takeIn([id], this.views)
    this.#client.announce({ v: 1, type: 'records-changed', ids: [id] })
    this.#host.arm()
    this.#client.wakeForChange()
  }

  /** `pagehide`: what is not committed goes to the worker. */
  handOver(): void {
    if (this.#page) this.#host.tell({ v: 1, type: 'last-letters', writes: this.#page.pen.uncommitted() })
  }

  get library(): string {
    return this.#page?.pen.library ?? ''
  }
}
