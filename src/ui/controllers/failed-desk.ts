import { MESSAGES_VERSION } from '../../core/messages.ts'
import { discardChange, retryFailed } from '../../store/failed.ts'
import { readSyncState } from '../../store/read.ts'
import type { PageWorld } from './page-model.ts'

/** What a person does with failed changes; the worker is told, and sends what is ready again. */
export class FailedDesk {
  readonly #world: PageWorld
  readonly #reread: (ids: readonly string[]) => Promise<void>

  constructor(world: PageWorld, reread: (ids: readonly string[]) => Promise<void>) {
    this.#world = world
    this.#reread = reread
  }

  async retry(library: string, id?: string): Promise<void> {
    const { db, now } = this.#world
    await retryFailed(db, library, id === undefined ? null : [id], now())
    const { entries } = await readSyncState(db)
    await this.#tell(id === undefined ? entries.map((entry) => entry.id) : [id])
  }

  async discard(library: string, id: string): Promise<void> {
    const { db, now } = this.#world
    await discardChange(db, library, id, now())
    await this.#tell([id])
  }

  async #tell(ids: readonly string[]): Promise<void> {
    this.#world.worker?.announce({ v: MESSAGES_VERSION, type: 'records-changed', ids })
    this.#world.worker?.wake('retry')
    await this.#reread(ids)
  }
}
