import { authorOf } from '../../core/authors.ts'
import type { Resolution } from '../../core/conflict.ts'
import { MESSAGES_VERSION } from '../../core/messages.ts'
import type { Entry } from '../../core/outbox.ts'
import { ancestorsOf } from '../../core/outbox.ts'
import type { Policy } from '../../core/policy.ts'
import { isPurged, mergeKind, titleOf } from '../../core/records.ts'
import {
  conflictsAmong,
  type ResolveResult,
  readConflicts,
  resolveConflict,
  type StoredConflict,
} from '../../store/conflicts.ts'
import { readPolicy, writePolicy } from '../../store/policy.ts'
import type { Writing } from '../../store/session.ts'
import type { ConflictActions, ConflictField, ConflictView } from '../model.ts'
import type { PageWorld } from './page-world.ts'

export interface ConflictDeskHost {
  /** What this page's changes name. */
  readonly writing: Writing
  /** Makes a change if this tab may write, or a person lets it; else rejects. */
  permit<T>(record: string, change: () => Promise<T>): Promise<T>
  /** As the page last read them. */
  entries(): readonly Entry[]
  /** These records are to be read again. */
  changed(ids: readonly string[]): Promise<void>
}

/** Open conflicts, read from the store whenever their records or entries change. */
export class ConflictDesk extends EventTarget implements ConflictActions {
  readonly #world: PageWorld
  readonly #host: ConflictDeskHost
  #open: readonly ConflictView[] = []
  #reading: Promise<void> = Promise.resolve()

  /** @param page says `summary` and `records` */
  constructor(world: PageWorld, page: EventTarget, host: ConflictDeskHost) {
    super()
    this.#world = world
    this.#host = host
    // What cannot be read now is read again with the next change.
    const look = () => void this.look().catch(() => {})
    page.addEventListener('summary', look)
    page.addEventListener('records', (event) => {
      const ids: unknown = (event as CustomEvent).detail
      if (Array.isArray(ids) && this.#open.some(({ id }) => ids.includes(id))) look()
    })
  }

  get open(): readonly ConflictView[] {
    return this.#open
  }

  get(id: string): ConflictView | null {
    return this.#open.find((view) => view.id === id) ?? null
  }

  async resolve(view: ConflictView, resolution: Resolution): ReturnType<ConflictActions['resolve']> {
    const { db, now, worker } = this.#world
    const { id, mine, theirs } = view
    const result: ResolveResult = await this.#host.permit(id, () =>
      resolveConflict(db, {
        library: this.#host.writing.library,
        epoch: this.#host.writing.epoch,
        id,
        shown: { mine, theirs },
        resolution,
        now: now(),
      }),
    )
    if (result.is === 'invalid') return { problems: result.problems }
    if (result.is === 'resolved') {
      worker?.announce({ v: MESSAGES_VERSION, type: 'records-changed', ids: [id] })
      worker?.arm()
      worker?.wakeForChange()
    }
    await this.#host.changed([id])
    await this.#refresh()
    return result.is
  }

  /** Reads them, where nothing has said yet that there are any. */
  look(): Promise<void> {
    return this.#refresh()
  }

  policy(): Promise<Policy> {
    return readPolicy(this.#world.db, this.#host.writing.library)
  }

  async setPolicy(choice: Partial<Policy>): Promise<void> {
    await writePolicy(this.#world.db, this.#host.writing.library, choice)
    this.#world.worker?.announce({ v: MESSAGES_VERSION, type: 'status-changed' })
  }

  /** One at a time, so that an older read never overtakes a newer one. */
  #refresh(): Promise<void> {
    this.#reading = this.#reading.catch(() => {}).then(() => this.#read())
    return this.#reading
  }

  async #read(): Promise<void> {
    const ids = conflictsAmong(this.#host.entries())
    if (ids.length === 0 && this.#open.length === 0) return
    const found = (await readConflicts(this.#world.db, ids)).map(viewOf)
    const open = found.sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1))
    if (JSON.stringify(open) === JSON.stringify(this.#open)) return
    this.#open = open
    this.dispatchEvent(new Event('change'))
  }
}

function viewOf({ record, base, entry }: StoredConflict): ConflictView {
  const { id, kind } = record
  const fields = Object.entries(ancestorsOf(entry)).map(
    ([field, ancestor]): ConflictField => ({
      field,
      merge: mergeKind(kind, field),
      ancestor,
      mine: record.fields[field],
      theirs: base.fields[field],
      mineAt: record.stamps[field] ?? 0,
      theirsAt: base.stamps[isPurged(base) ? 'purged' : field] ?? 0,
      by: authorOf(base, field),
    }),
  )
  const since = entry.state.is === 'conflict' ? entry.state.since : entry.since
  return { id, kind, title: titleOf(record), mine: record, theirs: base, since, fields }
}
