import { MESSAGES_VERSION } from '../../core/messages.ts'
import { isDeleted, titleOf } from '../../core/records.ts'
import { Journal } from '../../store/journal.ts'
import type { Writing } from '../../store/session.ts'
import { answerVanishing, readVanishing, type VanishAnswer } from '../../store/vanish.ts'
import type { PageModel, VanishActions, VanishingRecord } from '../model.ts'
import { count } from '../words.ts'
import type { PageWorld } from './page-world.ts'

/** The page as this desk uses it; `summary` says that the state of sync may have changed. */
type Host = Pick<PageModel, 'records' | 'notices' | 'notify' | 'dismiss'> &
  EventTarget & {
    readonly tabs: { attempt(record: null, change: () => Promise<unknown>): Promise<boolean> }
    /** What the page says of sync is read again. */
    refresh(): Promise<void>
  }

const LOOK = 'Look at them'

/** Asks about records that would vanish: one notice as long as the question is open, a dialog on demand. */
export class VanishDesk extends EventTarget implements VanishActions {
  readonly #world: PageWorld
  readonly #host: Host
  readonly #writing: Writing
  readonly #changed: (ids: readonly string[]) => Promise<void>
  #ids: readonly string[] = []
  /** Those among them that are not in the Trash: no server has them. */
  live = 0

  /** @param changed these records are to be read again */
  constructor(
    world: PageWorld,
    host: Host,
    writing: Writing,
    changed: (ids: readonly string[]) => Promise<void>,
  ) {
    super()
    this.#world = world
    this.#host = host
    this.#writing = writing
    this.#changed = changed
    // What cannot be read now is told where it matters, and read again with the next change.
    host.addEventListener('summary', () => void this.#refresh().catch(() => {}))
  }

  get count(): number {
    return this.#ids.length
  }

  async #refresh(): Promise<void> {
    const ids = await readVanishing(this.#world.db)
    const before = this.#ids
    // Both in the store's order.
    if (ids.join() === before.join()) return
    this.#ids = ids
    const views = ids.map((id) => this.#host.records.get(id)?.record)
    this.live = views.filter((record) => record && !isDeleted(record)).length
    // With none of the former left it is another question.
    this.#tell(!ids.some((id) => before.includes(id)))
    // What they say of themselves is no longer that they are on the server.
    await this.#changed(ids)
    await this.#host.refresh()
  }

  look(): void {
    this.dispatchEvent(new Event('look'))
  }

  async read(): Promise<readonly VanishingRecord[]> {
    const ids = await readVanishing(this.#world.db)
    return ids.flatMap((id) => {
      const record = this.#host.records.get(id)?.record
      return record ? [{ id, title: titleOf(record) }] : []
    })
  }

  async answer(answer: VanishAnswer, shown: readonly string[]): Promise<void> {
    const { db, now, worker } = this.#world
    let ids: readonly string[] = []
    let epoch = 0
    const made = await this.#host.tabs.attempt(null, async () => {
      const { library } = this.#writing
      epoch = this.#writing.epoch
      ids = await answerVanishing(db, { library, epoch }, answer, now(), shown)
    })
    if (!made) return
    const journal = new Journal(async () => db, now)
    journal.add({ what: 'vanishing-answered', answer, records: ids.length, epoch })
    await journal.flush()
    worker?.announce({ v: MESSAGES_VERSION, type: 'records-changed', ids })
    if (answer === 'keep') {
      worker?.arm()
      worker?.wakeForChange()
    }
    await this.#changed(ids)
  }

  /** Told once; while the notice is there its number is kept true. */
  #tell(first: boolean): void {
    const { notices } = this.#host
    const told = notices.filter(({ action }) => action?.label === LOOK)
    for (const { id } of told) this.#host.dismiss(id)
    if (this.count === 0 || (!first && told.length === 0)) return
    const text = `${count(this.count, 'record')} would vanish from this device.`
    this.#host.notify('alert', text, { label: LOOK, run: () => this.look() })
  }
}
