import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import type { Entry } from '../../src/core/outbox.ts'
import type { RecordState } from '../../src/core/records.ts'
import { type Draft, NOBODY, type Right } from '../../src/core/session.ts'
import type {
  HistoryRow,
  LibraryRow,
  PawkitSchema,
  StoredRecord,
  StoreName,
  WriterRow,
} from '../../src/store/schema.ts'
import type { Actor, Scheduler } from './scheduler.ts'

/** What of fake-indexeddb's inside is looked at: to end a dying page's transactions, and to read without waiting. */
interface RawTransaction extends IDBTransaction {
  readonly _state: string
  readonly _started: boolean
}
interface RawDatabase {
  readonly transactions: RawTransaction[]
  readonly rawObjectStores: Map<
    string,
    { readonly records: { values(): Iterable<{ readonly key: IDBValidKey; readonly value: unknown }> } }
  >
}
type Connection = IDBDatabase & { readonly _rawDatabase: RawDatabase }

/** Everything of one device's database as it lies there. */
export interface DiskContents {
  readonly records: readonly StoredRecord[]
  readonly bases: readonly RecordState[]
  readonly entries: readonly Entry[]
  readonly history: readonly HistoryRow[]
  readonly vanishing: readonly { readonly id: string; readonly tombstone: RecordState | null }[]
  readonly library: LibraryRow | null
  readonly meta: readonly PawkitSchema['meta']['value'][]
  readonly drafts: readonly Draft[]
  readonly writers: readonly WriterRow[]
  readonly right: Right
}

/** Whose code a connection's events run. */
const owners = new WeakMap<IDBDatabase, { readonly actor: Actor; readonly scheduler: Scheduler }>()

/**
 * fake-indexeddb goes on with a transaction in a task of the one that ended before it, which may be another page's.
 * What then runs is the code of the page that opened the connection.
 */
const transactions = IDBTransaction.prototype as unknown as { _start(): void }
const start = transactions._start
transactions._start = function (this: IDBTransaction) {
  const owner = owners.get(this.db)
  if (owner) owner.scheduler.current = owner.actor
  start.call(this)
}

/** The disks of all devices of one run. Who opens a connection is noted, so that it ends with them. */
export class Disks {
  readonly factory = new IDBFactory()
  readonly #scheduler: Scheduler

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
    const open = (name: string, version?: number) => this.#open(name, version)
    globalThis.indexedDB = { open } as IDBFactory
  }

  #open(name: string, version?: number): IDBOpenDBRequest {
    const actor = this.#scheduler.current
    // Code of a page that has died opens nothing: its request is never answered.
    if (actor.dead) return new IDBOpenDBRequest()
    const request = this.factory.open(name, version)
    request.addEventListener('upgradeneeded', () => {
      if (!actor.diesAtUpgrade) return
      actor.diesAtUpgrade = false
      // After the code of the upgrade has run, and before it is committed.
      queueMicrotask(() => {
        request.transaction?.abort()
        this.kill(actor)
      })
    })
    request.addEventListener('success', () => {
      owners.set(request.result, { actor, scheduler: this.#scheduler })
      if (actor.dead) request.result.close()
      else actor.connections.add(request.result)
    })
    return request
  }

  /**
   * The actor's code gets nothing any more; what it had not committed is undone, as the browser does. The events of that
   * are its own: in another's task its code would open the database anew and go on.
   */
  kill(actor: Actor): void {
    actor.dead = true
    const { current } = this.#scheduler
    this.#scheduler.current = actor
    for (const connection of actor.connections) {
      const { transactions } = (connection as Connection)._rawDatabase
      for (const tx of [...transactions])
        if (tx.db === connection && tx._state !== 'finished' && tx._state !== 'committing') tx.abort()
      connection.close()
    }
    actor.connections.clear()
    this.#scheduler.current = current
  }

  #raw(name: string): RawDatabase | undefined {
    const factory = this.factory as unknown as { readonly _databases: Map<string, RawDatabase> }
    return factory._databases.get(name)
  }

  /** Whether a transaction that writes is under way: what lies there is then not yet what is committed. */
  writing(name: string): boolean {
    return (this.#raw(name)?.transactions ?? []).some(
      (tx) => tx.mode !== 'readonly' && tx._started && tx._state !== 'finished',
    )
  }

  #rows<Name extends StoreName>(name: string, store: Name): PawkitSchema[Name]['value'][] {
    const records = this.#raw(name)?.rawObjectStores.get(store)?.records.values() ?? []
    return [...records].map(({ value }) => value as PawkitSchema[Name]['value'])
  }

  read(name: string): DiskContents {
    const meta = this.#rows(name, 'meta')
    const library = meta.find((row) => row.key === 'library')
    return {
      records: this.#rows(name, 'records'),
      bases: this.#rows(name, 'bases'),
      entries: this.#rows(name, 'outbox'),
      history: this.#rows(name, 'history'),
      vanishing: this.#rows(name, 'vanishing'),
      library: library?.key === 'library' ? library : null,
      meta,
      drafts: this.#rows(name, 'drafts'),
      writers: this.#rows(name, 'writers'),
      right: this.#rows(name, 'session')[0] ?? NOBODY,
    }
  }

  /** The library's row alone. */
  library(name: string): LibraryRow | null {
    const row = this.#rows(name, 'meta').find(({ key }) => key === 'library')
    return row?.key === 'library' ? row : null
  }
}
