import { type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import { DATABASE_NAME, DATABASE_VERSION, type PawkitSchema, type StoreName } from './schema.ts'

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
  /** A newer version wants to upgrade; the connection has been closed. The page offers a reload. */
  superseded?(): void
}

const OPENING_LIMIT = 10_000

/** Opening took too long: a frozen tab of an older version may not let go (design.md, "When a request fails"). */
export class OpeningTimeout extends Error {}

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
    const connection = await connect(name, events, () => self?.forget())
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
   * Rejects with what `work` threw, or with the transaction's error (QuotaExceededError comes only then).
   */
  run<T, Mode extends IDBTransactionMode>(
    stores: readonly StoreName[],
    mode: Mode,
    work: (tx: Transaction<Mode>) => Promise<T>,
    durability: Durability = 'relaxed',
  ): Promise<T> {
    const attempt = (connection: Connection): Promise<T> => once(connection, stores, mode, work, durability)
    const first = this.#connection
      ? tried(() => attempt(this.#connection as Connection))
      : this.#reopen().then(attempt)
    return first.catch((error: unknown) => {
      if (!isLostConnection(error)) throw error
      this.close()
      return this.#reopen().then(attempt)
    })
  }

  async #reopen(): Promise<Connection> {
    if (this.#connection) return this.#connection
    this.#connection = await connect(this.#name, this.#events, () => this.forget())
    return this.#connection
  }
}

/** A synchronous throw (a closing connection) becomes a rejection like any other. */
function tried<T>(work: () => Promise<T>): Promise<T> {
  try {
    return work()
  } catch (error) {
    return Promise.reject(error)
  }
}

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

const isLostConnection = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === 'InvalidStateError' || error.name === 'UnknownError')

async function connect(name: string, events: DatabaseEvents, lost: () => void): Promise<Connection> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new OpeningTimeout('The library did not open within 10 seconds.')),
      OPENING_LIMIT,
    )
  })
  const opening = openDB<PawkitSchema>(name, DATABASE_VERSION, {
    upgrade,
    blocked: () => events.blocked?.(),
    blocking: (_current, _wanted, event) => {
      lost()
      ;(event.target as IDBDatabase).close()
      events.superseded?.()
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
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Additive steps, one a version; each runs only once, in whoever opens first. */
function upgrade(db: Connection, from: number): void {
  if (from < 1) {
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
  }
  if (from < 2) {
    db.createObjectStore('receipts', { keyPath: 'id' })
    db.createObjectStore('vanishing', { keyPath: 'id' })
  }
}
