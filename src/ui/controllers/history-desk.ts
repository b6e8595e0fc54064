import type { Fields } from '../../core/records.ts'
import type { Database } from '../../store/database.ts'
import { readDevice, writeDevice } from '../../store/library.ts'
import { type HistoryActions, KEPT, type Keeps, type OpenHistory } from '../history.ts'
import type { PageModel, WriteResult } from '../model.ts'

/** The page as version history uses it; `records` events say that one may have changed. */
export interface HistoryHost extends EventTarget, Pick<PageModel, 'records' | 'summary' | 'notify'> {
  edit(id: string, shown: Fields, typed: Fields, how: 'put-back'): Promise<WriteResult>
}

export interface HistoryWorld {
  readonly db: Database
  readonly now: () => number
  readonly library: () => string
  readonly online: () => boolean
}

/** Version history: what it needs is loaded when somebody looks at it. */
export class HistoryDesk implements HistoryActions {
  readonly #world: HistoryWorld
  readonly #host: HistoryHost

  constructor(
    world: Pick<HistoryWorld, 'db' | 'now'>,
    host: HistoryHost,
    writer: { readonly library: string },
  ) {
    const { db, now } = world
    this.#world = { db, now, library: () => writer.library, online: () => navigator.onLine }
    this.#host = host
  }

  async open(id: string): Promise<OpenHistory> {
    const { RecordHistory } = await import('./record-history.ts')
    const history = new RecordHistory(this.#world, this.#host, id)
    await history.begin()
    return history
  }

  async keeps(): Promise<Keeps> {
    return (await readDevice(this.#world.db, 'history'))?.keeps ?? KEPT
  }

  keep(keeps: Keeps): Promise<void> {
    return writeDevice(this.#world.db, { key: 'history', keeps })
  }

  /** Removes what is older than it has to be kept; at a quiet moment, and if it fails another day. */
  async tidy(): Promise<void> {
    const { db, library, now } = this.#world
    if ((await db.run(['history'], 'readonly', (tx) => tx.objectStore('history').count())) === 0) return
    const { pruneHistory } = await import('../../store/history.ts')
    await pruneHistory(db, library(), now(), await this.keeps())
  }
}
