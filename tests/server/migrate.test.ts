import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PawkitDialect } from '../../server/db/dialect.ts'
import { migrate } from '../../server/db/migrate.ts'
import { MIGRATIONS } from '../../server/db/migrations.ts'
import { openDatabase } from '../../server/db/open.ts'
import type { Schema } from '../../server/db/schema.ts'
import { StartProblem } from '../../server/start-problem.ts'
import { tempFolder } from './fixture.ts'

let folder: ReturnType<typeof tempFolder>
let path: string
beforeEach(() => {
  folder = tempFolder()
  path = join(folder.path, 'data', 'pawkit.db')
})
afterEach(() => folder.remove())

const tables = (file: string): string[] => {
  const sqlite = new BetterSqlite(file, { readonly: true })
  const names = sqlite
    .prepare<[], string>(`select name from sqlite_master where type = 'table'`)
    .pluck()
    .all()
  sqlite.close()
  return names
}

describe('the database at start', () => {
  it('a new one is made with its folder, and nothing is copied', async () => {
    const first = await openDatabase(path)
    await first.close()
    const again = await openDatabase(path)
    await again.close()
    expect([first.copy, again.copy]).toEqual([null, null])
    expect(readdirSync(join(folder.path, 'data'))).toEqual(['pawkit.db'])
  })

  it('an existing one is copied aside before a migration, and no copy is overwritten', async () => {
    await (await openDatabase(path)).close()
    const more = {
      ...MIGRATIONS,
      '0003_more': {
        up: async (db: Kysely<unknown>) => db.schema.createTable('more').addColumn('id', 'text').execute(),
      },
    }
    const failing = { ...MIGRATIONS, '0003_more': { up: async () => Promise.reject(new Error('half-way')) } }
    const run = async (list: typeof MIGRATIONS) => {
      const sqlite = new BetterSqlite(path)
      const db = new Kysely<Schema>({ dialect: new PawkitDialect(sqlite) })
      return migrate(db, sqlite, list).finally(() => db.destroy())
    }
    await expect(run(failing)).rejects.toThrow(/^[^\n]*half-way[^\n]*pawkit\.db\.before-3$/)
    expect(await run(more)).toBe(`${path}.before-3.1`)
    expect(tables(path)).toContain('more')
    expect(tables(`${path}.before-3`)).not.toContain('more')
    expect(await run(more)).toBe(null)
  })

  it('one that a newer version wrote is left alone', async () => {
    const { close, db } = await openDatabase(path)
    await db
      .insertInto('kysely_migration' as never)
      .values({ name: '9999_later', timestamp: 'x' } as never)
      .execute()
    await close()
    await expect(openDatabase(path)).rejects.toThrow(StartProblem)
    await expect(openDatabase(path)).rejects.toThrow(/newer version/)
    expect(existsSync(`${path}.before-3`)).toBe(false)
  })

  it('acknowledged writes are on the disk: write-ahead log, synchronous, foreign keys', async () => {
    const { close, db } = await openDatabase(path)
    const { sql } = await import('kysely')
    const pragma = async (name: string) =>
      Object.values((await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(db)).rows[0] ?? {})[0]
    expect([await pragma('journal_mode'), await pragma('synchronous'), await pragma('foreign_keys')]).toEqual(
      ['wal', 2, 1],
    )
    await close()
  })
})
