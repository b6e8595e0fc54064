import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { Database } from '../../src/store/database.ts'
import { readJournal } from '../../src/store/journal.ts'
import { WriteLog } from '../../src/ui/controllers/write-log.ts'
import { until } from '../support/device.ts'
import { idOf, T0 } from '../support/device-records.ts'

test('P7 a write is in the sync log under its own epoch; one line a second', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const db = await Database.open()
  const log = new WriteLog({ db, now: () => T0 })
  log.add(idOf(1), 1)
  log.add(idOf(1), 3)
  log.add(idOf(1), 1)
  vi.advanceTimersByTime(1000)
  vi.useRealTimers()
  await until(async () => (await readJournal(db)).length === 2, 'the lines')
  expect((await readJournal(db)).map(({ event }) => event)).toEqual([
    { what: 'written', record: idOf(1), epoch: 3, writes: 1 },
    { what: 'written', record: idOf(1), epoch: 1, writes: 2 },
  ])
})

test('P7 a page that goes leaves no write of its last second out of the log, and the next line is none of it again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const db = await Database.open()
  const before = (await readJournal(db)).length
  const log = new WriteLog({ db, now: () => T0 })
  log.add(idOf(2), 4)
  log.flush()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  await until(async () => (await readJournal(db)).length === before + 1, 'the line')
  log.flush()
  const [newest] = await readJournal(db)
  expect(newest?.event).toEqual({ what: 'written', record: idOf(2), epoch: 4, writes: 1 })
  expect(await readJournal(db)).toHaveLength(before + 1)
})
