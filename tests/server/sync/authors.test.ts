import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEVICE_LIMITS } from '../../../src/core/protocol.ts'
import { type Device, device, mutation } from '../device.ts'
import { type Client, NOW, newId, type TestServer, testServer } from '../fixture.ts'

let server: TestServer
let ada: Client
let phone: Device
let laptop: Device
beforeEach(async () => {
  server = await testServer()
  ada = await server.signUp()
  phone = device(ada, { name: 'Phone' })
  laptop = device(ada, { name: 'Laptop' })
})
afterEach(() => server.stop())

const on = (name: string, who = ada) => ({ account: who.account, device: name })
/** The next change of a record that is at the version. */
const next = (record: string, version: number, fields: Parameters<typeof mutation>[0]) =>
  mutation(fields, { record, on: version, above: version })

describe('who set which fields', () => {
  it('is told with every record: in the outcome of a push, in the feed, and by id', async () => {
    const note = mutation({ title: 'Note', content: 'text', tags: [] })
    expect((await phone.one(note)).record.by).toEqual([on('Phone')])
    const { record } = await laptop.one(next(note.record, 1, { title: 'New' }))
    const by = [{ ...on('Laptop'), fields: ['title'] }, on('Phone')]
    expect(record.by).toEqual(by)
    expect((await phone.records())[0].by).toEqual(by)
    expect((await phone.pull(0, { ids: note.record })).body.changes[0].record.by).toEqual(by)
    const late = await phone.one(next(note.record, 1, { title: 'late' }))
    expect([late.outcome, late.record.by]).toEqual(['conflict', by])
  })

  it('names nobody for a field that kept its value, and the most fields last and by no name', async () => {
    const note = mutation({ title: 'Note', content: 'text', tags: ['a', 'b'] })
    await phone.one(note)
    await laptop.one(
      next(note.record, 1, { title: 'Note', content: 'new', tags: ['b', 'a'], deleted: false }),
    )
    expect((await phone.records())[0].by).toEqual([{ ...on('Laptop'), fields: ['content'] }, on('Phone')])
    await laptop.one(next(note.record, 2, { title: 'New', mood: 'new' }))
    expect((await phone.records())[0].by).toEqual([
      { ...on('Phone'), fields: ['tags', 'deleted'] },
      on('Laptop'),
    ])
  })

  it('is one short entry again when one author has set everything', async () => {
    const note = mutation({ title: 'a', content: 'b' })
    await phone.one(note)
    await laptop.one(next(note.record, 1, { title: 'c' }))
    await laptop.one(next(note.record, 2, { content: 'd' }))
    expect((await phone.records())[0].by).toEqual([on('Laptop')])
  })

  it('of REST is the account and no device', async () => {
    const note = mutation({ title: 'a', content: 'b', tags: [] })
    await phone.one(note)
    await ada.send('PATCH', `/api/notes/${note.record}`, { title: 'by a script', version: 1 })
    expect((await phone.records())[0].by).toEqual([{ ...on(''), fields: ['title'] }, on('Phone')])
  })

  it('of a purged record is who purged it', async () => {
    const note = mutation({ title: 'a', content: 'b' })
    await phone.one(note)
    await laptop.one(next(note.record, 1, { deleted: true, purged: true }))
    expect((await phone.records())[0].by).toEqual([on('Laptop')])
  })

  it('of a record that is older than its authors is told only for what was set since', async () => {
    const note = mutation({ title: 'a', content: 'b' })
    await phone.one(note)
    await server.db.updateTable('record').set({ authors: null }).execute()
    expect(Object.keys((await phone.records())[0])).not.toContain('by')
    await laptop.one(next(note.record, 1, { title: 'c' }))
    expect((await phone.records())[0].by).toEqual([{ ...on('Laptop'), fields: ['title'] }])
    await laptop.one(next(note.record, 2, { content: 'd' }))
    expect((await phone.records())[0].by).toEqual([on('Laptop')])
  })

  it('is told of both members of a space, and a REST read names both', async () => {
    const bob = await server.signUp('bob')
    await server.share(ada, bob)
    const tablet = device(bob, { name: 'Tablet' })
    const note = mutation({ title: 'a', content: 'b', tags: [] })
    await phone.one(note)
    const edit = next(note.record, 1, { title: 'by bob' })
    expect(await tablet.one(edit)).toMatchObject({ outcome: 'applied', version: 2 })
    const refused = next(note.record, 1, { content: 'too late' })
    expect((await phone.one(refused)).outcome).toBe('conflict')
    expect(await phone.records()).toMatchObject([
      { fields: { title: 'by bob' }, by: [{ ...on('Tablet', bob), fields: ['title'] }, on('Phone')] },
    ])
    for (const reader of [ada, bob]) {
      const { body } = await reader.send('GET', `/api/notes/${note.record}/versions`)
      expect(body.versions).toMatchObject([
        { version: 1, applied: false, by: ada.account, byName: ada.email, device: 'Phone' },
        { version: 2, by: bob.account, byName: bob.email, device: 'Tablet' },
        { version: 1, by: ada.account, byName: ada.email, device: 'Phone' },
      ])
    }
    const eve = await server.signUp('eve')
    expect((await eve.send('GET', `/api/notes/${note.record}/versions`)).status).toBe(404)
  })
})

describe('the name of a device', () => {
  const push = (named: unknown, change = mutation({ title: 'x' })) =>
    ada.send('POST', '/api/sync/push', {
      protocol: 1,
      account: ada.account,
      now: NOW,
      mark: null,
      mutations: [change],
      device: named,
    })
  const devices = () => server.db.selectFrom('device').selectAll().orderBy('seen_at').execute()

  it('that cannot be one is ignored, and costs no change', async () => {
    for (const named of [
      null,
      7,
      'Phone',
      {},
      { id: 'd1' },
      { id: '', name: 'Phone' },
      { id: 'x'.repeat(DEVICE_LIMITS.id + 1), name: 'Phone' },
      { id: 'd1', name: 'x'.repeat(DEVICE_LIMITS.name + 1) },
      { id: 'd1', name: 'half \ud800' },
      { id: 'd1', name: 'nul \0' },
    ]) {
      const { status, body } = await push(named)
      expect([status, body.results[0].outcome]).toEqual([200, 'applied'])
      expect(body.results[0].record.by).toEqual([on('')])
    }
    expect(await devices()).toEqual([])
  })

  it('is kept with when it was last here, also by pulls and the stream, and follows its newest', async () => {
    await push({ id: 'd1', name: 'x'.repeat(DEVICE_LIMITS.name) })
    await push({ id: 'd1', name: 'Phone' })
    await phone.pull(0, { device: 'd1' })
    const row = { account: ada.account, id: 'd1', name: 'Phone', seen_at: NOW }
    expect(await devices()).toMatchObject([row])
    server.clock.now += 59_000
    await phone.pull(0, { device: 'd1' })
    expect(await devices()).toMatchObject([row])
    server.clock.now += 1000
    await phone.pull(0, { device: 'd1' })
    expect(await devices()).toMatchObject([{ ...row, seen_at: NOW + 60_000 }])
    expect((await phone.pull(0, { device: 'x'.repeat(101) })).status).toBe(200)
    server.clock.now += 1000
    const query = `protocol=1&account=${ada.account}&device=d2`
    const stream = await server.fetch(`/api/sync/stream?${query}`, { headers: { cookie: ada.cookie } })
    await stream.body?.cancel()
    expect((await devices()).map(({ id, name }) => [id, name])).toEqual([
      ['d1', 'Phone'],
      ['d2', ''],
    ])
  })

  it('is kept for a hundred devices of an account, those last here', async () => {
    for (let n = 0; n < 103; n++) {
      server.clock.now += 60_000
      await phone.pull(0, { device: `d${n}` })
    }
    const kept = (await devices()).map(({ id }) => id)
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([100, 'd3', 'd102'])
  })

  it('is another account’s own, also under the same id', async () => {
    const bob = await server.signUp('bob')
    await push({ id: 'd1', name: 'Ada’s' })
    await bob.send('POST', '/api/sync/push', {
      protocol: 1,
      account: bob.account,
      now: NOW,
      mark: null,
      mutations: [mutation({ title: newId() })],
      device: { id: 'd1', name: 'Bob’s' },
    })
    expect((await devices()).map(({ name }) => name).sort()).toEqual(['Ada’s', 'Bob’s'])
  })
})
