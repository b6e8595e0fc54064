import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { Database } from '../../src/store/database.ts'
import { countKept, readAll, readSome, readSyncState } from '../../src/store/read.ts'
import { readClean } from '../../src/store/verify.ts'
import { Clock, Device } from '../support/device.ts'
import { idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

const opened = (): Promise<Device> => Device.open(new MemoryServer(() => T0), { clock: new Clock() })

describe('what the page reads', () => {
  test('P12: no library yet: nothing is said of one', async () => {
    const db = await Database.open({}, 'without-a-library')
    expect(await readSyncState(db)).toMatchObject({ library: null, connection: { is: 'fine' }, records: 0 })
    db.close()
  })

  test('P12: a record that the server has no more shows no receipt of it, in the list as by itself', async () => {
    const device = await opened()
    await device.db.run(['records', 'receipts', 'vanishing'], 'readwrite', async (tx) => {
      for (const n of [1, 2]) {
        const held = note(`text ${n}`, { id: idOf(n) })
        await tx.objectStore('records').put(held)
        await tx.objectStore('receipts').put({ id: held.id, version: 1, seq: n, at: T0 })
      }
      await tx.objectStore('vanishing').put({ id: idOf(1), tombstone: null })
    })
    const receipts = [{ id: idOf(2), version: 1, seq: 2, at: T0 }]
    expect((await readAll(device.db)).map(({ receipt }) => receipt)).toEqual(['gone', ...receipts])
    const some = await readSome(device.db, [idOf(1), idOf(2)])
    expect([...some.values()].map((row) => row?.receipt)).toEqual(['gone', ...receipts])
  })
})

test('P12: what is kept here alone are values; that a record was deleted on one side is none to be lost', async () => {
  const { db } = await opened()
  await db.run(['history'], 'readwrite', async (tx) => {
    const row = { recordId: idOf(1), stamp: 0, side: 'local', at: 0 } as const
    await tx.objectStore('history').add({ ...row, field: 'deleted', value: true, why: 'merged' })
    await tx.objectStore('history').add({ ...row, field: 'content', value: 'words' })
  })
  expect(await countKept(db)).toBe(1)
})

describe('what is compared with the server', () => {
  test('neither what it never had nor what was deleted for good', async () => {
    const device = await opened()
    await device.db.run(['records'], 'readwrite', async (tx) => {
      const records = tx.objectStore('records')
      await records.put(note('there', { id: idOf(1) }))
      await records.put(note('in the Trash of this device alone', { id: idOf(2), version: 0 }))
      await records.put(note('', { id: idOf(3), fields: { deleted: true, purged: true } }))
    })
    const clean = await readClean(device.db, device.library)
    expect([...(clean?.digests.keys() ?? [])]).toEqual([idOf(1)])
  })

  test('nothing while everything is being read afresh, or when a pull came between', async () => {
    const device = await opened()
    const set = (change: object): Promise<void> =>
      device.db.run(['meta'], 'readwrite', async (tx) => {
        const row = await tx.objectStore('meta').get('library')
        if (row?.key === 'library') await tx.objectStore('meta').put({ ...row, ...change })
      })
    await set({ reread: { how: 'expired' } })
    expect(await readClean(device.db, device.library)).toBe(null)
    await set({ reread: null, cursor: 1 })
    const [clean] = await Promise.all([readClean(device.db, device.library), set({ cursor: 2 })])
    expect(clean).toBe(null)
    expect(await readClean(device.db, device.library)).toMatchObject({ library: { cursor: 2 } })
  })
})
