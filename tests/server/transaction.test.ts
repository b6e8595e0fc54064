import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { expect, it } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { spaceOf } from '../../server/db/spaces.ts'
import { read, write } from '../../server/db/transaction.ts'
import { tempFolder } from './fixture.ts'

it('6 a write holds the lock from its first read on, and a read holds none', async () => {
  const folder = tempFolder()
  const path = join(folder.path, 'pawkit.db')
  const { db, close } = await openDatabase(path)
  const other = new BetterSqlite(path, { timeout: 0 })
  const steal = () => other.exec('begin immediate; rollback')
  await write(db, async (trx) => {
    await spaceOf(trx, 'nobody')
    expect(steal).toThrow(/locked/)
  })
  await read(db, async (trx) => {
    await spaceOf(trx, 'nobody')
    expect(steal).not.toThrow()
  })
  other.close()
  await close()
  folder.remove()
})
