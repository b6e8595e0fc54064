import { beforeEach, describe, expect, test } from 'vitest'
import type { Write } from '../../src/core/messages.ts'
import { commitAll, pruneWriters } from '../../src/store/commit.ts'
import { writeHeld } from '../../src/store/held.ts'
import { adoptLibrary, OtherLibrary, wipeLibrary } from '../../src/store/library.ts'
import { readAll, readSome } from '../../src/store/read.ts'
import { wantRight } from '../../src/store/session.ts'
import { ACCOUNT, Clock, Device } from '../support/device.ts'
import { card, clean, dirty, idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

const HELD = ['records', 'bases', 'outbox', 'history', 'receipts', 'meta', 'writers'] as const
let device: Device
beforeEach(async () => {
  const clock = new Clock()
  device = await Device.open(new MemoryServer(() => clock.now), { clock })
})
const put = (held: Parameters<typeof writeHeld>[2], id = idOf(1)) =>
  device.db.run(HELD, 'readwrite', (tx) => writeHeld(tx, id, held))

const writeOf = async (id: string, title: string) => ({
  id,
  epoch: 0,
  kind: 'note',
  typed: { title },
  shown: {},
  create: true,
  urgency: 'at-once' as const,
  library: device.library,
  page: 'page',
  number: 1,
  now: T0,
})

describe('commit', () => {
  test('P1: a change is there with its base and its outbox entry', async () => {
    await put(clean(note('one', { version: 3 })))
    expect(await device.write(idOf(1), { content: 'two' })).toMatchObject({ is: 'written', changed: true })
    expect(await device.held(idOf(1))).toMatchObject({
      record: { fields: { content: 'two' } },
      base: { version: 3, fields: { content: 'one' } },
      entry: { id: idOf(1), flight: null },
    })
  })

  test('P1: record, base and entry are written together or not at all', async () => {
    const held = dirty(note('one', { version: 3 }), note('two', { version: 3 }))
    const aborted = device.db.run(HELD, 'readwrite', async (tx) => {
      await writeHeld(tx, idOf(1), held)
      throw new Error('the tab died here')
    })
    await expect(aborted).rejects.toThrow('the tab died here')
    expect(await device.held(idOf(1))).toEqual({ record: null, base: null, entry: null })
    const refused = commitAll(
      device.db,
      [await writeOf(idOf(2), 'a'), { ...(await writeOf(idOf(3), 'b')), library: 'x' }],
      'strict',
    )
    await expect(refused).rejects.toBeInstanceOf(OtherLibrary)
    expect((await device.state()).records).toBe(0)
    expect((await device.state()).entries).toEqual([])
  })

  test('P10, trace 4c: a write meant for another library is refused and writes nothing', async () => {
    await wipeLibrary(device.db, 'another', null)
    await expect(device.write(idOf(1), { title: 'private' })).rejects.toBeInstanceOf(OtherLibrary)
    expect((await device.state()).records).toBe(0)
  })

  test('the same write that comes twice takes effect once, also after a newer one', async () => {
    await device.write(idOf(1), { content: 'a' }, { number: 1 })
    const twice = { number: 2, create: false, shown: { content: 'a' } }
    await device.write(idOf(1), { content: 'a b' }, twice)
    expect(await device.write(idOf(1), { content: 'a b' }, twice)).toMatchObject({
      is: 'written',
      changed: false,
    })
    await device.write(idOf(1), { content: 'a' }, { number: 3 })
    expect(await device.write(idOf(1), { content: 'a b' }, twice)).toMatchObject({
      changed: false,
      record: { fields: { content: 'a' } },
    })
  })

  test('P1: what a pull has brought back from the Trash since a person looked is not deleted for good', async () => {
    await put(clean(note('back again', { version: 2 })))
    const typed = { deleted: true, purged: true }
    expect(await device.write(idOf(1), typed, { shown: { deleted: true } })).toEqual({ is: 'missing' })
    expect((await device.held(idOf(1))).record?.fields.content).toBe('back again')
    await device.write(idOf(1), { deleted: true })
    expect(await device.write(idOf(1), typed)).toMatchObject({ is: 'written', record: { fields: typed } })
  })

  test('numbers are a page’s and a record’s own, and old pages are forgotten', async () => {
    await device.write(idOf(1), { content: 'a' }, { number: 5 })
    await device.write(idOf(2), { content: 'b' }, { number: 1 })
    await device.write(idOf(1), { content: 'c' }, { number: 1, page: 'another page', create: false })
    expect((await device.held(idOf(1))).record?.fields.content).toBe('c')
    expect((await device.held(idOf(2))).record?.fields.content).toBe('b')
    await pruneWriters(device.db, T0 + 1)
    const left = await device.db.run(['writers'], 'readonly', (tx) => tx.objectStore('writers').count())
    expect(left).toBe(0)
  })

  test('P4, trace 1: a stale editor’s write is merged with what is stored, and the result handed back', async () => {
    await put(clean(note('a\nP', { version: 2 })))
    expect(await device.write(idOf(1), { content: 'ax' }, { shown: { content: 'a' } })).toMatchObject({
      record: { fields: { content: 'ax\nP' } },
    })
  })

  test('an edit of a record that is not here is missing, a value over its limit invalid; neither writes', async () => {
    expect(await device.write(idOf(1), { title: 'x' }, { create: false })).toEqual({ is: 'missing' })
    expect(await device.write(idOf(1), { title: 'x'.repeat(1001) })).toMatchObject({
      is: 'invalid',
      problems: [{ field: 'title' }],
    })
    expect((await device.state()).records).toBe(0)
  })

  test('trace 11: a second unsent card of one URL is not made; a deleted card holds no URL', async () => {
    const make = (id: string, url: string) => device.write(id, { url }, { kind: 'card' })
    await make(idOf(1), 'https://a.example/')
    expect(await make(idOf(2), 'https://A.example/?utm_source=x#y')).toMatchObject({
      is: 'duplicate',
      record: { id: idOf(1) },
    })
    expect((await device.held(idOf(2))).record).toBe(null)
    await device.write(idOf(1), { deleted: true })
    expect(await make(idOf(2), 'https://a.example/')).toMatchObject({ is: 'written' })
  })

  test('trace 11g: a write to an id that went in a merge follows it', async () => {
    await put(clean(card('https://a.example/', { formerIds: [idOf(8), idOf(9)] })))
    expect(await device.write(idOf(9), { title: 'x' }, { create: false, kind: 'card' })).toMatchObject({
      is: 'written',
      record: { id: idOf(1), fields: { title: 'x' } },
    })
    expect((await device.held(idOf(9))).record).toBe(null)
  })

  test('stamps are in the server’s time, waits in the device’s', async () => {
    await device.db.run(['meta'], 'readwrite', (tx) =>
      tx.objectStore('meta').put({ key: 'clock', offset: 5000 }),
    )
    await device.write(idOf(1), { title: 'x' })
    const { record, entry } = await device.held(idOf(1))
    expect(record?.stamps.title).toBe(T0 + 5000)
    expect(entry?.wait?.start).toBe(T0)
  })

  test('what is purged is listed no more, the rest with its entry', async () => {
    await put(clean(note('gone', { fields: { deleted: true, purged: true } })), idOf(1))
    await device.write(idOf(2), { url: 'https://a.example/' }, { kind: 'card' })
    const rows = await readAll(device.db)
    expect(rows).toMatchObject([{ record: { id: idOf(2) }, entry: { id: idOf(2) } }])
    expect(rows[0]?.record).not.toHaveProperty('urlKey')
    const some = await readSome(device.db, [idOf(1), idOf(2), idOf(3)])
    expect([...some.values()].map((row) => row?.record.id ?? null)).toEqual([null, idOf(2), null])
  })
})

describe('a write that nothing is there for', () => {
  test('P3: letters that come twice bring back nothing that went between', async () => {
    const letters = await writeOf(idOf(1), 'once')
    expect(await commitAll(device.db, [letters], 'strict')).toMatchObject([{ is: 'written' }])
    await put({ record: null, base: null, entry: null })
    expect(await commitAll(device.db, [letters], 'strict')).toEqual([{ is: 'missing' }])
    expect(await device.held(idOf(1))).toEqual({ record: null, base: null, entry: null })
  })

  test('P7: a page of an older Pawkit, which names no epoch, writes until any has been given the right', async () => {
    const older = { ...(await writeOf(idOf(1), 'older')), epoch: undefined } as unknown as Write
    expect(await commitAll(device.db, [older], 'strict')).toMatchObject([{ is: 'written' }])
    await wantRight(device.db, 'a', 'take', async () => [])
    const later = { ...older, number: older.number + 1 }
    expect(await commitAll(device.db, [later], 'strict')).toEqual([{ is: 'fenced' }])
  })

  test('a card whose link cannot be read as one is refused, and is nobody’s duplicate', async () => {
    for (const n of [1, 2])
      expect(await device.write(idOf(n), { url: 'no link' }, { kind: 'card' })).toMatchObject({
        is: 'invalid',
        problems: [{ field: 'url' }],
      })
    expect(await readAll(device.db)).toEqual([])
  })

  test('P8: one that an older version let through is kept as it is, and so is a second', async () => {
    for (const n of [1, 2]) await put(clean(card('no link', {}, { id: idOf(n) })), idOf(n))
    expect((await readAll(device.db)).map(({ record }) => record.fields.url)).toEqual(['no link', 'no link'])
    expect(await device.write(idOf(1), { title: 'still editable' })).toMatchObject({ is: 'written' })
  })
})

describe('adopting', () => {
  test('the first account adopts what was made before; another is told of', async () => {
    device = await Device.open(new MemoryServer(() => T0), { account: null })
    await device.write(idOf(1), { title: 'before' })
    expect(await adoptLibrary(device.db, device.library, ACCOUNT)).toBe('adopted')
    expect(await adoptLibrary(device.db, device.library, ACCOUNT)).toBe('adopted')
    expect(await adoptLibrary(device.db, device.library, { id: 'bob', email: 'b@example.com' })).toBe(
      'other-account',
    )
    expect(await device.state()).toMatchObject({ library: { account: ACCOUNT }, entries: [{ id: idOf(1) }] })
  })
})
