import { type Announcement, ENGINE_LOCK, MESSAGES_VERSION } from '../../core/messages.ts'
import { type Fields, type Kind, type RecordState, titleOf } from '../../core/records.ts'
import type { Change } from '../../core/write.ts'
import type { Database } from '../../store/database.ts'
import { readAll, readSome, readSyncState, type SyncState } from '../../store/read.ts'
import type { LibraryRow } from '../../store/schema.ts'
import type { PokeStream } from '../../stream.ts'
import type { WorkerClient } from '../../worker-client.ts'
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
import { countLive, type Facts, summarize } from '../summary.ts'
import { AccountDesk } from './account-desk.ts'
import { NoticeList } from './notice-list.ts'
import { RecordsCache } from './records-cache.ts'
import { Writer } from './writer.ts'

/** What main.ts hands in. */
export interface PageWorld {
  readonly db: Database
  readonly library: LibraryRow
  readonly worker: WorkerClient | null
  readonly stream: PokeStream | null
  readonly now: () => number
  readonly newId: () => string
}

/** The page's one model: reads the store, writes through the one write path, tells the worker. */
export class PawkitModel extends EventTarget implements PageModel {
  readonly #world: PageWorld
  readonly #cache = new RecordsCache()
  readonly #notices = new NoticeList(() => this.#fire('notices'))
  readonly #writer: Writer
  readonly #desk: AccountDesk
  #facts: Facts
  #summary: SyncSummary
  #refreshing: Promise<void> | null = null
  #stale = false
  #armedAtStart = false
  #retry: ReturnType<typeof setTimeout> | undefined

  private constructor(world: PageWorld, state: SyncState) {
    super()
    this.#world = world
    this.#writer = new Writer(world.db, world.library.id, world.newId(), world.now)
    this.#desk = new AccountDesk(world)
    this.#facts = {
      state,
      running: false,
      online: navigator.onLine,
      background: world.worker?.background ?? 'missing',
      now: world.now(),
    }
    this.#summary = summarize(this.#facts, 0)
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
    return this.#summary
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
    return {
      id,
      done: this.#write({ id, kind, shown: {}, typed, create: true, urgency: 'at-once' }, 'strict'),
    }
  }

  edit(id: string, shown: Fields, typed: Fields): Promise<WriteResult> {
    return this.#write(
      { id, kind: this.#kindOf(id), shown, typed, create: false, urgency: 'at-once' },
      'strict',
    )
  }

  type(id: string, shown: Fields, typed: Fields, leaving = false): Promise<WriteResult> {
    return this.#write(
      { id, kind: this.#kindOf(id), shown, typed, create: false, urgency: 'typing' },
      leaving ? 'strict' : 'relaxed',
    )
  }

  async remove(id: string): Promise<WriteResult> {
    const result = await this.edit(id, { deleted: false }, { deleted: true })
    if (result.is === 'written') {
      const undo = { label: 'Undo', run: () => void this.restore(id) }
      this.#notices.add('status', `“${titleOf(result.record)}” is in the Trash.`, undo, true)
    }
    return result
  }

  restore(id: string): Promise<WriteResult> {
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
      this.#desk.enter(this.#writer.library, 'sign-in', email, password, this.#facts.state),
    )
  }

  createAccount(email: string, password: string): Promise<SignInResult> {
    return this.#signedIn(
      this.#desk.enter(this.#writer.library, 'create', email, password, this.#facts.state),
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
    return { changes: state.entries.length, keptOnlyHere: state.keptOnlyHere }
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
    if (this.#summary.account && this.#summary.figures.queue > 0) this.#world.worker?.arm()
  }

  /** A page that comes back may have missed any number of messages: everything is read again. */
  async comeBack(): Promise<void> {
    await this.#readAll()
    this.#world.worker?.wake('shown')
  }

  /** Reads the state of sync again; calls while one is under way are served by one more read. */
  refresh(): Promise<void> {
    this.#stale = true
    this.#refreshing ??= this.#refreshLoop().finally(() => (this.#refreshing = null))
    return this.#refreshing
  }

  async #refreshLoop(): Promise<void> {
    while (this.#stale) {
      this.#stale = false
      const [state, running] = await Promise.all([readSyncState(this.#world.db), engineRuns()])
      this.#learn(state, running)
    }
  }

  #learn(state: SyncState, running: boolean): void {
    const { worker, stream, now } = this.#world
    this.#facts = {
      state,
      running,
      online: navigator.onLine,
      background: worker?.background ?? 'missing',
      now: now(),
    }
    const entries = new Map(state.entries.map((entry) => [entry.id, entry]))
    const changed = [...this.#cache.views.values()].filter(({ record }) =>
      this.#cache.put(record, entries.get(record.id) ?? null, this.#facts),
    )
    this.#summary = summarize(this.#facts, countLive(this.#cache.views.values()))
    if (changed.length > 0)
      this.#fire(
        'records',
        changed.map(({ record }) => record.id),
      )
    this.#fire('summary')
    const { account, connection, nextTry, figures } = this.#summary
    stream?.follow(account && connection !== 'signed-out' ? account.id : null)
    clearTimeout(this.#retry)
    // The worker may be asleep when its backoff ends: a visible page wakes it. Only a hint, the time is stored.
    if (nextTry !== null)
      this.#retry = setTimeout(() => worker?.wake('timer'), Math.max(250, nextTry - now()))
    if (account && figures.queue > 0 && connection !== 'signed-out' && !this.#armedAtStart) {
      // Once a page: a failed attempt asks again at the next write or when the page hides, not at every look.
      this.#armedAtStart = true
      worker?.arm()
    }
  }

  async #readAll(): Promise<void> {
    const rows = await readAll(this.#world.db)
    const here = new Set(rows.map(({ record }) => record.id))
    for (const id of [...this.#cache.views.keys()]) if (!here.has(id)) this.#cache.remove(id)
    for (const { record, entry } of rows) this.#cache.put(record, entry, this.#facts)
    this.#fire('records', [...here])
    await this.refresh()
  }

  async #readSome(ids: readonly string[]): Promise<void> {
    for (const [id, row] of await readSome(this.#world.db, ids)) {
      if (row) this.#cache.put(row.record, row.entry, this.#facts)
      else this.#cache.remove(id)
    }
    this.#fire('records', ids)
    await this.refresh()
  }

  #write(change: Change, durability: 'strict' | 'relaxed'): Promise<WriteResult> {
    if (this.#summary.account) this.#world.worker?.arm()
    const writing = this.#writer.write(change, durability)
    return writing.then((result) => this.#written(result))
  }

  #written(result: WriteResult): WriteResult {
    if (result.is !== 'written') return result
    const { record } = result
    this.#show(record)
    this.#world.worker?.announce({ v: MESSAGES_VERSION, type: 'records-changed', ids: [record.id] })
    if (this.#summary.account) this.#world.worker?.wake('changed')
    void this.refresh()
    return result
  }

  /** From what was written, at once; the entry's state follows with the next read. */
  #show(record: RecordState): void {
    const entry = this.#facts.state.entries.find(({ id }) => id === record.id) ?? null
    if (record.fields.purged === true) this.#cache.remove(record.id)
    else this.#cache.put(record, entry, this.#facts)
    this.#fire('records', [record.id])
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
    else if (said.type === 'notice') this.notify(said.kind, said.text)
    else void this.refresh()
  }

  #kindOf(id: string): string {
    return this.#cache.views.get(this.#cache.resolve(id))?.record.kind ?? 'note'
  }

  #fire(type: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

/** Whether the engine holds its lock now, in whichever worker. */
async function engineRuns(): Promise<boolean> {
  const { held } = await navigator.locks.query()
  return held?.some(({ name }) => name === ENGINE_LOCK) ?? false
}
