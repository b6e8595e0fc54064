import { MESSAGES_VERSION } from '../../core/messages.ts'
import type { Entry } from '../../core/outbox.ts'
import { type Fields, isDeleted, type Kind, type RecordState, titleOf } from '../../core/records.ts'
import { draftId } from '../../core/session.ts'
import type { Change, FromDraft, Met } from '../../core/write.ts'
import { readSome } from '../../store/read.ts'
import type { NoticeKind, WriteResult } from '../model.ts'
import { tellProblem } from '../outcome.ts'
import type { Facts } from '../summary.ts'
import { NoticeList } from './notice-list.ts'
import type { PageWorld } from './page-world.ts'
import { RecordsCache } from './records-cache.ts'
import { SessionDesk } from './session-desk.ts'
import { WriteLog } from './write-log.ts'
import { resultOf, Writer } from './writer.ts'

/** A person's changes of records: through the one write path, if this tab may write, then the worker is told. */
export abstract class WritingModel extends EventTarget {
  protected readonly world: PageWorld
  protected readonly cache = new RecordsCache()
  protected readonly noticeList = new NoticeList(() => this.fire('notices'))
  protected readonly writer: Writer
  readonly #page: string
  readonly #writes: WriteLog
  readonly #telling = { notify: (kind: NoticeKind, text: string) => this.noticeList.add(kind, text) }
  readonly tabs: SessionDesk

  constructor(world: PageWorld) {
    super()
    this.world = world
    this.#page = world.newId()
    this.writer = new Writer(world.db, world.library.id, this.#page, world.now)
    this.#writes = new WriteLog(world)
    this.tabs = new SessionDesk(world, this.writer, {
      id: this.#page,
      library: () => this.writer.library,
      records: this.cache.views,
      notices: this.noticeList,
      read: (ids) => this.read(ids),
      // What cannot be read now is read when the page is shown again.
      missed: () => void this.readAll().catch(() => {}),
      changed: () => world.worker?.announce({ v: MESSAGES_VERSION, type: 'right-changed' }),
      write: (change) => this.#guarded(change.id, { ...change, urgency: 'at-once' }),
    })
    this.tabs.addEventListener('change', () => this.fire('tabs'))
  }

  /** The sync log gets what was written in the last second. */
  protected logWrites(): void {
    this.#writes.flush()
  }

  /** What every statement about a record's state is made of, as last read. */
  protected abstract facts(): Facts
  /** A write may have changed what is said of sync as a whole. */
  protected abstract refreshSoon(): void
  /** Reads these records from the store again. */
  protected abstract read(ids: readonly string[]): Promise<void>
  protected abstract readAll(): Promise<void>

  create(kind: Kind, fields: Fields): { readonly id: string; readonly done: Promise<WriteResult> } {
    const id = this.world.newId()
    const typed = { createdAt: new Date(this.world.now()).toISOString(), ...fields }
    // An empty note has nothing yet that a power cut could take; its editor opens the sooner.
    const durability = kind === 'note' ? 'relaxed' : 'strict'
    const change = { id, kind, shown: {}, typed, create: true, urgency: 'at-once' } as const
    return { id, done: this.#guarded(null, change, durability) }
  }

  edit(id: string, shown: Fields, typed: Fields, how?: Change['how']): Promise<WriteResult> {
    const change = { id, kind: this.#kindOf(id), shown, typed, create: false, how } as const
    return this.#guarded(id, { ...change, urgency: 'at-once' })
  }

  /** Not guarded: a field that may not be typed into is read-only, and what was typed before it was so is a draft. */
  async type(id: string, shown: Fields, typed: Fields, leaving = false, met: Met = {}): Promise<WriteResult> {
    const { epoch } = this.writer
    const change = { id, kind: this.#kindOf(id), shown, typed, create: false, ...met } as const
    const result = await this.#write({ ...change, urgency: 'typing' }, leaving ? 'strict' : 'relaxed')
    // Read-only from this task on. The field is told at once: what it types under another epoch is none of this.
    if (result.is === 'fenced') void this.tabs.fenced(epoch).catch(() => {})
    return result
  }

  async remove(id: string): Promise<WriteResult> {
    const result = await this.edit(id, { deleted: false }, { deleted: true })
    if (result.is === 'written') this.#offerUndo(result.record)
    return result
  }

  #offerUndo(record: RecordState): void {
    const { id } = record
    const run = (): void => {
      const done = this.restore(id)
      void tellProblem(this.#telling, titleOf(record), done)
      // Who was asked for control and chose to view only may still take it back.
      done.then(
        ({ is }) => is === 'fenced' && this.#offerUndo(record),
        () => {},
      )
    }
    const text = `“${titleOf(record)}” is in the Trash.`
    this.noticeList.add('status', text, { label: 'Undo', run }, { about: id, undo: true })
  }

  restore(id: string): Promise<WriteResult> {
    this.noticeList.over(id)
    return this.edit(id, { deleted: true }, { deleted: false })
  }

  /** Only what is in the Trash: another tab or device may have brought it back while this one asked for control. */
  purge(id: string): Promise<WriteResult> {
    const change = {
      id,
      kind: this.#kindOf(id),
      shown: { deleted: true, purged: false },
      create: false,
      urgency: 'at-once',
    } as const
    return this.tabs.guard(id, async () => {
      const before = await this.#inTrash(id)
      if (before) return before
      const result = await this.#write({ ...change, typed: { deleted: true, purged: true } }, 'strict')
      // The store has looked once more: a pull may have come between.
      return (result.is === 'storage' && (await this.#inTrash(id))) || result
    })
  }

  /** null: it is there. */
  async #inTrash(id: string): Promise<WriteResult | null> {
    const record = (await readSome(this.world.db, [id])).get(id)?.record
    // A card that went into another one by now is that one's to delete.
    if (!record) return { is: 'storage', message: 'the record is not on this device any more.' }
    return isDeleted(record) ? null : { is: 'restored', record }
  }

  /** @param about the record that the edit is about; null: one that is not there yet */
  #guarded(about: string | null, change: Change, durability: 'strict' | 'relaxed' = 'strict') {
    let kept: FromDraft | null = change.draft ?? null
    return this.tabs.guard(about, async () => {
      const { epoch } = this.writer
      const result = await this.#write(kept ? { ...change, draft: kept } : change, durability)
      if (kept && result.is === 'written') await this.tabs.made()
      if (result.is === 'fenced') kept ??= this.#keptAs(change, epoch)
      return result
    })
  }

  /** What the store refused it keeps as a draft. */
  #keptAs(change: Change, epoch: number): FromDraft {
    return { id: draftId(this.#page, epoch, change.id), why: 'again' }
  }

  async #write(change: Change, durability: 'strict' | 'relaxed'): Promise<WriteResult> {
    const { worker } = this.world
    const { account } = this.facts().state.library ?? { account: null }
    if (account) worker?.arm()
    const { epoch } = this.writer
    const committed = await this.writer.write(change, durability)
    if (committed.is !== 'written') return resultOf(committed)
    if (committed.changed) this.#writes.add(committed.record.id, epoch)
    this.#written(committed.record, committed.entry)
    if (account) worker?.wakeForChange()
    this.refreshSoon()
    return resultOf(committed)
  }

  #written(record: RecordState, entry: Entry | null): void {
    if (record.fields.purged === true) this.cache.remove(record.id)
    else this.cache.put(record, entry, this.facts())
    this.fire('records', [record.id])
    this.world.worker?.announce({ v: MESSAGES_VERSION, type: 'records-changed', ids: [record.id] })
  }

  #kindOf(id: string): string {
    return this.cache.views.get(this.cache.resolve(id))?.record.kind ?? 'note'
  }

  protected fire(type: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}
