import { type Announcement, MESSAGES_VERSION, type Told } from '../../core/messages.ts'
import type { Entry } from '../../core/outbox.ts'
import { type Fields, type Kind, type RecordState, titleOf } from '../../core/records.ts'
import type { Change } from '../../core/write.ts'
import { readAll, readSome, readSyncState, type SyncState } from '../../store/read.ts'
import type {
  Notice,
  NoticeKind,
  OtherLibraryChoice,
  PageModel,
  RecordView,
  SignInResult,
  SyncSummary,
  Unsynced,
  WriteResult,
} from '../model.ts'
import { countLive, type Facts } from '../summary.ts'
import { noticeOf } from '../sync-words.ts'
import { AccountDesk } from './account-desk.ts'
import { ConflictDesk } from './conflict-desk.ts'
import { FailedDesk } from './failed-desk.ts'
import { HistoryDesk } from './history-desk.ts'
import { LogDesk } from './log-desk.ts'
import { NoticeList } from './notice-list.ts'
import type { PageWorld } from './page-world.ts'
import { RecordsCache } from './records-cache.ts'
import { RescueDesk } from './rescue-desk.ts'
import { StorageDesk } from './storage-desk.ts'
import { SyncWatch } from './sync-watch.ts'
import { VanishDesk } from './vanish-desk.ts'
import { VerifyDesk } from './verify-desk.ts'
import { resultOf, Writer } from './writer.ts'

/** The page's one model: reads the store, writes through the one write path, tells the worker. */
export class PawkitModel extends EventTarget implements PageModel {
  readonly #world: PageWorld
  readonly #cache = new RecordsCache()
  readonly #notices = new NoticeList(() => this.#fire('notices'))
  readonly #writer: Writer
  readonly #desk: AccountDesk
  readonly #watch: SyncWatch
  readonly failed: FailedDesk
  readonly log: LogDesk
  readonly vanishing: VanishDesk
  readonly rescue: RescueDesk
  readonly storage: StorageDesk
  readonly verify: VerifyDesk
  readonly conflicts: ConflictDesk
  readonly history: HistoryDesk

  private constructor(world: PageWorld, state: SyncState) {
    super()
    this.#world = world
    this.#writer = new Writer(world.db, world.library.id, world.newId(), world.now)
    this.#desk = new AccountDesk(world)
    this.log = new LogDesk(world.db)
    this.vanishing = new VanishDesk(world, this, this.#writer, (ids) => this.#readSome(ids))
    this.rescue = new RescueDesk(world, this.#writer, this)
    this.storage = new StorageDesk(world.db, world.persistence, this.#writer)
    this.verify = new VerifyDesk(world, () => this.#writer.library)
    this.failed = new FailedDesk(world, {
      library: () => this.#writer.library,
      recordOf: (id) => this.#cache.views.get(id)?.record,
      changed: (ids) => this.#readSome(ids),
    })
    this.conflicts = new ConflictDesk(world, this, {
      library: () => this.#writer.library,
      entries: () => this.#watch.facts.state.entries,
      changed: (ids) => this.#readSome(ids),
    })
    this.history = new HistoryDesk(world, this, this.#writer)
    const host = {
      learnt: (entries: ReadonlyMap<string, Entry>, facts: Facts) => this.#learnt(entries, facts),
      titlesOf: (ids: readonly string[]) => this.#cache.titlesOf(ids),
      changed: () => this.#summaryChanged(),
    }
    this.#watch = new SyncWatch(world, host, state)
  }

  /** Ready to render: everything the store holds is in `records`. */
  static async open(world: PageWorld): Promise<PawkitModel> {
    const model = new PawkitModel(world, await readSyncState(world.db))
    await model.#readAll()
    world.worker?.addEventListener('said', (event) =>
      model.#hear((event as CustomEvent<Announcement>).detail),
    )
    world.worker?.addEventListener('background', () => void model.refresh())
    world.worker?.addEventListener('update', () => model.#fire('update'))
    return model
  }

  get records(): ReadonlyMap<string, RecordView> {
    return this.#cache.views
  }
  get summary(): SyncSummary {
    return this.#watch.summary
  }
  get notices(): readonly Notice[] {
    return this.#notices.all
  }
  get updateWaiting(): boolean {
    return this.#world.worker?.updateWaiting ?? false
  }
  resolveId(id: string): string {
    return this.#cache.resolve(id)
  }

  create(kind: Kind, fields: Fields): { readonly id: string; readonly done: Promise<WriteResult> } {
    const id = this.#world.newId()
    const typed = { createdAt: new Date(this.#world.now()).toISOString(), ...fields }
    // An empty note has nothing yet that a power cut could take; its editor opens the sooner.
    const durability = kind === 'note' ? 'relaxed' : 'strict'
    const change = { id, kind, shown: {}, typed, create: true, urgency: 'at-once' } as const
    return { id, done: this.#write(change, durability) }
  }

  edit(id: string, shown: Fields, typed: Fields): Promise<WriteResult> {
    const change = { id, kind: this.#kindOf(id), shown, typed, create: false } as const
    return this.#write({ ...change, urgency: 'at-once' }, 'strict')
  }

  type(id: string, shown: Fields, typed: Fields, leaving = false): Promise<WriteResult> {
    const change = { id, kind: this.#kindOf(id), shown, typed, create: false } as const
    return this.#write({ ...change, urgency: 'typing' }, leaving ? 'strict' : 'relaxed')
  }

  async remove(id: string): Promise<WriteResult> {
    const result = await this.edit(id, { deleted: false }, { deleted: true })
    if (result.is === 'written') {
      const undo = { label: 'Undo', run: () => void this.restore(id) }
      const text = `“${titleOf(result.record)}” is in the Trash.`
      this.#notices.add('status', text, undo, { about: id, undo: true })
    }
    return result
  }

  restore(id: string): Promise<WriteResult> {
    this.#notices.over(id)
    return this.edit(id, { deleted: true }, { deleted: false })
  }

  purge(id: string): Promise<WriteResult> {
    return this.edit(id, { purged: false }, { deleted: true, purged: true })
  }

  undo(): boolean {
    return this.#notices.undo()
  }

  async syncNow(): Promise<void> {
    await this.#world.worker?.flush(30_000)
    await this.refresh()
  }

  signIn(email: string, password: string): Promise<SignInResult> {
    return this.#signedIn(
      this.#desk.enter(this.#writer.library, 'sign-in', email, password, this.#watch.facts.state),
    )
  }

  createAccount(email: string, password: string): Promise<SignInResult> {
    return this.#signedIn(
      this.#desk.enter(this.#writer.library, 'create', email, password, this.#watch.facts.state),
    )
  }

  answerOtherLibrary(choice: OtherLibraryChoice): Promise<SignInResult> {
    return this.#signedIn(
      this.#desk.answer(
        this.#writer.library,
        choice,
        [...this.records.values()].map((view) => view.record),
      ),
    )
  }

  async unsynced(): Promise<Unsynced> {
    const state = await readSyncState(this.#world.db)
    return { changes: state.entries.length, keptOnlyHere: state.keptOnlyHere + this.vanishing.count }
  }

  async signOut(): Promise<void> {
    await this.#desk.leave()
    location.replace('/')
  }

  notify(kind: NoticeKind, text: string, action?: Notice['action']): void {
    this.#notices.add(kind, text, action)
  }
  dismiss(noticeId: number): void {
    this.#notices.dismiss(noticeId)
  }
  reload(): void {
    this.handOver()
    this.#world.worker?.acceptUpdate()
  }

  /** A page that hides or dies: what is not committed goes to the worker, and what waits is sent. */
  handOver(): void {
    this.#world.worker?.handOver(this.#writer.uncommitted())
    if (this.summary.account && this.summary.figures.queue > 0) this.#world.worker?.arm()
  }

  /** A page that comes back may have missed any number of messages: everything is read again. */
  async comeBack(): Promise<void> {
    await this.#readAll()
    this.#world.worker?.wake('shown')
  }

  /** Reads the state of sync again. */
  refresh(): Promise<void> {
    return this.#watch.refresh()
  }

  #summaryChanged(): void {
    if (this.summary.connection !== 'server-unreachable') this.#notices.over('outage')
    this.#fire('summary')
  }

  /** Only records whose entry came, went or changed are looked at, unless the words for all of them change. */
  #learnt(entries: ReadonlyMap<string, Entry>, facts: Facts): number {
    const touched = this.#cache.learn(entries, facts)
    if (touched.length > 0) this.#fire('records', touched)
    return countLive(this.#cache.views.values()) - this.vanishing.live
  }

  async #readAll(): Promise<void> {
    const rows = await readAll(this.#world.db)
    const here = new Set(rows.map(({ record }) => record.id))
    for (const id of [...this.#cache.views.keys()]) if (!here.has(id)) this.#cache.remove(id)
    for (const row of rows) this.#cache.put(row.record, row.entry, this.#watch.facts, row.receipt)
    this.#fire('records', [...here])
    await this.refresh()
  }

  async #readSome(ids: readonly string[]): Promise<void> {
    for (const [id, row] of await readSome(this.#world.db, ids)) {
      if (row) this.#cache.put(row.record, row.entry, this.#watch.facts, row.receipt)
      else this.#cache.remove(id)
    }
    this.#fire('records', ids)
    await this.refresh()
  }

  async #write(change: Change, durability: 'strict' | 'relaxed'): Promise<WriteResult> {
    if (this.summary.account) this.#world.worker?.arm()
    const committed = await this.#writer.write(change, durability)
    if (committed.is === 'written') this.#written(committed.record, committed.entry)
    return resultOf(committed)
  }

  #written(record: RecordState, entry: Entry | null): void {
    if (record.fields.purged === true) this.#cache.remove(record.id)
    else this.#cache.put(record, entry, this.#watch.facts)
    this.#fire('records', [record.id])
    this.#world.worker?.announce({ v: MESSAGES_VERSION, type: 'records-changed', ids: [record.id] })
    if (this.summary.account) this.#world.worker?.wakeForChange()
    this.#watch.refreshSoon()
  }

  async #signedIn(entering: Promise<SignInResult>): Promise<SignInResult> {
    const result = await entering
    this.#writer.library = this.#desk.library ?? this.#writer.library
    await this.#readAll()
    if (result.is === 'signed-in') {
      this.#world.worker?.arm()
      this.#world.worker?.wake('signed-in')
    }
    return result
  }

  #hear(said: Announcement): void {
    if (said.type === 'records-changed') void this.#readSome(said.ids)
    else if (said.type === 'library-replaced') location.replace('/')
    else if (said.type === 'notice') this.#tell(said.told)
    else void this.refresh()
  }

  #tell(told: Told): void {
    const { kind, text } = noticeOf(told)
    this.#notices.add(kind, text, undefined, told.is === 'outage' ? { about: 'outage' } : {})
  }

  #kindOf(id: string): string {
    return this.#cache.views.get(this.#cache.resolve(id))?.record.kind ?? 'note'
  }

  #fire(type: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
