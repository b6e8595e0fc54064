import { MESSAGES_VERSION } from '../../core/messages.ts'
import { type RecordState, titleOf } from '../../core/records.ts'
import { discardChange, retryFailed } from '../../store/failed.ts'
import { HELD_STORES, readHeld } from '../../store/held.ts'
import { readSyncState } from '../../store/read.ts'
import type { Writing } from '../../store/session.ts'
import { discardWords } from '../discard-words.ts'
import { copyRecord, downloadLibrary } from '../export-library.ts'
import type { FailedActions } from '../failed-model.ts'
import type { PageWorld } from './page-world.ts'

export interface FailedDeskHost {
  /** What this page's changes name. */
  readonly writing: Writing
  /** Makes a change if this tab may write, or a person lets it; false: not. */
  attempt(record: string | null, change: () => Promise<unknown>): Promise<boolean>
  recordOf(id: string): RecordState | undefined
  /** These records are to be read again. */
  changed(ids: readonly string[]): Promise<void>
}

/** What a person does with failed changes; the worker is told, and sends what is ready again. */
export class FailedDesk implements FailedActions {
  readonly #world: PageWorld
  readonly #host: FailedDeskHost

  constructor(world: PageWorld, host: FailedDeskHost) {
    this.#world = world
    this.#host = host
  }

  async retry(id?: string): Promise<void> {
    const { db, now } = this.#world
    const ids = id === undefined ? null : [id]
    const retried = await this.#host.attempt(id ?? null, () =>
      retryFailed(db, this.#host.writing, ids, now()),
    )
    if (!retried) return
    const { entries } = await readSyncState(db)
    await this.#tell(id === undefined ? entries.map((entry) => entry.id) : [id])
  }

  async discardWords(id: string): Promise<string> {
    return discardWords(await this.#world.db.run(HELD_STORES, 'readonly', (tx) => readHeld(tx, id)))
  }

  async discard(id: string): Promise<boolean> {
    const { db, now } = this.#world
    let settled = true
    const tried = await this.#host.attempt(id, async () => {
      settled = await discardChange(db, this.#host.writing, id, now())
    })
    if (tried) await this.#tell([id])
    return settled
  }

  copy(id: string): Promise<boolean> {
    return copyRecord(this.#host.recordOf(id))
  }

  exportFile(id: string): void {
    const record = this.#host.recordOf(id)
    if (record) downloadLibrary([record], titleOf(record))
  }

  async #tell(ids: readonly string[]): Promise<void> {
    this.#world.worker?.announce({ v: MESSAGES_VERSION, type: 'records-changed', ids })
    this.#world.worker?.wake('retry')
    await this.#host.changed(ids)
  }
}
