import type { Resolution } from '../../src/core/conflict.ts'
import { uuidV7 } from '../../src/core/ids.ts'
import type { Announcement, ToWorker } from '../../src/core/messages.ts'
import { DEFAULTS, type Fields, type Kind, type RecordState, text } from '../../src/core/records.ts'
import {
  type ResolveResult,
  readConflicts,
  resolveConflict,
  type StoredConflict,
} from '../../src/store/conflicts.ts'
import { Database } from '../../src/store/database.ts'
import { openLibrary } from '../../src/store/library.ts'
import { readAll, readSome } from '../../src/store/read.ts'
import { FieldBinding } from '../../src/ui/controllers/field-binding.ts'
import { Writer } from '../../src/ui/controllers/writer.ts'
import { Editor } from './editor.ts'
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
  now(): number
  broadcast(from: Actor, announcement: Announcement): void
  tell(message: ToWorker): void
  /** The page asks for Background Sync. */
  arm(): void
  /** A person sees these values change: what is gone was meant to go. */
  issued(id: string, before: Fields, after: Fields): void
  /** The store has committed them, and the page shows them as saved. */
  saved(actor: Actor, id: string, before: Fields, after: Fields): void
  /** A person has chosen, and the store is about to be told. */
  resolving(shown: StoredConflict, resolution: Resolution): void
  resolved(actor: Actor, said: Answered): void
}

/**
 * One open page: the real writer, field bindings and store. Its view of the library may lag behind the store as long
 * as broadcasts are held back.
 */
export class SimTab {
  readonly actor: Actor
  readonly #host: TabHost
  readonly views = new Map<string, RecordState>()
  readonly #editors = new Map<string, { readonly editor: Editor; readonly binding: FieldBinding }>()
  #db: Database | null = null
  #writer: Writer | null = null
  /** Messages that it has not handled yet: it is busy, hidden or frozen. */
  frozen = false
  readonly #held: Announcement[] = []
  ready = false
  /** Open conflicts as this page last read them: behind what is stored as long as nobody looks again. */
  conflicts: ReadonlyMap<string, StoredConflict> = new Map()
  /** Writes that the store has not answered yet. */
  unanswered = 0

  constructor(host: TabHost, name: string) {
    this.#host = host
    this.actor = new Actor(name, host.deviceName)
  }

  async open(): Promise<void> {
    const db = await Database.open({}, this.#host.deviceName)
    const library = await openLibrary(db, this.#newId())
    this.#db = db
    this.#writer = new Writer(db, library.id, `${this.actor.name}-page`, () => this.#host.now())
    for (const { record } of await readAll(db)) this.views.set(record.id, record)
    this.ready = true
    this.#host.tell({ v: 1, type: 'wake', reason: 'opened' })
  }

  #newId(): string {
    return uuidV7(this.#host.now(), this.#host.random.bytes(16))
  }

  hear(said: Announcement): void {
    if (this.frozen) this.#held.push(said)
    else void this.#take(said)
  }

  thaw(): void {
    this.frozen = false
    for (const said of this.#held.splice(0)) void this.#take(said)
  }

  async #take(said: Announcement): Promise<void> {
    if (said.type !== 'records-changed' || !this.#db) return
    for (const [id, row] of await readSome(this.#db, said.ids)) {
      if (row) this.views.set(id, row.record)
      else this.views.delete(id)
      this.#refresh(id)
    }
  }

  #refresh(id: string): void {
    const record = this.views.get(id)
    for (const [key, { binding }] of this.#editors) {
      const [of, field = ''] = key.split(' ')
      if (of === id && record) binding.takeIn(text(record.fields[field]))
    }
  }

  create(kind: Kind, typed: Fields): string {
    const id = this.#newId()
    void this.#write(id, kind, {}, typed, true, 'at-once')
    return id
  }

  /** A change of values, made on what this page shows. */
  edit(record: RecordState, typed: Fields): void {
    const shown = Object.fromEntries(Object.keys(typed).map((field) => [field, record.fields[field] ?? null]))
    void this.#write(record.id, record.kind, shown, typed, false, 'at-once')
  }

  /** Types into a text field: `change` makes the new text of the one in the editor. */
  type(record: RecordState, field: string, change: (text: string) => string, leaving: boolean): void {
    const key = `${record.id} ${field}`
    const open = this.#editors.get(key) ?? this.#openEditor(record, field)
    this.#editors.set(key, open)
    open.editor.type(change(open.editor.value))
    if (leaving) open.binding.leave()
  }

  closeEditors(): void {
    for (const { binding } of this.#editors.values()) binding.detach()
    this.#editors.clear()
  }

  #openEditor(record: RecordState, field: string) {
    const editor = new Editor()
    const binding = new FieldBinding(
      editor as unknown as HTMLTextAreaElement,
      async (shown, typed, leaving) => {
        const { id, kind } = record
        const urgency = leaving ? 'at-once' : 'typing'
        const written = await this.#write(id, kind, { [field]: shown }, { [field]: typed }, false, urgency)
        return written ? text(written.fields[field]) : null
      },
    )
    binding.load(text(record.fields[field]))
    return { editor, binding }
  }

  async #write(
    id: string,
    kind: string,
    shown: Fields,
    typed: Fields,
    create: boolean,
    urgency: 'typing' | 'at-once',
  ): Promise<RecordState | null> {
    if (!this.#writer) return null
    this.#host.arm()
    this.#host.issued(id, shown, typed)
    this.unanswered++
    const done = await this.#writer.write({ id, kind, shown, typed, create, urgency }, 'strict')
    this.unanswered--
    if (this.actor.dead || done.is !== 'written') return null
    const { record } = done
    this.#host.saved(this.actor, record.id, shown, typed)
    if (this.actor.dead) return null
    if (record.fields.purged === true) this.views.delete(record.id)
    else this.views.set(record.id, record)
    this.#host.broadcast(this.actor, { v: 1, type: 'records-changed', ids: [record.id] })
    this.#host.tell({ v: 1, type: 'wake', reason: 'changed' })
    return record
  }

  /** Reads what is in conflict, as the page does whenever something has changed. */
  async look(): Promise<void> {
    if (!this.#db) return
    const found = await readConflicts(this.#db, [...this.views.keys()])
    this.conflicts = new Map(found.map((one) => [one.record.id, one]))
  }

  /** A person chooses, by what this page was showing. */
  async resolve(shown: StoredConflict, resolution: Resolution): Promise<void> {
    if (!this.#db) return
    const { record: mine, base: theirs } = shown
    const { id } = mine
    this.#host.resolving(shown, resolution)
    if (resolution.take === 'merged') this.#host.issued(id, {}, resolution.fields)
    const said = {
      library: this.library,
      epoch: 0,
      id,
      shown: { mine, theirs },
      resolution,
      now: this.#host.now(),
    }
    const result = await resolveConflict(this.#db, said)
    if (this.actor.dead) return
    this.#host.resolved(this.actor, { shown, resolution, result })
    if (this.actor.dead) return
    this.conflicts = new Map([...this.conflicts].filter(([other]) => other !== id))
    if (result.is !== 'resolved') return
    if (result.record.fields.purged === true) this.views.delete(id)
    else this.views.set(id, result.record)
    this.#refresh(id)
    this.#host.broadcast(this.actor, { v: 1, type: 'records-changed', ids: [id] })
    this.#host.arm()
    this.#host.tell({ v: 1, type: 'wake', reason: 'changed' })
  }

  /** `pagehide`: what is not committed goes to the worker. */
  handOver(): void {
    if (this.#writer) this.#host.tell({ v: 1, type: 'last-letters', writes: this.#writer.uncommitted() })
  }

  get database(): Database | null {
    return this.#db
  }

  get library(): string {
    return this.#writer?.library ?? ''
  }
}

/** What a field holds before anybody has set it. */
export const emptyOf = (kind: Kind): Fields => DEFAULTS[kind]
