import { Journal } from '../../store/journal.ts'
import type { PageWorld } from './page-world.ts'

/** Writes at every key would drown the sync log: those of one record in a second are one line; ms. */
const TOGETHER = 1000

/**
 * A line in the sync log for what this tab writes, with the epoch under which it did. In a transaction of its own:
 * a full log must not undo an edit (traces.md, 50).
 */
export class WriteLog {
  readonly #journal: Journal
  readonly #counts = new Map<string, number>()
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor({ db, now }: Pick<PageWorld, 'db' | 'now'>) {
    this.#journal = new Journal(async () => db, now)
  }

  /** @param epoch the write's own: by the time it has gone through, this tab may have another */
  add(record: string, epoch: number): void {
    const key = `${epoch} ${record}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    this.#timer ??= setTimeout(() => this.flush(), TOGETHER)
  }

  /** At once: the page may be about to go. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    for (const [key, writes] of this.#counts) {
      const [epoch = '', record = ''] = key.split(' ')
      this.#journal.add({ what: 'written', record, epoch: Number(epoch), writes })
    }
    this.#counts.clear()
    void this.#journal.flush()
  }
}
