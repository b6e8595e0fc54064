import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { Kysely } from 'kysely'
import { codeOf, StartProblem } from '../start-problem.ts'
import { type ObserveWrite, PawkitDialect } from './dialect.ts'
import { migrate } from './migrate.ts'
import type { Database, Schema } from './schema.ts'

export interface OpenDatabase {
  readonly db: Database
  /** Copied aside before a migration, or null. */
  readonly copy: string | null
  /** Writes the log back into the one file, then closes it. */
  close(): Promise<void>
}

function openFile(path: string): BetterSqlite.Database {
  const sqlite = new BetterSqlite(path)
  sqlite.pragma('busy_timeout = 5000')
  sqlite.pragma('journal_mode = WAL')
  // An answer means durable: the default may lose the last commits with the power, after a device let go of them.
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  // The write lock is taken and given back, so that a file that cannot be written shows now.
  sqlite.exec('begin immediate; rollback')
  return sqlite
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/**
 * Makes the folder and those above it, one by one: under /proc, where none can be made, mkdirSync's `recursive` goes
 * round for ever.
 */
function makeFolder(path: string): void {
  if (isFolder(path)) return
  const above = dirname(path)
  if (above !== path) makeFolder(above)
  try {
    mkdirSync(path)
  } catch (error) {
    // Another program may have been faster.
    if (!isFolder(path)) throw error
  }
}

const REASONS: Readonly<Record<string, string>> = {
  SQLITE_NOTADB: 'it is not a SQLite database',
  SQLITE_READONLY: 'it cannot be written',
  SQLITE_CANTOPEN: 'it cannot be opened or made there',
  SQLITE_BUSY: 'another program has it locked',
  EACCES: 'its folder cannot be written',
  EROFS: 'its folder cannot be written',
  ENOENT: 'its folder cannot be made there',
  EPERM: 'its folder cannot be made there',
  EEXIST: 'its folder is a file',
  ENOTDIR: 'its folder is a file',
}

/** Opens or makes the database and brings it to this program's schema. Throws a StartProblem in one line. */
export async function openDatabase(path: string, observeWrite?: ObserveWrite): Promise<OpenDatabase> {
  let sqlite: BetterSqlite.Database
  try {
    if (path !== ':memory:') makeFolder(dirname(path))
    sqlite = openFile(path)
  } catch (error) {
    const code = codeOf(error)
    const reason = REASONS[code] ?? (code.startsWith('SQLITE_READONLY') ? REASONS.SQLITE_READONLY : undefined)
    throw new StartProblem(`Cannot use the database ${path}: ${reason ?? (code || String(error))}`)
  }
  const db = new Kysely<Schema>({ dialect: new PawkitDialect(sqlite, observeWrite) })
  try {
    const copy = await migrate(db, sqlite)
    const close = async () => {
      sqlite.pragma('wal_checkpoint(TRUNCATE)')
      await db.destroy()
      // Kysely closes only what it has used.
      sqlite.close()
    }
    return { db, copy, close }
  } catch (error) {
    sqlite.close()
    throw error
  }
}
