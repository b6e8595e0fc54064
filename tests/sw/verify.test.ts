import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { learn } from '../../src/core/compare.ts'
import { JOURNAL_ROWS, type JournalEvent } from '../../src/core/journal.ts'
import type { ToWorker } from '../../src/core/messages.ts'
import type { Change } from '../../src/core/protocol.ts'
import type { Fields, RecordState } from '../../src/core/records.ts'
import { readJournal } from '../../src/store/journal.ts'
import { moveLibrary } from '../../src/store/move.ts'
import { writeConnection } from '../../src/store/outbox.ts'
import { readAll } from '../../src/store/read.ts'
import type { ReceiptRow } from '../../src/store/schema.ts'
import { readClean } from '../../src/store/verify.ts'
import { VerifyDesk } from '../../src/ui/controllers/verify-desk.ts'
import { repairRecords } from '../../sw/verify.ts'
import { type TestServer, testServer } from '../server/fixture.ts'
import { Clock, Device } from '../support/device.ts'
import { calm, expectConverged, type Pair, pairOf } from '../support/device-pair.ts'
import { idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.stop())

/** The page's desk, and the worker's half over the same engine; messages are cloned as between two realms. */
function deskOf(device: Device, heard: (message: ToWorker) => Promise<void> = async () => {}): VerifyDesk {
  const { engine, world } = device
  const answer = (message: ToWorker): Promise<unknown> => {
    if (message.type === 'compare')
      return world.transport.digests(message.request, new AbortController().signal)
    if (message.type === 'repair') return repairRecords(engine, world, message.library, message.ids)
    throw new Error(`not of a comparison: ${message.type}`)
  }
  const worker = {
    ask: async <T>(message: ToWorker): Promise<T> => {
      await heard(message)
      return structuredClone(await answer(structuredClone(message))) as T
    },
    flush: () => engine.wake('sync-now', 0),
  }
  const page = { db: device.db, now: () => device.clock.now, worker }
  return new VerifyDesk(
    page,
    () => device.library,
    () => device.online,
  )
}
const verify = (device: Device, heard?: (message: ToWorker) => Promise<void>) =>
  deskOf(device, heard).run(() => {})

/** Two devices that hold so many notes, all on the server. */
async function filled(name: string, many = 3): Promise<Pair> {
  const both = await pairOf(server, name)
  for (let n = 1; n <= many; n++)
    await both.devices[0].write(idOf(n), { title: `Note ${n}`, content: `text ${n}` })
  await calm(both)
  return both
}

/** Alters a row of the device's own store behind the app's back; null: it is gone. */
const tamper = (device: Device, id: string, change: Fields | null): Promise<void> =>
  device.db.run(['records'], 'readwrite', async (tx) => {
    const records = tx.objectStore('records')
    const row = await records.get(id)
    if (!row || !change) await records.delete(id)
    else await records.put({ ...row, fields: { ...row.fields, ...change } })
  })
/** As tamper, of the server's database. */
async function tamperThere({ client }: Pair, id: string, change: Fields | null): Promise<void> {
  const { id: space } = await server.db
    .selectFrom('space')
    .select('id')
    .where('account', '=', client.account)
    .executeTakeFirstOrThrow()
  const row = await server.db
    .selectFrom('record')
    .select('fields')
    .where('space', '=', space)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  if (!change) await server.db.deleteFrom('record').where('space', '=', space).where('id', '=', id).execute()
  else
    await server.db
      .updateTable('record')
      .set({ fields: JSON.stringify({ ...JSON.parse(row.fields), ...change }) })
      .where('space', '=', space)
      .where('id', '=', id)
      .execute()
}
/** A device whose rows were all altered behind the app's back, and its server. */
async function altered(many: number): Promise<{ device: Device; memory: MemoryServer }> {
  const memory = new MemoryServer(() => T0)
  const device = await Device.open(memory, { clock: new Clock() })
  for (let n = 1; n <= many; n++) memory.put(note(`text ${n}`, { id: idOf(n) }))
  await device.engine.wake('opened', 0)
  for (let n = 1; n <= many; n++) await tamper(device, idOf(n), { content: 'a bit fell over' })
  return { device, memory }
}
const logged = async (device: Device): Promise<JournalEvent[]> =>
  (await readJournal(device.db)).slice(0, JOURNAL_ROWS).map(({ event }) => event)
const contentOf = async (device: Device, id: string) => (await device.held(id)).record?.fields.content
const receiptOf = (device: Device, id: string): Promise<ReceiptRow | undefined> =>
  device.db.run(['receipts'], 'readonly', (tx) => tx.objectStore('receipts').get(id))

describe('Verify my data', () => {
  test('P11 equal: says how many, costs one small request, and the log has its figures', async () => {
    const both = await filled('equal', 40)
    for (const device of both.devices)
      expect(await verify(device)).toMatchObject({ is: 'compared', records: 40, waiting: 0, repaired: [] })
    const found = (await logged(both.devices[1])).find(({ what }) => what === 'verified')
    expect(found).toMatchObject({ records: 40, differing: 0 })
    expect(found?.what === 'verified' && found.bytes).toBeLessThan(1500)
    await expectConverged(both, 'equal')
  })

  test('P4 a row altered behind the app’s back here: named, repaired from the server, what it was is kept', async () => {
    const both = await filled('altered-here', 40)
    const [a] = both.devices
    await tamper(a, idOf(7), { content: 'a bit fell over' })
    expect(await verify(a)).toMatchObject({
      is: 'compared',
      repaired: [{ id: idOf(7), title: 'Note 7', done: 'replaced' }],
    })
    expect(await contentOf(a, idOf(7))).toBe('text 7')
    expect(await a.history()).toMatchObject([
      { recordId: idOf(7), field: 'content', value: 'a bit fell over' },
    ])
    expect(await verify(a)).toMatchObject({ is: 'compared', repaired: [] })
    await calm(both)
    await expectConverged(both, 'altered here')
  })

  test('P4 a row altered in the server’s database: named, brought together, nothing is lost', async () => {
    const both = await filled('altered-there')
    const [a, b] = both.devices
    await tamperThere(both, idOf(2), { content: 'altered there', tags: ['x'] })
    expect(await verify(b)).toMatchObject({ is: 'compared', repaired: [{ id: idOf(2), title: 'Note 2' }] })
    expect(await contentOf(b, idOf(2))).toBe('altered there')
    expect(await b.history(), 'to be put back by Undo this merge').toMatchObject([
      { recordId: idOf(2), field: 'content', value: 'text 2', inMerge: true },
      { recordId: idOf(2), field: 'tags', value: [], why: 'merged' },
    ])
    expect(await verify(a)).toMatchObject({ is: 'compared', repaired: [{ id: idOf(2) }] })
    await calm(both)
    const all = await expectConverged(both, 'altered there')
    expect(all[1]?.fields).toMatchObject({ content: 'altered there', tags: ['x'] })
  })

  test('what both sides have of a set is kept, and sent', async () => {
    const both = await filled('sets')
    const [a, b] = both.devices
    await tamper(a, idOf(1), { tags: ['here'] })
    expect(await verify(a)).toMatchObject({ repaired: [{ id: idOf(1), done: 'merged' }] })
    await calm(both)
    const [merged] = await expectConverged(both, 'sets')
    expect(merged?.fields.tags).toEqual(['here'])
    expect(await verify(b)).toMatchObject({ repaired: [] })
  })

  test('a row missing here comes from the server', async () => {
    const both = await filled('missing-here', 40)
    const [a] = both.devices
    await tamper(a, idOf(3), null)
    expect(await verify(a)).toMatchObject({ repaired: [{ id: idOf(3), title: 'Note 3', done: 'taken' }] })
    expect(await contentOf(a, idOf(3))).toBe('text 3')
    expect(await receiptOf(a, idOf(3))).toMatchObject({ version: 1, seq: 3 })
    await expectConverged(both, 'missing here')
  })

  test('a row missing on the server is sent whole, and other devices go on with it', async () => {
    const both = await filled('missing-there', 40)
    const [a, b] = both.devices
    await tamperThere(both, idOf(40), null)
    expect(await verify(a)).toMatchObject({ repaired: [{ id: idOf(40), title: 'Note 40', done: 'sent' }] })
    await calm(both)
    const all = await expectConverged(both, 'missing there')
    expect(all).toHaveLength(40)
    expect(all.at(-1)).toMatchObject({ version: 2, fields: { content: 'text 40' } })
    expect(await verify(b)).toMatchObject({ repaired: [] })
  })

  test('P8 a refused change beside: it is left out by name and keeps waiting', async () => {
    const both = await filled('dirty', 40)
    const [a] = both.devices
    await a.write(idOf(5), { content: 'mine' })
    await refuse(a, idOf(5))
    await tamper(a, idOf(6), { content: 'altered' })
    expect(await verify(a)).toMatchObject({ records: 39, waiting: 1, repaired: [{ id: idOf(6) }] })
    expect(await contentOf(a, idOf(5))).toBe('mine')
    expect((await a.held(idOf(5))).entry?.state.is).toBe('refused')
  })

  test('what another device writes meanwhile is read first, and the comparison begins again', async () => {
    const both = await filled('moving')
    const [a, b] = both.devices
    let writes = 0
    const heard = async (): Promise<void> => {
      if (writes++ > 0) return
      await b.write(idOf(1), { content: 'from the other' })
      await b.engine.wake('changed', 0)
    }
    expect(await verify(a, heard)).toMatchObject({ is: 'compared', records: 3, repaired: [] })
    expect(writes).toBe(2)
    expect(await contentOf(a, idOf(1))).toBe('from the other')
  })

  test('another device that never stops writing is not waited for', async () => {
    const both = await filled('never-ending')
    const [a, b] = both.devices
    let writes = 0
    const heard = async (): Promise<void> => {
      await b.write(idOf(1), { content: `change ${++writes}` })
      await b.engine.wake('changed', 0)
    }
    expect(await verify(a, heard)).toMatchObject({
      is: 'unable',
      why: expect.stringContaining('another device'),
    })
    expect(writes).toBe(3)
  })

  test('P4 what the person writes between comparison and repair is left to that edit', async () => {
    const both = await filled('edited')
    const [a] = both.devices
    await tamper(a, idOf(1), { content: 'altered' })
    const heard = async (message: ToWorker): Promise<void> => {
      if (message.type === 'repair') await a.write(idOf(1), { content: 'typed just now' })
    }
    expect(await verify(a, heard)).toMatchObject({ repaired: [{ id: idOf(1), done: 'left' }] })
    await calm(both)
    const [merged] = await expectConverged(both, 'edited')
    expect(merged?.fields.content).toBe('typed just now')
  })

  test('a write of another device between comparison and repair: nothing is done, and it begins again', async () => {
    const both = await filled('between')
    const [a, b] = both.devices
    await tamper(a, idOf(2), { content: 'altered' })
    let repairs = 0
    const heard = async (message: ToWorker): Promise<void> => {
      if (message.type !== 'repair' || repairs++ > 0) return
      await b.write(idOf(2), { content: 'newer from the other' })
      await b.engine.wake('changed', 0)
    }
    const verified = await verify(a, heard)
    expect(verified).toMatchObject({ is: 'compared', repaired: [] })
    expect(await contentOf(a, idOf(2))).toBe('newer from the other')
    await calm(both)
    await expectConverged(both, 'between')
  })

  test('8 a server that was restored meanwhile: everything is read afresh, then compared', async () => {
    const both = await filled('restored')
    const [a] = both.devices
    await a.db.run(['meta'], 'readwrite', async (tx) => {
      const row = await tx.objectStore('meta').get('library')
      if (row?.key === 'library')
        await tx
          .objectStore('meta')
          .put({ ...row, mark: { seq: row.mark?.seq ?? 0, tag: 'of-another-line' } })
    })
    expect(await verify(a)).toMatchObject({ is: 'compared', records: 3, repaired: [] })
    await calm(both)
    await expectConverged(both, 'restored')
  })

  test('P1 what is typed and what is pulled while the records are read is no difference', async () => {
    const both = await filled('while-reading', 1200)
    const [a, b] = both.devices
    await b.write(idOf(1190), { content: 'from the other' })
    await b.engine.wake('changed', 0)
    const reading = readClean(a.db, a.library)
    await a.write(idOf(1199), { content: 'typed meanwhile' })
    await a.engine.wake('poke', 0)
    const clean = await reading
    expect(clean?.digests.has(idOf(1199)) ?? false).toBe(false)
    expect(await verify(a)).toMatchObject({ is: 'compared', records: 1200, repaired: [] })
  })

  test('P9 offline, signed out or without an account nothing is asked, and it says what it needs', async () => {
    const both = await filled('needs')
    const [a] = both.devices
    const asked: string[] = []
    const heard = async ({ type }: ToWorker): Promise<void> => void asked.push(type)
    a.online = false
    expect(await verify(a, heard)).toMatchObject({ is: 'unable', why: expect.stringContaining('offline') })
    a.online = true
    await writeConnection(a.db, a.library, { is: 'signed-out', since: 0, why: 'signed-out' })
    expect(await verify(a, heard)).toMatchObject({
      is: 'unable',
      why: expect.stringContaining('Sign in again'),
    })
    expect(asked).toEqual([])
  })

  test('P11 a request that fails is in the log, and the person is told', async () => {
    const both = await filled('cut')
    const [a] = both.devices
    const heard = async (): Promise<void> => {
      both.lines[0].cut = 'before'
    }
    expect(await verify(a, heard)).toMatchObject({
      is: 'unable',
      why: 'The server does not answer.',
      repaired: [],
    })
    expect(await logged(a)).toContainEqual(expect.objectContaining({ what: 'failed', doing: 'verify' }))
  })

  test('many that differ are asked for in several requests', async () => {
    const both = await filled('many', 150)
    const [a] = both.devices
    for (let n = 1; n <= 120; n++) await tamper(a, idOf(n), { content: 'altered' })
    const types: string[] = []
    const verified = await verify(a, async ({ type }) => void types.push(type))
    expect(verified.repaired).toHaveLength(120)
    expect(types.filter((type) => type === 'repair')).toHaveLength(2)
    await calm(both)
    await expectConverged(both, 'many')
  })

  test('a range that the server leaves out counts as empty', () => {
    expect(learn({ ending: '', rows: [[idOf(1), 5]] }, undefined).differing).toEqual([idOf(1)])
  })
})

/** As the server would have refused it. */
const refuse = (device: Device, id: string): Promise<void> =>
  device.db.run(['outbox'], 'readwrite', async (tx) => {
    const entry = await tx.objectStore('outbox').get(id)
    const state = { is: 'refused', code: 'invalid', message: 'no', at: 0 } as const
    if (entry) await tx.objectStore('outbox').put({ ...entry, state })
  })

describe('the worker’s half of a repair', () => {
  const alone = async () => {
    const clock = new Clock()
    const memory = new MemoryServer(() => clock.now)
    const device = await Device.open(memory, { clock })
    await device.write(idOf(1), { title: 't' })
    await device.engine.wake('changed', 0)
    const repair = () => repairRecords(device.engine, device.world, device.library, [idOf(1)])
    const asked = () => memory.pulls.filter(({ from }) => from.ids).length
    return { memory, device, repair, asked }
  }

  test('a server that says “more” and does not move on is not asked for ever; nothing is taken for missing', async () => {
    const { memory, device, repair, asked } = await alone()
    memory.onPull = ({ ids, after }) => {
      if (!ids) return null
      const answer = { changes: [], cursor: after, more: asked() < 5, now: T0, mark: memory.mark }
      return { ok: true, value: { answer, offset: 0 } }
    }
    expect(await repair()).toEqual({ ok: true, value: null })
    expect(asked()).toBe(1)
    expect((await device.state()).entries).toEqual([])
  })

  test('P9 nothing is fetched for a device without an account', async () => {
    const memory = new MemoryServer(() => T0)
    const device = await Device.open(memory, { account: null, clock: new Clock() })
    const { engine, world, library } = device
    expect(await repairRecords(engine, world, library, [idOf(1)])).toEqual({ ok: true, value: null })
    expect(memory.pulls).toEqual([])
  })

  test('more than one page of them is read to its end before anything counts as missing', async () => {
    const { device, memory } = await altered(3)
    memory.pageSize = 1
    expect(await repairRecords(device.engine, device.world, device.library, [1, 2, 3].map(idOf))).toEqual({
      ok: true,
      value: [1, 2, 3].map((n) => ({ id: idOf(n), done: 'replaced' })),
    })
  })

  test('P8 one that this version cannot read is neither sent nor taken for missing, and keeps no other back', async () => {
    const { device, memory } = await altered(3)
    const before = await device.held(idOf(2))
    memory.onPull = (_, answer) => {
      const answered = answer()
      if (!answered.ok) return answered
      const page = answered.value.answer
      const changes = page.changes.map((change) =>
        (change as Change).record.id === idOf(2)
          ? { seq: (change as Change).seq, record: 'of a newer Pawkit' }
          : change,
      )
      return { ok: true, value: { ...answered.value, answer: { ...page, changes } } }
    }
    const { engine, world, library } = device
    expect(await repairRecords(engine, world, library, [1, 2, 3].map(idOf))).toMatchObject({
      value: [{ done: 'replaced' }, { id: idOf(2), done: 'left' }, { done: 'replaced' }],
    })
    expect(await device.held(idOf(2))).toEqual(before)
    expect(memory.pushes).toEqual([])
  })

  test('whoever signs out does not wait for it: the request is given up', async () => {
    const { memory, device, repair, asked } = await alone()
    memory.onPull = ({ ids }) => {
      if (ids) device.engine.abort()
      return null
    }
    expect(await repair()).toMatchObject({ ok: false, problem: { is: 'no-answer' } })
    expect(asked()).toBe(1)
  })
})

describe('receipts', () => {
  test('an accepted mutation has one at once, with the server’s time, and the other device too once it has read', async () => {
    const both = await pairOf(server, 'receipts')
    const [a, b] = both.devices
    const at = server.clock.now
    await a.write(idOf(1), { content: 'one' })
    await a.engine.wake('sync-now', 0)
    expect(await receiptOf(a, idOf(1))).toEqual({ id: idOf(1), version: 1, seq: 1, at })
    both.clock.pass(60_000)
    server.clock.now += 60_000
    await b.engine.wake('sync-now', 0)
    expect(await receiptOf(b, idOf(1))).toEqual({ id: idOf(1), version: 1, seq: 1, at })
    await b.write(idOf(1), { content: 'two' })
    expect(await receiptOf(b, idOf(1))).toMatchObject({ version: 1 })
    await calm(both)
    for (const device of both.devices)
      expect(await receiptOf(device, idOf(1))).toMatchObject({ version: 2, seq: 2 })
  })

  test('P3 an answer that was lost: the receipt is of what the server has when it answers again', async () => {
    const both = await filled('lost')
    const [a, b] = both.devices
    await a.write(idOf(1), { content: 'mine' })
    both.lines[0].cut = 'after'
    await a.engine.wake('changed', 0)
    await b.engine.wake('sync-now', 0)
    await b.write(idOf(1), { content: 'mine, and theirs' })
    await b.engine.wake('changed', 0)
    both.lines[0].cut = 'no'
    await calm(both)
    for (const device of both.devices)
      expect(await receiptOf(device, idOf(1))).toMatchObject({ version: 3, seq: 5 })
  })

  test('it is read with its record, and goes with it', async () => {
    const both = await filled('read')
    const [a] = both.devices
    const rows = await readAll(a.db)
    expect(
      rows.map(({ record, receipt }) => [record.version, receipt === 'gone' ? receipt : receipt?.version]),
    ).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ])
    await moveLibrary(a.db, a.library, 'another', { id: 'x', email: 'x@example.com' }, 0)
    expect((await readAll(a.db)).map(({ receipt }) => receipt)).toEqual([null, null, null])
  })

  test('P10 the log tells ids and figures of a comparison, never what a person wrote', async () => {
    const both = await filled('private')
    const [a] = both.devices
    await tamper(a, idOf(1), { content: 'very private' } satisfies RecordState['fields'])
    await verify(a)
    expect(JSON.stringify(await readJournal(a.db))).not.toContain('private')
  })
})
