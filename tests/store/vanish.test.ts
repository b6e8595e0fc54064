import { beforeEach, describe, expect, test } from 'vitest'
import type { RecordState } from '../../src/core/records.ts'
import { applyPage } from '../../src/store/apply.ts'
import { OtherLibrary } from '../../src/store/library.ts'
import { repair } from '../../src/store/repair.ts'
import { beginReread } from '../../src/store/reread.ts'
import { answerVanishing, readVanishing } from '../../src/store/vanish.ts'
import { Clock, Device } from '../support/device.ts'
import { changed, idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

let device: Device
let cursor = 0
beforeEach(async () => {
  const clock = new Clock()
  device = await Device.open(new MemoryServer(() => clock.now), { clock })
  cursor = 0
})

/** A page of the feed after the last one. */
async function page(records: readonly object[], more = false) {
  const after = cursor
  const changes = records.map((record, index) => ({ seq: cursor + index + 1, record }))
  cursor += records.length
  const { library } = device
  return applyPage(device.db, { library, changes, after, cursor, more, mark: null, now: T0, offset: 0 })
}
const upTo = (many: number, from = 1): number[] => Array.from({ length: many }, (_, i) => from + i)
const noteOf = (n: number): RecordState => note(`text ${n}`, { id: idOf(n), version: 2 })
const goneOf = (n: number): RecordState => ({
  ...noteOf(n),
  version: 4,
  fields: { deleted: true, purged: true },
  stamps: { deleted: T0, purged: T0 },
})
const hold = (many: number) => page(upTo(many).map(noteOf))
const asked = async (): Promise<string[]> => (await readVanishing(device.db)).sort()
const answer = async (how: 'remove' | 'keep', shown?: readonly string[]) =>
  answerVanishing(device.db, device.writing, how, T0, shown ?? (await asked()))
const here = async (n: number) => (await device.held(idOf(n))).record?.fields.content
const counted = async (): Promise<number> => {
  const rows = await Promise.all(upTo(60).map(here))
  return rows.filter((content) => content !== undefined).length
}

describe('purged elsewhere', () => {
  test('trace 32: a page of more than 20 and more than a fifth parks, and every record stays as it was', async () => {
    await hold(40)
    const applied = await page(upTo(30).map(goneOf))
    expect(applied).toMatchObject({ ids: [], events: [{ what: 'parked-vanishing', records: 30 }] })
    expect(await asked()).toEqual(upTo(30).map(idOf))
    expect(await device.held(idOf(7))).toEqual({ record: noteOf(7), base: null, entry: null })
    expect((await device.state()).library?.cursor).toBe(70)
    expect((await device.state()).entries).toEqual([])
  })

  test('trace 8d: 20 go without a word, and so do more where they are no more than a fifth', async () => {
    await hold(40)
    expect((await page(upTo(20).map(goneOf))).ids).toHaveLength(20)
    expect([await asked(), await counted()]).toEqual([[], 20])
    await page(upTo(160, 100).map(noteOf))
    expect((await page([...upTo(20, 21), ...upTo(16, 100)].map(goneOf))).ids).toHaveLength(36)
    expect([await asked(), await counted()]).toEqual([[], 0])
  })

  test('trace 32: counted over one pull: three pages of 15 out of 60 park them all, none is gone before', async () => {
    await hold(60)
    for (const from of [1, 16]) {
      expect((await page(upTo(15, from).map(goneOf), true)).events).toEqual([])
      expect([await asked(), await counted()]).toEqual([[], 60])
    }
    const applied = await page(upTo(15, 31).map(goneOf))
    expect(applied.events).toEqual([{ what: 'parked-vanishing', records: 45 }])
    expect([(await asked()).length, await counted()]).toEqual([45, 60])
  })

  test('a few over several pages go at the end of the pull, with what they leave', async () => {
    await hold(60)
    await page(upTo(5).map(goneOf), true)
    expect((await page(upTo(5, 6).map(goneOf))).ids).toEqual(upTo(10).map(idOf))
    expect([await asked(), await counted()]).toEqual([[], 50])
    expect((await device.held(idOf(3))).record).toEqual(goneOf(3))
  })

  test('trace 32: one by one, in pulls of their own, they never trip it', async () => {
    await hold(40)
    for (const n of upTo(40)) await page([goneOf(n)])
    expect([await asked(), await counted()]).toEqual([[], 0])
  })

  test('tombstones are no records: they make no fifth', async () => {
    await page(upTo(200, 100).map(goneOf))
    await hold(40)
    await page(upTo(30).map(goneOf))
    expect(await asked()).toHaveLength(30)
  })

  test('as long as a question is open the next ones join it, however few', async () => {
    await hold(60)
    await page(upTo(30).map(goneOf))
    await page(upTo(5, 31).map(goneOf))
    expect([(await asked()).length, await counted()]).toEqual([35, 60])
  })
})

test('told once more of one that a person is being asked about: it is one question, and not a new one', async () => {
  await hold(40)
  await page(upTo(30).map(goneOf))
  expect(await page([{ ...goneOf(1), version: 5 }])).toMatchObject({ ids: [], events: [] })
  expect([(await asked()).length, await counted()]).toEqual([30, 40])
  await answer('remove')
  expect((await device.held(idOf(1))).record?.version).toBe(5)
})

describe('absent after a fresh read', () => {
  const afresh = async (named: readonly number[]) => {
    await beginReread(device.db, device.library, 'expired', T0)
    cursor = 0
    return page(named.map(noteOf))
  }

  test('trace 8d: 30 of 40 are parked; the read has ended and delays nothing', async () => {
    await hold(40)
    expect((await afresh(upTo(10))).events).toEqual([{ what: 'parked-vanishing', records: 30 }])
    expect([(await asked()).length, await counted()]).toEqual([30, 40])
    expect((await device.state()).library).toMatchObject({ reread: null, cursor: 10 })
  })

  test('P5: one that the server names in a way that this version cannot read has not gone there', async () => {
    await hold(3)
    await beginReread(device.db, device.library, 'expired', T0)
    cursor = 0
    const { events } = await page([noteOf(1), { ...noteOf(2), version: 'two' }])
    expect(events).toEqual([{ what: 'unread', seq: 2 }])
    expect((await device.held(idOf(2))).record?.fields).toMatchObject({ content: 'text 2' })
    expect((await device.held(idOf(3))).record, 'absent').toBeNull()
  })

  test('tombstones that are still named and records that are not count together', async () => {
    await hold(40)
    await beginReread(device.db, device.library, 'expired', T0)
    cursor = 0
    await page([...upTo(18).map(noteOf), ...upTo(12, 19).map(goneOf)], true)
    expect(await asked()).toEqual([])
    await page([])
    expect([(await asked()).length, await counted()]).toEqual([22, 40])
  })

  test('few are deleted; what was edited here stays', async () => {
    await hold(40)
    await device.write(idOf(40), { content: 'edited' })
    await afresh(upTo(30))
    expect([await asked(), await counted(), await here(40)]).toEqual([[], 31, 'edited'])
  })

  test('a read that is begun anew counts anew; a question that is open stays open', async () => {
    await hold(60)
    await page(upTo(15).map(goneOf), true)
    await beginReread(device.db, device.library, 'expired', T0)
    expect(await asked()).toEqual([])
    cursor = 0
    await page(upTo(30, 31).map(noteOf))
    expect(await asked()).toHaveLength(30)
    await afresh(upTo(30, 31))
    expect(await asked()).toHaveLength(30)
    await beginReread(device.db, device.library, 'diverged', T0)
    expect(await asked()).toEqual([])
  })
})

describe('what takes a record out of it', () => {
  beforeEach(async () => {
    await hold(40)
    await page(upTo(30).map(goneOf))
  })

  test('P4: an edit: it is sent whole on the tombstone, and discarding it leaves nothing apart from the server', async () => {
    await device.write(idOf(1), { content: 'text 1, edited' })
    expect(await asked()).not.toContain(idOf(1))
    expect(await device.held(idOf(1))).toMatchObject({
      record: { version: 4, fields: { content: 'text 1, edited', deleted: false, purged: false } },
      base: goneOf(1),
    })
  })

  test('an edit that is taken back letter by letter keeps the record too', async () => {
    await device.write(idOf(1), { content: 'text 1x' })
    await device.write(idOf(1), { content: 'text 1' })
    expect((await device.held(idOf(1))).entry).not.toBe(null)
    expect((await answer('remove')).length).toBe(29)
    expect(await here(1)).toBe('text 1')
  })

  test('deleting it: it goes to the Trash, from where it can be restored', async () => {
    await device.write(idOf(1), { deleted: true })
    expect((await device.held(idOf(1))).record?.fields).toMatchObject({ content: 'text 1', deleted: true })
    await device.write(idOf(1), { deleted: false })
    expect((await device.held(idOf(1))).record?.fields).toMatchObject({ content: 'text 1', deleted: false })
  })

  test('P4: a repair that found it missing there and sends it whole: the answer leaves it alone', async () => {
    const [repaired] = await repair(device.db, device.library, [idOf(1)], new Map(), T0, T0)
    expect(repaired).toEqual({ id: idOf(1), done: 'sent' })
    expect(await answer('remove', [idOf(1), idOf(2)])).toEqual([idOf(2)])
    expect([await here(1), await asked()]).toEqual(['text 1', upTo(28, 3).map(idOf)])
  })

  test('deleting one for good that the server no longer names leaves nothing of it', async () => {
    await beginReread(device.db, device.library, 'diverged', T0)
    await beginReread(device.db, device.library, 'expired', T0)
    cursor = 0
    await page([])
    const done = await device.write(idOf(1), { deleted: true, purged: true })
    expect(done).toMatchObject({ is: 'written', record: { fields: { purged: true } }, entry: null })
    expect(await device.held(idOf(1))).toEqual({ record: null, base: null, entry: null })
    expect(await asked()).not.toContain(idOf(1))
  })

  test('a later remote change: another device has kept it', async () => {
    const back = { ...changed(noteOf(1), { content: 'kept there' }), version: 5 }
    await page([back])
    expect(await asked()).toHaveLength(29)
    await answer('remove')
    expect(await here(1)).toBe('kept there')
  })
})

describe('the answer', () => {
  beforeEach(async () => {
    await hold(40)
    await page(upTo(30).map(goneOf))
  })

  test('yes removes them, and the next question is a new one', async () => {
    expect(await answer('remove')).toHaveLength(30)
    expect([await asked(), await counted()]).toEqual([[], 10])
    expect((await device.held(idOf(1))).record).toEqual(goneOf(1))
    await page([goneOf(31)])
    expect(await counted()).toBe(9)
  })

  test('no sends each whole', async () => {
    expect(await answer('keep')).toHaveLength(30)
    expect([await asked(), await counted()]).toEqual([[], 40])
    const { entries } = await device.state()
    expect(entries.map(({ id }) => id).sort()).toEqual(upTo(30).map(idOf))
  })

  test('P4: it counts for what the person was shown; others stay asked about', async () => {
    const shown = await asked()
    await page([goneOf(31)])
    expect(await answer('remove', shown)).toHaveLength(30)
    expect([await asked(), await counted()]).toEqual([[idOf(31)], 10])
  })

  test('P10: for another library it is refused', async () => {
    const answering = answerVanishing(
      device.db,
      { library: 'another', epoch: 0 },
      'remove',
      T0,
      await asked(),
    )
    await expect(answering).rejects.toBeInstanceOf(OtherLibrary)
    expect(await counted()).toBe(40)
  })
})
