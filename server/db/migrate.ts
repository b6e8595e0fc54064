import { existsSync } from 'node:fs'
import type BetterSqlite from 'better-sqlite3'
import { Migrator } from 'kysely/migration'
import { StartProblem } from '../start-problem.ts'
import { MIGRATIONS } from './migrations.ts'
import type { Database } from './schema.ts'

function executed(sqlite: BetterSqlite.Database): string[] {
  const known = sqlite.prepare(`select 1 from sqlite_master where name = 'kysely_migration'`).get()
  if (!known) return []
  return sqlite.prepare<[], string>('select name from kysely_migration order by name').pluck().all()
}

/** A name that is still free: a copy made before a migration that failed half-way is the good one. */
function copyName(path: string, step: number): string {
  const name = `${path}.before-${step}`
  for (let i = 0; ; i++) {
    const candidate = i === 0 ? name : `${name}.${i}`
    if (!existsSync(candidate)) return candidate
  }
}

/** Brings the database to this program's schema; an existing one is first copied aside. Returns the copy's path. */
export async function migrate(
  db: Database,
  sqlite: BetterSqlite.Database,
  list = MIGRATIONS,
): Promise<string | null> {
  const done = executed(sqlite)
  const names = Object.keys(list)
  if (done.some((name) => !names.includes(name))) {
    throw new StartProblem(
      `The database ${sqlite.name} was written by a newer version of Pawkit; start that version`,
    )
  }
  if (done.length === names.length) return null
  let copy: string | null = null
  if (done.length > 0) {
    copy = copyName(sqlite.name, done.length + 1)
    await sqlite.backup(copy)
  }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => list } })
  const { error } = await migrator.migrateToLatest()
  if (error) {
    const kept = copy ? `; a copy from before is ${copy}` : ''
    throw new StartProblem(`The database could not be brought up to date (${String(error)})${kept}`)
  }
  return copy
}
