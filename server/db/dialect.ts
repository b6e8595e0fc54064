import type BetterSqlite from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type TransactionSettings,
} from 'kysely'

/** Distinct statements are few (a push of 500 mutations uses a dozen); the limit only bounds odd ones. */
const CACHED_STATEMENTS = 200

function caching(sqlite: BetterSqlite.Database): SqliteDatabase {
  const statements = new Map<string, BetterSqlite.Statement<unknown[]>>()
  return {
    close: () => sqlite.close(),
    prepare(sql) {
      const known = statements.get(sql)
      // A busy statement is one being iterated; it cannot run twice at once.
      if (known && !known.busy) return known
      const made = sqlite.prepare<unknown[]>(sql)
      if (statements.size >= CACHED_STATEMENTS) statements.clear()
      statements.set(sql, made)
      return made
    },
  }
}

/** Told of each write transaction how long it took, the wait for another process's lock included. */
export type ObserveWrite = (seconds: number, result: 'commit' | 'rollback') => void

/**
 * A transaction takes the write lock when it begins. With SQLite's default it would take it at its first write,
 * after versions have been read, and another process could have written between.
 */
class ImmediateDriver extends SqliteDriver {
  /** When the write transaction began; of the one connection there is one at a time. */
  #begun: number | null = null
  readonly #observe: ObserveWrite

  constructor(database: SqliteDatabase, observe: ObserveWrite) {
    super({ database })
    this.#observe = observe
  }

  #end(result: 'commit' | 'rollback'): void {
    if (this.#begun !== null) this.#observe((performance.now() - this.#begun) / 1000, result)
    this.#begun = null
  }

  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    const reads = settings?.accessMode === 'read only'
    this.#begun = reads ? null : performance.now()
    await connection.executeQuery(CompiledQuery.raw(reads ? 'begin' : 'begin immediate'))
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await super.commitTransaction(connection)
    this.#end('commit')
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await super.rollbackTransaction(connection)
    this.#end('rollback')
  }
}

/** SQLite for Kysely, with prepared statements kept and write transactions immediate. */
export class PawkitDialect extends SqliteDialect {
  readonly #database: SqliteDatabase
  readonly #observe: ObserveWrite

  constructor(sqlite: BetterSqlite.Database, observe: ObserveWrite = () => {}) {
    const database = caching(sqlite)
    super({ database })
    this.#database = database
    this.#observe = observe
  }

  override createDriver(): ImmediateDriver {
    return new ImmediateDriver(this.#database, this.#observe)
  }
}
