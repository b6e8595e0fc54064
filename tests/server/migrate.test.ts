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
      '9998_more': {
        up: async (db: Kysely<unknown>) => db.schema.createTable('more').addColumn('id', 'text').execute(),
      },
    }
    const failing = { ...MIGRATIONS, '9998_more': { up: async () => Promise.reject(new Error('half-way')) } }
    const run = async (list: typeof MIGRATIONS) => {
      const sqlite = new BetterSqlite(path)
      const db = new Kysely<Schema>({ dialect: new PawkitDialect(sqlite) })
      return migrate(db, sqlite, list).finally(() => db.destroy())
    }
    await expect(run(failing)).rejects.toThrow(/^[^\n]*half-way[^\n]*pawkit\.db\.before-7$/)
    expect(await run(more)).toBe(`${path}.before-7.1`)
    expect(tables(path)).toContain('more')
    expect(tables(`${path}.before-7`)).not.toContain('more')
    expect(await run(more)).toBe(null)
  })

  it('one of before authors and retention is brought on, also after an attempt that ended half-way', async () => {
    await (await openDatabase(path)).close()
    const sqlite = new BetterSqlite(path)
    // As the version before had it, but for one of the columns: there the attempt ended.
    sqlite.exec(`
      delete from kysely_migration where name > '0003';
      drop index record_trash; drop index record_purged; drop index mutation_old; drop index idempotency_at;
      drop table device; drop table reading; drop table device_step;
      alter table change drop column device;
      alter table record drop column deleted_at;
      alter table revision drop column device;
      alter table space drop column forgotten_version;
      insert into user values ('ada', 'Ada', 'ada@example.com', 0, null, '', '');
      insert into space (id, account, created_at) values ('s', 'ada', 0);
      insert into change (space, seq, tag, at) values ('s', 1, 't1', 1000), ('s', 3, 't3', 3000);
      insert into record (space, id, kind, version, seq, fields, stamps, deleted, purged, created_at) values
        ('s', 'live', 'note', 1, 1, '{}', '{}', 0, 0, 10),
        ('s', 'forgotten', 'note', 1, 2, '{}', '{}', 1, 0, 20),
        ('s', 'deleted', 'note', 1, 3, '{}', '{}', 1, 0, 30);
      insert into revision (space, record, version, at, by, fields, applied)
        values ('s', 'live', 1, 0, 'ada', '{}', 1);
    `)
    sqlite.close()
    const { db, close, copy } = await openDatabase(path)
    expect(copy).toBe(`${path}.before-3`)
    const records = await db.selectFrom('record').select(['id', 'deleted_at', 'authors']).execute()
    expect(records).toEqual([
      { id: 'live', deleted_at: null, authors: null },
      { id: 'forgotten', deleted_at: 20, authors: null },
      { id: 'deleted', deleted_at: 3000, authors: null },
    ])
    expect(await db.selectFrom('revision').select('device').execute()).toEqual([{ device: '' }])
    expect(await db.selectFrom('space').select('forgotten_version').execute()).toEqual([
      { forgotten_version: 0 },
    ])
    await close()
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
    expect(existsSync(`${path}.before-7`)).toBe(false)
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
