import { MESSAGES_VERSION, type Write } from '../../core/messages.ts'
import { titleOf } from '../../core/records.ts'
import type { Committed } from '../../store/commit.ts'
import { putBack } from '../../store/put-back.ts'
import { type StorageTrouble, troubleOf } from '../../store/storage-trouble.ts'
import { copyText, downloadLibrary } from '../export-library.ts'
import type { PageModel } from '../model.ts'
import { problemOf } from '../outcome.ts'
import type { OpenText, RescueActions, RescuedText } from '../rescue-model.ts'
import { rescuedLibrary, rescuedTexts } from '../rescued-texts.ts'
import type { PageWorld } from './page-world.ts'
import type { SessionDesk } from './session-desk.ts'
import { WriteLog } from './write-log.ts'
import { type Retried, resultOf, type Writer } from './writer.ts'

/** The page as this desk uses it. */
type Host = Pick<PageModel, 'records' | 'summary' | 'notify'> &
  EventTarget & {
    readonly tabs: Pick<SessionDesk, 'right' | 'drafts' | 'fenced'>
    /** Everything is to be read again. */
    comeBack(): Promise<void>
  }

/**
 * Rescue mode: from the first write or read that failed for good, nothing is written until a try has held. What the
 * page shows stays, what was typed is kept and can be copied, exported and stored later (design.md, "When a request
 * fails").
 */
export class RescueDesk implements RescueActions {
  readonly #world: PageWorld
  readonly #writer: Writer
  readonly #host: Host
  readonly #log: WriteLog
  readonly #editors = new Set<() => readonly OpenText[]>()
  trouble: StorageTrouble | null = null
  trying = false

  constructor(world: PageWorld, writer: Writer, host: Host) {
    this.#world = world
    this.#writer = writer
    this.#host = host
    this.#log = new WriteLog(world)
    writer.listen({ kept: (trouble) => this.enter(trouble) })
  }

  /** What the store's errors mean; those of our own code mean nothing here. */
  readonly failed = (error: unknown): boolean => {
    const trouble = troubleOf(error)
    if (trouble && !this.trying) this.enter(trouble)
    return trouble !== null
  }

  enter(trouble: StorageTrouble): void {
    this.trouble = trouble
    this.#writer.stop(trouble)
    this.#changed()
  }

  get texts(): readonly RescuedText[] {
    return rescuedTexts(this.#writer.uncommitted(), this.#open, this.#host.records)
  }

  /** Whether a reload would take what is nowhere but in this page. */
  get holds(): boolean {
    const writes = this.#writer.uncommitted()
    if (this.trouble === 'gone' || (this.trouble !== null && writes.length > 0)) return true
    // What is on its way goes to the worker as the page goes; what was refused is in its field alone.
    return this.#open.some(
      ({ id, field }) => !writes.some((write) => write.id === id && write.typed[field] !== undefined),
    )
  }

  follow(editor: () => readonly OpenText[]): () => void {
    this.#editors.add(editor)
    return () => this.#editors.delete(editor)
  }

  copy(text?: RescuedText): Promise<boolean> {
    if (text) return copyText(text.text)
    return copyText(this.texts.map((each) => `${each.title} (${each.part})\n\n${each.text}`).join('\n\n\n'))
  }

  exportLibrary(): void {
    downloadLibrary(rescuedLibrary(this.#writer.uncommitted(), this.#open, this.#host.records))
  }

  async tryAgain(): Promise<boolean> {
    if (this.trying || !this.trouble) return this.trouble === null
    this.trying = true
    this.#changed()
    const { tabs } = this.#host
    let stored = false
    try {
      this.#world.db.close()
      if (this.trouble === 'gone') await this.#putBack()
      const done = await this.#writer.again()
      this.trouble = null
      stored = done.every(({ committed }) => committed.is === 'written')
      // What another tab's control has made a draft is offered as any draft is.
      const fenced = done.findLast(({ committed }) => committed.is === 'fenced')
      if (fenced) await tabs.fenced(fenced.write.epoch ?? 0).catch(() => {})
      this.#tell(done)
    } catch (error) {
      this.trouble = troubleOf(error) ?? this.trouble ?? 'broken'
    } finally {
      this.trying = false
    }
    if (this.trouble === null) await this.#host.comeBack().catch(() => {})
    this.#changed()
    if (stored && this.trouble === null)
      this.#host.notify('status', 'All is well again. Everything you typed is stored.')
    return this.trouble === null
  }

  get #open(): OpenText[] {
    return [...this.#editors].flatMap((editor) => editor())
  }

  #putBack(): Promise<void> {
    const { records, summary, tabs } = this.#host
    const views = [...records.values()]
    const clean = views.filter(({ record, state }) => state === 'synced' && record.version > 0)
    const dirty = new Set(records.keys())
    for (const { record } of clean) dirty.delete(record.id)
    const library = {
      id: this.#writer.library,
      account: summary.account,
      records: views.map(({ record }) => record),
      dirty,
      right: tabs.right,
      drafts: tabs.drafts.map(({ title: _, ...draft }) => draft),
    }
    return putBack(library, this.#world.now())
  }

  /** Other tabs and the worker hear of what came in; a person hears of what could not. */
  #tell(done: readonly Retried[]): void {
    const { worker } = this.#world
    const ids = done.flatMap(({ committed }) => (committed.is === 'written' ? [committed.record.id] : []))
    if (ids.length > 0) worker?.announce({ v: MESSAGES_VERSION, type: 'records-changed', ids })
    worker?.arm()
    worker?.wakeForChange()
    for (const { write, committed } of done) {
      if (committed.is === 'written' && committed.changed) this.#log.add(committed.record.id, write.epoch)
      const duplicate = committed.is === 'duplicate'
      const problem = duplicate ? 'A card with its address is here already.' : problemOf(resultOf(committed))
      const text = Object.values(write.typed).find((value) => typeof value === 'string' && value !== '')
      const copy = { label: 'Copy', run: () => void copyText(String(text ?? '')) }
      if (problem !== null && !this.#isDraft(write, committed))
        this.#host.notify(
          'alert',
          `“${titleOf({ ...write, fields: write.typed })}” was not stored. ${problem}`,
          copy,
        )
    }
  }

  #isDraft({ id, typed }: Write, committed: Committed): boolean {
    if (committed.is !== 'fenced') return false
    return this.#host.tabs.drafts.some(
      (draft) => draft.recordId === id && Object.keys(typed).some((field) => field in draft.typed),
    )
  }

  #changed(): void {
    this.#host.dispatchEvent(new CustomEvent('rescue'))
  }
}
