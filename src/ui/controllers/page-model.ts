import type { Announcement, Told } from '../../core/messages.ts'
import type { Entry } from '../../core/outbox.ts'
import { readDrafts } from '../../store/drafts.ts'
import { countKept, readAll, readSome, readSyncState, type SyncState } from '../../store/read.ts'
import type {
  Notice,
  NoticeKind,
  OtherLibraryChoice,
  PageModel,
  RecordView,
  SignInResult,
  SyncSummary,
  Unsynced,
} from '../model.ts'
import { countLive, type Facts } from '../summary.ts'
import { noticeOf } from '../sync-words.ts'
import { Unfinished } from '../unfinished.ts'
import { AccountDesk } from './account-desk.ts'
import { ConflictDesk } from './conflict-desk.ts'
import { DeviceDesk } from './device-desk.ts'
import { FailedDesk } from './failed-desk.ts'
import { HistoryDesk } from './history-desk.ts'
import { LogDesk } from './log-desk.ts'
import { newestVersion } from './newest-version.ts'
import type { PageWorld } from './page-world.ts'
import { RescueDesk } from './rescue-desk.ts'
import { StorageDesk } from './storage-desk.ts'
import { SyncWatch } from './sync-watch.ts'
import { VanishDesk } from './vanish-desk.ts'
import { VerifyDesk } from './verify-desk.ts'
import { WritingModel } from './writing-model.ts'

const MOVED =
  'This library belongs to another account now. This tab holds text that is not saved: copy it first, then reload the page.'

/** The page's one model: reads the store, writes through the one write path, tells the worker. */
export class PawkitModel extends WritingModel implements PageModel {
  readonly #desk: AccountDesk
  readonly #watch: SyncWatch
  /** A person here signs in or out. */
  #replacing = false
  readonly failed: FailedDesk
  readonly log: LogDesk
  readonly vanishing: VanishDesk
  readonly rescue: RescueDesk
  readonly storage: StorageDesk
  readonly verify: VerifyDesk
  readonly conflicts: ConflictDesk
  readonly history: HistoryDesk
  readonly devices: DeviceDesk
  readonly unfinished: Unfinished

  private constructor(world: PageWorld, state: SyncState) {
    super(world)
    this.#desk = new AccountDesk(world)
    this.log = new LogDesk(world.db)
    this.vanishing = new VanishDesk(world, this, this.writer, (ids) => this.read(ids))
    this.rescue = new RescueDesk(world, this.writer, this)
    this.storage = new StorageDesk(world.db, world.persistence, this.writer)
    this.verify = new VerifyDesk(world, () => this.writer.library)
    this.failed = new FailedDesk(world, {
      writing: this.writer,
      attempt: (id, change) => this.tabs.attempt(id, change),
      recordOf: (id) => this.cache.views.get(id)?.record,
      changed: (ids) => this.read(ids),
    })
    this.conflicts = new ConflictDesk(world, this, {
      writing: this.writer,
      permit: (id, change) => this.tabs.permit(id, change),
      entries: () => this.#watch.facts.state.entries,
      changed: (ids) => this.read(ids),
    })
    this.history = new HistoryDesk(world, this, this.writer)
    this.devices = new DeviceDesk(world, this, this.writer)
    this.unfinished = new Unfinished({
      memory: world.tabMemory,
      session: () => world.presence.id,
      library: () => this.writer.library,
    })
    this.devices.addEventListener('change', () => this.fire('devices'))
    const host = {
      // While it is replaced here, the store is ahead of the writer; in rescue mode this page may hold all there is.
      library: () => (this.#replacing || this.rescue.trouble ? null : this.writer.library),
      replaced: (moved: boolean) => this.#beginAnew(moved),
      learnt: (entries: ReadonlyMap<string, Entry>, facts: Facts) => this.#learnt(entries, facts),
      titlesOf: (ids: readonly string[]) => this.cache.titlesOf(ids),
      changed: () => this.#summaryChanged(),
    }
    this.#watch = new SyncWatch(world, host, state)
  }

  /** Ready to render: everything the store holds is in `records`. */
  static async open(world: PageWorld): Promise<PawkitModel> {
    // What is said while it reads may be of what it has read already: heard when it is ready.
    const said: Announcement[] = []
    let hear = (one: Announcement): void => void said.push(one)
    world.worker?.addEventListener('said', (event) => hear((event as CustomEvent<Announcement>).detail))
    const model = new PawkitModel(world, await readSyncState(world.db))
    await Promise.all([model.readAll(), model.tabs.start()])
    hear = (one) => model.#hear(one)
    said.forEach(hear)
    world.worker?.addEventListener('background', () => void model.refresh())
    world.update.addEventListener('change', () => model.fire('update'))
    return model
  }

  get records(): ReadonlyMap<string, RecordView> {
    return this.cache.views
  }
  get summary(): SyncSummary {
    return this.#watch.summary
  }
  get notices(): readonly Notice[] {
    return this.noticeList.all
  }
  get updateWaiting(): boolean {
    return this.world.update.open
  }
  hideUpdate(): void {
    this.world.update.hide()
  }
  resolveId(id: string): string {
    return this.cache.resolve(id)
  }

  undo(): boolean {
    return this.noticeList.undo()
  }

  async syncNow(): Promise<void> {
    await this.world.worker?.flush(30_000)
    await this.refresh()
  }

  signIn(email: string, password: string): Promise<SignInResult> {
    return this.#signedIn(() =>
      this.#desk.enter(this.writer.library, 'sign-in', email, password, this.#watch.facts.state),
    )
  }

  createAccount(email: string, password: string): Promise<SignInResult> {
    return this.#signedIn(() =>
      this.#desk.enter(this.writer.library, 'create', email, password, this.#watch.facts.state),
    )
  }

  answerOtherLibrary(choice: OtherLibraryChoice): Promise<SignInResult> {
    return this.#signedIn(() =>
      this.#desk.answer(
        this.writer.library,
        choice,
        [...this.records.values()].map((view) => view.record),
      ),
    )
  }

  async unsynced(): Promise<Unsynced> {
    const { db } = this.world
    const [{ entries }, kept, drafts] = await Promise.all([readSyncState(db), countKept(db), readDrafts(db)])
    return { changes: entries.length, keptOnlyHere: kept + this.vanishing.count, drafts: drafts.length }
  }

  async signOut(): Promise<void> {
    // The writer keeps the old library: what is still typed here must not go into the one that follows.
    await this.#replace(() => this.#desk.leave())
    this.#beginAnew()
  }

  notify(kind: NoticeKind, text: string, action?: Notice['action']): void {
    this.noticeList.add(kind, text, action)
  }
  dismiss(noticeId: number): void {
    this.noticeList.dismiss(noticeId)
  }
  reload(): void {
    if (this.rescue.holds) {
      this.notify('alert', 'This tab holds text that is not saved. Copy it first, then reload the page.')
      return
    }
    void newestVersion(() => void this.#accept()).then((comes) => {
      // What reloads the page then is the new worker; here, too, not over what is nowhere else.
      if (!comes && !this.rescue.holds) location.reload()
    })
  }

  /** The new worker takes over when the old one has nothing under way, which may be a pause of a minute. */
  async #accept(): Promise<void> {
    await this.writer.idle().catch(() => {})
    await this.world.worker?.acceptUpdate()
  }

  /** A page that hides or dies: what is not committed goes to the worker, and what waits is sent. */
  handOver(): void {
    this.unfinished.keep()
    this.logWrites()
    this.world.worker?.handOver(this.writer.uncommitted())
    if (this.summary.account && this.summary.figures.queue > 0) this.world.worker?.arm()
  }

  /** A page that comes back may have missed any number of messages: everything is read again. */
  async comeBack(): Promise<void> {
    await this.readAll()
    this.world.worker?.wake('shown')
  }

  /** Reads the state of sync again. */
  refresh(): Promise<void> {
    return this.#watch.refresh()
  }

  #summaryChanged(): void {
    if (this.summary.connection !== 'server-unreachable') this.noticeList.over('outage')
    this.fire('summary')
  }

  /** Only records whose entry came, went or changed are looked at, unless the words for all of them change. */
  #learnt(entries: ReadonlyMap<string, Entry>, facts: Facts): number {
    const touched = this.cache.learn(entries, facts)
    if (touched.length > 0) this.fire('records', touched)
    return countLive(this.cache.views.values()) - this.vanishing.live
  }

  protected async readAll(): Promise<void> {
    const rows = await readAll(this.world.db)
    const here = new Set(rows.map(({ record }) => record.id))
    for (const id of [...this.cache.views.keys()]) if (!here.has(id)) this.cache.remove(id)
    for (const row of rows) this.cache.put(row.record, row.entry, this.#watch.facts, row.receipt)
    this.fire('records', [...here])
    await this.refresh()
  }

  protected async read(ids: readonly string[]): Promise<void> {
    for (const [id, row] of await readSome(this.world.db, ids)) {
      if (row) this.cache.put(row.record, row.entry, this.#watch.facts, row.receipt)
      else this.cache.remove(id)
    }
    this.fire('records', ids)
    await this.refresh()
  }

  async #signedIn(enter: () => Promise<SignInResult>): Promise<SignInResult> {
    const result = await this.#replace(async () => {
      const result = await enter()
      const library = this.#desk.library ?? this.writer.library
      if (library !== this.writer.library) this.unfinished.clear()
      this.writer.library = library
      return result
    })
    await this.readAll()
    if (result.is === 'signed-in') {
      this.world.worker?.arm()
      this.world.worker?.wake('signed-in')
    }
    return result
  }

  async #replace<T>(change: () => Promise<T>): Promise<T> {
    this.#replacing = true
    try {
      return await change()
    } finally {
      this.#replacing = false
    }
  }

  /** Another library is on this device: what is shown here is of the one before. Of one that has moved nothing is lost. */
  #beginAnew(moved = false): void {
    if (moved && this.rescue.holds) this.notify('alert', MOVED)
    else {
      this.unfinished.clear()
      location.replace('/')
    }
  }

  #hear(said: Announcement): void {
    this.tabs.hear(said)
    if (said.type === 'records-changed') void this.read(said.ids)
    // What this tab alone holds may be the person's who moved it: the store says whether they did.
    else if (said.type === 'library-replaced' && (this.rescue.trouble || !this.rescue.holds))
      this.#beginAnew()
    else if (said.type === 'notice') this.#tell(said.told)
    else void this.refresh()
  }

  #tell(told: Told): void {
    const { kind, text } = noticeOf(told)
    this.noticeList.add(kind, text, undefined, told.is === 'outage' ? { about: 'outage' } : {})
  }

  protected facts(): Facts {
    return this.#watch.facts
  }

  protected refreshSoon(): void {
    this.#watch.refreshSoon()
  }
}
