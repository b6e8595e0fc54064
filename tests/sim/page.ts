import { FINE } from '../../src/core/backoff.ts'
import type { Announcement, ToWorker } from '../../src/core/messages.ts'
import type { Entry } from '../../src/core/outbox.ts'
import type { RecordState } from '../../src/core/records.ts'
import { readAll, readSome } from '../../src/store/read.ts'
import type { LibraryRow } from '../../src/store/schema.ts'
import type { PageWorld } from '../../src/ui/controllers/page-world.ts'
import { WritingModel } from '../../src/ui/controllers/writing-model.ts'
import type { Facts } from '../../src/ui/summary.ts'
import type { WorkerClient } from '../../src/worker-client.ts'

type Hear = (event: MessageEvent<unknown>) => void

/** What a page meets of its worker and of other pages. */
export interface PageLine {
  broadcast(said: Announcement): void
  tell(message: ToWorker): void
  ask(message: ToWorker, limit: number): Promise<unknown>
  /** The page asks for Background Sync. */
  arm(): void
}

/** A page's side of the worker channel, as far as its write path and its tab rights use it. */
export class SimClient extends EventTarget {
  readonly #line: PageLine
  readonly #hearing = new Set<Hear>()
  readonly channel: BroadcastChannel

  constructor(line: PageLine) {
    super()
    this.#line = line
    const channel = {
      postMessage: (said: Announcement) => line.broadcast(said),
      addEventListener: (_type: 'message', hear: Hear) => this.#hearing.add(hear),
      removeEventListener: (_type: 'message', hear: Hear) => this.#hearing.delete(hear),
    }
    this.channel = channel as unknown as BroadcastChannel
  }

  hear(said: Announcement): void {
    for (const hear of [...this.#hearing]) hear({ data: said } as MessageEvent<unknown>)
  }

  announce(said: Announcement): void {
    this.#line.broadcast(said)
  }

  say(message: ToWorker): void {
    this.#line.tell(message)
  }

  ask(message: ToWorker, limit: number): Promise<unknown> {
    return this.#line.ask(message, limit)
  }

  arm(): void {
    this.#line.arm()
  }

  wakeForChange(): void {
    this.#line.tell({ v: 1, type: 'wake', reason: 'changed' })
  }
}

/** What a page of the simulator is opened with. */
export type SimPageWorld = Pick<PageWorld, 'db' | 'presence' | 'now' | 'newId' | 'library'> & {
  readonly client: SimClient
  /** The library's row as it lies on the disk. */
  readonly row: () => LibraryRow | null
}

/** The page's real write path and tab rights, without what is only there to be shown. */
export class SimPage extends WritingModel {
  readonly #client: SimClient
  readonly #row: () => LibraryRow | null

  constructor({ client, row, ...world }: SimPageWorld) {
    super({ ...world, worker: client as unknown as WorkerClient } as unknown as PageWorld)
    this.#client = client
    this.#row = row
  }

  get pen() {
    return this.writer
  }

  get views() {
    return this.cache.views
  }

  /** As the page does: what is there, and who may write. */
  async open(): Promise<void> {
    await Promise.all([this.readAll(), this.tabs.start()])
  }

  /** It may have missed any number of messages. */
  async readAll(): Promise<void> {
    const rows = await readAll(this.world.db)
    const here = new Set(rows.map(({ record }) => record.id))
    for (const id of [...this.cache.views.keys()]) if (!here.has(id)) this.cache.remove(id)
    for (const { record, entry } of rows) this.cache.put(record, entry, this.facts())
    this.fire('records', [...here])
  }

  hear(said: Announcement): void {
    this.#client.hear(said)
    this.tabs.hear(said)
    if (said.type === 'records-changed') void this.read(said.ids)
  }

  async read(ids: readonly string[]): Promise<void> {
    for (const [id, row] of await readSome(this.world.db, ids)) {
      if (row) this.cache.put(row.record, row.entry, this.facts())
      else this.cache.remove(id)
    }
    this.fire('records', ids)
  }

  /** As after a write that went another way. */
  show(record: RecordState, entry: Entry | null): void {
    this.cache.put(record, entry, this.facts())
  }

  forget(id: string): void {
    this.cache.remove(id)
  }

  protected facts(): Facts {
    const state = {
      library: this.#row(),
      connection: FINE,
      offset: 0,
      entries: [],
      records: 0,
      signOutPending: false,
    }
    return { state, running: false, online: true, background: 'granted', now: this.world.now() }
  }

  protected refreshSoon(): void {}
}
