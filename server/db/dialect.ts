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

/**
 * A transaction takes the write lock when it begins. With SQLite's default it would take it at its first write,
 * after versions have been read, and another process could have written between.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    const begin = settings?.accessMode === 'read only' ? 'begin' : 'begin immediate'
    await connection.executeQuery(CompiledQuery.raw(begin))
  }
}

/** SQLite for Kysely, with prepared statements kept and write transactions immediate. */
export class PawkitDialect extends SqliteDialect {
  readonly #database: SqliteDatabase

  constructor(sqlite: BetterSqlite.Database) {
    const database = caching(sqlite)
    super({ database })
    this.#database = database
  }

  override createDriver(): ImmediateDriver {
    return new ImmediateDriver({ database: this.#database })
  }
}
