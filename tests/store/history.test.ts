import { beforeEach, describe, expect, test } from 'vitest'
import { KEPT_VERSIONS, pruneHistory, readHistory } from '../../src/store/history.ts'
import { OtherLibrary, wipeLibrary } from '../../src/store/library.ts'
import type { HistoryRow, Keeps } from '../../src/store/schema.ts'
import { Clock, Device } from '../support/device.ts'
import { card, idOf, note, record, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

let device: Device
beforeEach(async () => {
  const clock = new Clock()
  device = await Device.open(new MemoryServer(() => clock.now), { clock })
})

const row = (n: number, at: number, recordId = idOf(1)): HistoryRow => ({
  recordId,
  field: 'content',
  value: `value ${n}`,
  stamp: at,
  side: 'local',
  at,
})
const add = (rows: readonly HistoryRow[]): Promise<void> =>
  device.db.run(['history'], 'readwrite', async (tx) => {
    for (const one of rows) await tx.objectStore('history').add(one)
  })
const hold = (held: ReturnType<typeof note>): Promise<void> =>
  device.db.run(['records'], 'readwrite', async (tx) => {
    await tx.objectStore('records').put(held)
  })
const kept = async (id = idOf(1)) =>
  (await readHistory(device.db, device.library, id)).rows.map(({ value }) => value)
const stored = async (): Promise<number> => (await device.history()).length
const many = (count: number, at: (n: number) => number, id?: string): HistoryRow[] =>
  Array.from({ length: count }, (_, n) => row(n, at(n), id))
const prune = (now = T0, keeps: Keeps = '90'): Promise<void> =>
  pruneHistory(device.db, device.library, now, keeps)
const DAY = 86_400_000
const KEPT_FOR = 90 * DAY
const OLD = T0 - KEPT_FOR - 1
/** Each at a moment of its own, all of them too old. */
const old = (n: number): number => OLD - 1000 + n

describe('what this device keeps of a record', () => {
  test('newest first, and of cards that went into it too', async () => {
    await hold(card('https://a.example/', { formerIds: [idOf(7)] }))
    await add([row(1, T0), row(2, T0 + 1, idOf(7)), row(3, T0 + 2), row(4, T0 + 3, idOf(9))])
    expect(await kept()).toEqual(['value 3', 'value 2', 'value 1'])
  })

  test('P10 nothing of a record that was deleted for good, nor of one that is not here', async () => {
    await add([row(1, T0)])
    expect(await kept()).toEqual([])
    await hold(note('', { fields: { deleted: true, purged: true } }))
    expect(await kept()).toEqual([])
  })

  test('P10 signing out wipes it, and who still asks for the library of before is refused', async () => {
    await hold(note('text'))
    await add([row(1, T0)])
    await wipeLibrary(device.db, idOf(500), null)
    expect(await stored()).toBe(0)
    await expect(readHistory(device.db, device.library, idOf(1))).rejects.toThrow(OtherLibrary)
    await expect(prune()).rejects.toThrow(OtherLibrary)
  })
})

describe('pruning', () => {
  test('what is younger than 90 days stays, however much it is', async () => {
    await hold(note('text'))
    await add(many(KEPT_VERSIONS * 3, (n) => T0 - KEPT_FOR + 1 + n))
    await prune()
    expect(await stored()).toBe(KEPT_VERSIONS * 3)
  })

  test('the newest 100 of a record stay, however old they are, and another record’s do not count', async () => {
    await hold(note('text'))
    await hold(note('another', { id: idOf(2) }))
    await add(many(KEPT_VERSIONS + 120, old))
    await add(many(KEPT_VERSIONS, old, idOf(2)))
    await prune()
    expect(await stored()).toBe(KEPT_VERSIONS * 2)
    expect((await kept()).at(-1)).toBe('value 120')
  })

  test('a person may have it kept a year, or for ever', async () => {
    await hold(note('text'))
    const ages = [20 * 366, 366, 364].map((days, n) => row(n - 1, T0 - days * DAY))
    await add([...ages, ...many(KEPT_VERSIONS, (n) => OLD + n)])
    await prune(T0, 'always')
    expect(await stored()).toBe(KEPT_VERSIONS + 3)
    await prune(T0, '365')
    expect((await kept()).at(-1)).toBe('value 1')
    await prune()
    expect(await stored()).toBe(KEPT_VERSIONS)
  })

  test('what is older and beyond the newest 100 goes, the oldest first, in small transactions', async () => {
    await hold(note('text'))
    await add(many(KEPT_VERSIONS + 170, (n) => (n < 160 ? old(n) : T0 + n)))
    await prune()
    expect(await stored()).toBe(KEPT_VERSIONS + 10)
    expect((await kept()).at(-1)).toBe('value 160')
    await prune()
    expect(await stored(), 'a second time changes nothing').toBe(KEPT_VERSIONS + 10)
  })

  test('P4 what was put aside in one moment is one version: 60 of three fields each stay whole', async () => {
    await hold(note('text'))
    const fields = ['title', 'content', 'tags']
    const moments = (count: number): HistoryRow[] =>
      many(count, old).flatMap((one) => fields.map((field) => ({ ...one, field })))
    await add(moments(60))
    await prune()
    expect(await stored()).toBe(180)
    await add(moments(KEPT_VERSIONS).map((one) => ({ ...one, at: one.at + 100 })))
    await prune()
    expect(await stored(), 'the newest 100, none of them cut').toBe(KEPT_VERSIONS * 3)
    expect((await kept()).at(-1)).toBe('value 0')
  })

  test('what two sides lost in one moment are two versions, and the moment is not cut', async () => {
    await hold(note('text'))
    const both = many(KEPT_VERSIONS, (n) => old(n >> 1)).map((one, n): HistoryRow => {
      return n % 2 ? { ...one, side: 'remote', why: 'merged' } : one
    })
    const [first] = both
    if (!first) throw new Error('no row')
    await add([{ ...first, at: old(-5) }, { ...first, field: 'title' }, ...both])
    await prune()
    expect(await stored()).toBe(KEPT_VERSIONS + 1)
  })

  test('a device clock a year ahead makes nothing old before its time', async () => {
    await hold(note('text'))
    await add(many(KEPT_VERSIONS + 5, (n) => T0 - 1000 + n))
    const year = 365 * 86_400_000
    await device.db.run(['meta'], 'readwrite', async (tx) => {
      await tx.objectStore('meta').put({ key: 'clock', offset: -year })
    })
    await prune(T0 + year)
    expect(await stored()).toBe(KEPT_VERSIONS + 5)
  })

  test('P10 of a record deleted for good nothing is left, once the deletion is settled', async () => {
    await device.write(idOf(1), { title: 'A note', content: 'secret' })
    await add(many(60, () => T0))
    await device.engine.wake('changed', 0)
    await device.write(idOf(1), { deleted: true, purged: true })
    await prune()
    expect(await stored(), 'the server may still say that it was edited elsewhere').toBe(60)
    await device.engine.wake('changed', 0)
    expect((await device.held(idOf(1))).entry).toBe(null)
    await prune()
    expect(await stored()).toBe(0)
  })
})

describe('P10 what a card left that went into another one', () => {
  const A = idOf(1)
  const B = idOf(2)
  const LINK = { url: 'https://a.example/', formerIds: [B] }
  beforeEach(() => add([row(1, T0, B)]))

  test('stays as long as that one does', async () => {
    await device.write(A, LINK, { kind: 'card' })
    await prune()
    expect(await stored()).toBe(1)
  })

  test('goes with it, once its deletion for good is settled', async () => {
    await device.write(A, LINK, { kind: 'card' })
    await device.engine.wake('changed', 0)
    await device.write(A, { deleted: true, purged: true })
    await prune()
    expect(await stored(), 'the server may still say that it was edited elsewhere').toBe(1)
    await device.engine.wake('changed', 0)
    await prune()
    expect(await stored()).toBe(0)
  })

  test('of a record whose row the browser has lost everything stays', async () => {
    await device.write(B, { title: 'A note' })
    await device.engine.wake('changed', 0)
    await device.db.run(['records'], 'readwrite', (tx) => tx.objectStore('records').delete(B))
    await prune()
    expect(await stored()).toBe(1)
  })
})

describe('what a restore replaces', () => {
  const put = (fields: Parameters<Device['write']>[1]) => device.write(idOf(1), fields)
  const restore = (fields: Parameters<Device['write']>[1]) =>
    device.write(idOf(1), fields, { how: 'put-back' })

  test('P4 text that was never sent goes to history in the transaction that replaces it', async () => {
    await put({ title: 'Draft', content: 'written offline', tags: ['a'] })
    await restore({ content: 'one', tags: [] })
    expect(await device.history()).toMatchObject([
      { field: 'content', value: 'written offline', side: 'local', why: 'replaced' },
      { field: 'tags', value: ['a'] },
    ])
  })

  test('P4, seed 3002541: so does text of what was never sent and is in the Trash, where nothing waits', async () => {
    await put({ title: 'Draft', content: 'written offline' })
    await put({ deleted: true })
    await restore({ content: 'one', deleted: false })
    expect(await device.history()).toMatchObject([
      { field: 'content', value: 'written offline' },
      { field: 'deleted', value: true },
    ])
  })

  test('what nobody stamped is kept like the rest, as of long ago', async () => {
    await put({ content: 'written offline' })
    await hold(note('written offline', { version: 0, stamps: {} }))
    await restore({ content: 'one' })
    expect(await device.history()).toMatchObject([{ value: 'written offline', stamp: 0 }])
  })

  test('P4, seed 3200506: so does what the server has, which may have lost it since', async () => {
    await put({ title: 'Draft', content: 'sent' })
    await device.engine.wake('changed', 0)
    await restore({ content: 'one' })
    expect((await device.history()).map(({ field, value }) => [field, value])).toEqual([['content', 'sent']])
  })

  test('an empty field, what stays as it is, and an edit that is no restore leave nothing behind', async () => {
    await hold(record('note', { title: '', content: 'text' }, { version: 0 }))
    await restore({ title: 'One', content: 'text', tags: ['a'] })
    await put({ content: 'more' })
    expect(await device.history()).toEqual([])
  })

  test('P5 nor does one that is refused', async () => {
    await put({ title: 'Draft' })
    expect(await restore({ title: 'x'.repeat(2000) })).toMatchObject({ is: 'invalid' })
    expect(await device.history()).toEqual([])
  })
})
