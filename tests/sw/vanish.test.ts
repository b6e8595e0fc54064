import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { beginReread } from '../../src/store/reread.ts'
import { answerVanishing, readVanishing } from '../../src/store/vanish.ts'
import { type TestServer, testServer } from '../server/fixture.ts'
import type { Device } from '../support/device.ts'
import { calm, expectConverged, type Pair, pairOf } from '../support/device-pair.ts'
import { idOf, T0 } from '../support/device-records.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.stop())

const upTo = (many: number): number[] => Array.from({ length: many }, (_, index) => index + 1)

/** Two devices with 40 notes; the first then deletes 30 of them for good while the second is away. */
async function purged(name: string): Promise<Pair> {
  const both = await pairOf(server, name)
  const [a] = both.devices
  for (const n of upTo(40)) await a.write(idOf(n), { title: `Note ${n}`, content: `text ${n}` })
  await calm(both)
  for (const n of upTo(30)) {
    await a.write(idOf(n), { deleted: true })
    await a.write(idOf(n), { deleted: true, purged: true })
  }
  await a.engine.wake('sync-now', 0)
  return both
}

/** 180 days go by: the server forgets its tombstones, and who has seen nothing since is too old. */
async function forgotten({ client, devices }: Pair): Promise<void> {
  const space = await server.db
    .selectFrom('space')
    .selectAll()
    .where('account', '=', client.account)
    .executeTakeFirstOrThrow()
  await server.db
    .deleteFrom('record')
    .where('space', '=', space.id)
    .where('id', 'in', upTo(30).map(idOf))
    .execute()
  await server.db.updateTable('space').set({ retained: space.seq }).where('id', '=', space.id).execute()
  // The first was away after it, and so forgets its tombstones too.
  await beginReread(devices[0].db, devices[0].library, 'expired', T0)
  await devices[0].engine.wake('sync-now', 0)
}

const asked = (device: Device): Promise<string[]> => readVanishing(device.db)
const answer = async (device: Device, how: 'remove' | 'keep') =>
  answerVanishing(device.db, device.writing, how, device.clock.now, await asked(device))
const live = async (device: Device): Promise<number> => {
  const records = await Promise.all(upTo(40).map((n) => device.held(idOf(n))))
  return records.filter(({ record }) => record !== null && record.fields.purged !== true).length
}

describe.each([
  ['purged elsewhere', async () => {}],
  ['absent after 180 days', forgotten],
])('P5 P8 trace 32: 30 of 40 records, %s', (how, after) => {
  test('they wait for a person; all else goes on both ways', async () => {
    const both = await purged(`${how} waits`)
    await after(both)
    const [a, b] = both.devices
    await b.engine.wake('poke', 0)
    expect([(await asked(b)).length, await live(b), await live(a)]).toEqual([30, 40, 10])
    await a.write(idOf(40), { content: 'from the first' })
    await b.write(idOf(39), { content: 'from the second' })
    await calm(both)
    expect((await b.held(idOf(40))).record?.fields.content).toBe('from the first')
    expect((await a.held(idOf(39))).record?.fields.content).toBe('from the second')
    const { entries, library } = await b.state()
    expect([entries, library?.reread]).toEqual([[], null])
    expect(library?.lastSynced).toBe((await a.state()).library?.lastSynced)
    expect([(await asked(b)).length, await live(b)]).toEqual([30, 40])
  })

  test('yes removes them', async () => {
    const both = await purged(`${how} yes`)
    await after(both)
    const [, b] = both.devices
    await b.engine.wake('poke', 0)
    await answer(b, 'remove')
    await calm(both)
    await expectConverged(both, 'removed')
    expect(await live(b)).toBe(10)
  })

  test('no gives them back to every device', async () => {
    const both = await purged(`${how} no`)
    await after(both)
    const [a, b] = both.devices
    await b.engine.wake('poke', 0)
    await answer(b, 'keep')
    await calm(both)
    const there = await expectConverged(both, 'kept')
    expect([there.length, await live(a), await live(b)]).toEqual([40, 40, 40])
    expect((await a.held(idOf(1))).record?.fields).toMatchObject({ title: 'Note 1', content: 'text 1' })
  })

  test('an edit takes its record out and gives it back alone', async () => {
    const both = await purged(`${how} edit`)
    await after(both)
    const [a, b] = both.devices
    await b.engine.wake('poke', 0)
    await b.write(idOf(7), { content: 'text 7, edited' })
    await calm(both)
    expect((await a.held(idOf(7))).record?.fields).toMatchObject({
      content: 'text 7, edited',
      title: 'Note 7',
    })
    await answer(b, 'remove')
    await calm(both)
    await expectConverged(both, 'edited')
    expect([await live(a), await live(b)]).toEqual([11, 11])
  })
})
