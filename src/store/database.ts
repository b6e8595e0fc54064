import { type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import { DATABASE_NAME, DATABASE_VERSION, type PawkitSchema, type StoreName } from './schema.ts'
import { fault } from './storage-trouble.ts'

export type Transaction<Mode extends IDBTransactionMode = 'readwrite'> = IDBPTransaction<
  PawkitSchema,
  StoreName[],
  Mode
>
type Connection = IDBPDatabase<PawkitSchema>

export type Durability = 'strict' | 'relaxed'

/** What a page or worker does when the connection meets the outside world. */
export interface DatabaseEvents {
  /** Another context of an older version keeps the upgrade waiting: ask the person to close or reload it. */
  blocked?(): void
  /** Another context wants to upgrade to a version, or to remove the database (null); the connection has been closed. */
  superseded?(wanted: number | null): void
  /** Where none is there, opening fails: the worker never begins a library. */
  readonly existing?: boolean
}

const OPENING_LIMIT = 10_000

/** One connection, reopened once when the browser lost it (Safari does; platform.md, 5.3). */
export class Database {
  #connection: Connection | null
  readonly #name: string
  readonly #events: DatabaseEvents

  private constructor(connection: Connection, name: string, events: DatabaseEvents) {
    this.#connection = connection
    this.#name = name
    this.#events = events
  }

  static async open(events: DatabaseEvents = {}, name: string = DATABASE_NAME): Promise<Database> {
    let self: Database | null = null
    const connection = await connect(name, events, () => self?.forget(), events.existing)
    self = new Database(connection, name, events)
    return self
  }

  forget(): void {
    this.#connection = null
  }

  close(): void {
    this.#connection?.close()
    this.#connection = null
  }

  /**
   * Runs `work` in one transaction and waits until it is complete. Where the connection is open the transaction
   * begins in the caller's own task: a page that dies right after an input event has begun its write.
   * Rejects with what `work` threw, or with the transaction's error (QuotaExceededError comes only then). Nothing was
   * written then.
   */
  run<T, Mode extends IDBTransactionMode>(
    stores: readonly StoreName[],
    mode: Mode,
    work: (tx: Transaction<Mode>) => Promise<T>,
    durability: Durability = 'relaxed',
  ): Promise<T> {
    const attempt = (connection: Connection): Promise<T> => once(connection, stores, mode, work, durability)
    const first = this.#connection ? attempt(this.#connection) : this.#reopen().then(attempt)
    return first.catch((error: unknown) => {
      if (!isLostConnection(error)) throw error
      this.close()
      return this.#reopen().then(attempt)
    })
  }

  /** A database that has gone is not begun anew. */
  async #reopen(): Promise<Connection> {
    this.#connection ??= await connect(this.#name, this.#events, () => this.forget(), true)
    return this.#connection
  }
}

/** Async from its first line: what a closing connection throws at once is a rejection like any other. */
async function once<T, Mode extends IDBTransactionMode>(
  connection: Connection,
  stores: readonly StoreName[],
  mode: Mode,
  work: (tx: Transaction<Mode>) => Promise<T>,
  durability: Durability,
): Promise<T> {
  const tx = connection.transaction([...stores], mode, { durability })
  try {
    const [result] = await Promise.all([work(tx), tx.done])
    return result
  } catch (error) {
    tx.done.catch(() => {})
    try {
      tx.abort()
    } catch {
      // It has ended already: its own error is the one to report.
    }
    throw tx.error ?? error
  }
}

/** AbortError: the browser gave the transaction up with its connection. Our own aborts reject with their reason. */
const isLostConnection = (error: unknown): boolean =>
  error instanceof DOMException && /^(Ab|Unk|InvalidS)/.test(error.name)

async function connect(
  name: string,
  events: DatabaseEvents,
  lost: () => void,
  existing: boolean | undefined,
): Promise<Connection> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(fault('OpeningTimeout')), OPENING_LIMIT)
  })
  let gone = false
  const opening = openDB<PawkitSchema>(name, DATABASE_VERSION, {
    upgrade: (db, from, _to, tx) => {
      if (from > 0 || !existing) {
        for (const step of STEPS.slice(from)) step(db)
        return
      }
      gone = true
      tx.done.catch(() => {})
      tx.abort()
    },
    blocked: () => events.blocked?.(),
    blocking: (_current, wanted, event) => {
      lost()
      ;(event.target as IDBDatabase).close()
      events.superseded?.(wanted)
    },
    terminated: lost,
  })
  try {
    return await Promise.race([opening, limit])
  } catch (error) {
    // What opens after all would have no owner, and keep every later upgrade waiting.
    opening.then(
      (late) => late.close(),
      () => {},
    )
    throw gone ? fault('Gone') : error
  } finally {
    clearTimeout(timer)
  }
}

/** Additive, one a version: the first begins a library. Each runs only once, in whoever opens first. */
const STEPS: readonly ((db: Connection) => void)[] = [
  (db) => {
    const records = db.createObjectStore('records', { keyPath: 'id' })
    records.createIndex('urlKey', 'urlKey')
    records.createIndex('formerId', 'fields.formerIds', { multiEntry: true })
    db.createObjectStore('bases', { keyPath: 'id' })
    db.createObjectStore('outbox', { keyPath: 'id' })
    db.createObjectStore('history', { autoIncrement: true }).createIndex('recordId', 'recordId')
    db.createObjectStore('unread', { keyPath: 'seq' })
    db.createObjectStore('seen', { keyPath: 'id' })
    db.createObjectStore('journal', { autoIncrement: true })
    db.createObjectStore('meta', { keyPath: 'key' })
    db.createObjectStore('writers', { keyPath: 'page' })
    db.createObjectStore('drafts', { keyPath: 'id' })
    db.createObjectStore('session', { keyPath: 'key' })
    db.createObjectStore('device', { keyPath: 'key' })
  },
  (db) => {
    db.createObjectStore('receipts', { keyPath: 'id' })
    db.createObjectStore('vanishing', { keyPath: 'id' })
  },
]
