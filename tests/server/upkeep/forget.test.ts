import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IDEMPOTENCY_MS } from '../../../server/db/idempotency.ts'
import { type Mark, markParam, RETENTION_MS } from '../../../src/core/protocol.ts'
import { type Device, device, mutation } from '../device.ts'
import { type Answered, type Client, newId, type TestServer, testServer } from '../fixture.ts'

let server: TestServer
let ada: Client
let a: Device
beforeEach(async () => {
  server = await testServer()
  ada = await server.signUp()
  a = device(ada)
})
afterEach(() => server.stop())

const DAY = 24 * 3600_000
const change = (record: string, version: number, fields: Parameters<typeof mutation>[0]) =>
  mutation(fields, { record, on: version, above: version })
const code = ({ status, body }: Answered) => (status === 200 ? 200 : [status, body.error.code])
const purge = (record: string, version = 1) => change(record, version, { deleted: true, purged: true })
const markNow = async (): Promise<Mark> => (await a.pull()).body.mark
const pull = (after: number, mark: Mark) => a.pull(after, { mark: markParam(mark) })
const later = async (ms: number): Promise<void> => {
  server.clock.now += ms
  await server.upkeep()
}
const rows = async (table: 'record' | 'change' | 'mutation' | 'idempotency' | 'revision' | 'reading') =>
  (await server.db.selectFrom(table).selectAll().execute()).length

describe('what time takes away', () => {
  it('39 tombstones and tags live 180 days; who was away longer is `expired`, on push and pull', async () => {
    const [gone, kept] = [mutation({ title: 'gone' }), mutation({ title: 'kept' })]
    await a.push([gone, kept])
    const seen = await markNow()
    await a.push([purge(gone.record)])
    const saw = await markNow()
    await a.push([mutation({ title: 'after' })])
    await later(RETENTION_MS)
    expect([await rows('record'), await rows('change')]).toEqual([3, 4])
    expect((await pull(seen.seq, seen)).body.changes).toHaveLength(2)
    // One more change, a day later: the two before it are older than 180 days.
    server.clock.now += DAY
    await a.push([mutation({ title: 'newest' })])
    await server.upkeep()
    expect([await rows('record'), await rows('change')]).toEqual([3, 2])
    expect((await a.records()).map(({ id }) => id)).not.toContain(gone.record)
    for (const [mark, answer] of [
      [seen, [410, 'expired']],
      [saw, [410, 'expired']],
    ] as const) {
      expect(code(await pull(mark.seq, mark))).toEqual(answer)
      expect(code(await a.pull(mark.seq))).toEqual(answer)
      expect(code(await a.push([mutation({ title: 'late' })], { mark }))).toEqual(answer)
    }
    expect((await ada.send('GET', `/api/notes/${gone.record}/versions`)).status).toBe(404)
  })

  it('a device that is up to date goes on, however long nothing happened', async () => {
    const notes = [1, 2, 3].map((n) => mutation({ title: `${n}` }))
    await a.push(notes)
    const mark = await markNow()
    for (let n = 0; n < 5; n++) {
      await later(100 * DAY)
      expect((await pull(3, mark)).body).toMatchObject({ changes: [], cursor: 3, mark })
      expect(code(await a.push([], { mark }))).toBe(200)
    }
    // The first change after all that time makes nobody's mark too old: they were up to date until then.
    await a.push([mutation({ title: 'new' })], { mark })
    await server.upkeep()
    expect((await pull(3, mark)).body.changes).toHaveLength(1)
    await later(RETENTION_MS - DAY)
    expect(code(await pull(3, mark))).toBe(200)
    await a.push([mutation({ title: 'newer' })])
    await later(2 * DAY)
    expect(code(await pull(3, mark))).toEqual([410, 'expired'])
  })

  it('a tombstone that is the newest change stays as long as it is', async () => {
    const note = mutation({ title: 'x' })
    await a.push([note])
    const seen = await markNow()
    await a.push([purge(note.record)])
    await later(3 * RETENTION_MS)
    expect(code(await pull(1, seen))).toEqual([410, 'expired'])
    expect((await a.pull(0)).body).toMatchObject({ cursor: 2, more: false, changes: [{ seq: 2 }] })
    expect((await pull(2, await markNow())).body.changes).toEqual([])
  })

  it('P3 the answer was lost, and others’ changes were read since: 180 quiet days later it is still the first outcome', async () => {
    const mine = mutation({ title: 'mine' })
    await a.push([mutation({ title: 'first' })])
    await a.push([mine])
    server.clock.now += 5000
    await a.push([mutation({ title: 'theirs' })])
    const mark = await markNow()
    await later(RETENTION_MS + DAY)
    await later(DAY)
    const { body } = await a.push([mine], { mark })
    expect(body.results).toMatchObject([{ outcome: 'applied', version: 1 }])
  })

  it('28 a fresh read ends, though all that it goes through is older than what is kept', async () => {
    const old = Array.from({ length: 10 }, (_, n) => mutation({ title: `${n}` }))
    await a.push(old)
    server.clock.now += RETENTION_MS
    await a.push([purge(old[3]?.record ?? '')])
    await a.push([mutation({ title: 'new' })])
    await later(RETENTION_MS + DAY)
    await a.push([mutation({ title: 'newest' })])
    await server.upkeep()
    const read: string[] = []
    let mark: Mark | null = null
    let after = 0
    for (let more = true; more; ) {
      const answer: Answered = await a.pull(after, { limit: '2', mark: markParam(mark) })
      expect(code(answer)).toBe(200)
      read.push(...answer.body.changes.map((row: { record: { id: string } }) => row.record.id))
      ;({ more, mark, cursor: after } = answer.body)
      // The server may be started again, and its upkeep run, between two pages.
      await server.upkeep()
    }
    expect(read).toHaveLength(11)
    expect(read).not.toContain(old[3]?.record)
    // A page whose answer was lost is read again; another place as old is not of a read.
    expect(code(await a.pull(2, { limit: '2' }))).toBe(200)
    expect(code(await a.pull(1))).toEqual([410, 'expired'])
    const ids = read.slice(0, 6).join(',')
    expect((await a.pull(1, { ids, mark: markParam(mark) })).body.changes).toHaveLength(5)
  })

  it('a read that began more than 180 days ago begins again', async () => {
    await a.push([1, 2, 3, 4].map((n) => mutation({ title: `${n}` })))
    await later(RETENTION_MS + DAY)
    const { body } = await a.pull(0, { limit: '1' })
    expect(code(await a.pull(body.cursor, { limit: '1' }))).toBe(200)
    await later(RETENTION_MS - 1)
    expect(code(await a.pull(body.cursor, { mark: markParam(body.mark) }))).toBe(200)
    server.clock.now += 2
    expect(code(await a.pull(body.cursor, { mark: markParam(body.mark) }))).toEqual([410, 'expired'])
    await server.upkeep()
    expect([await rows('reading'), code(await a.pull(0))]).toEqual([0, 200])
  })

  it('a device that pushed but did not read what came before, and was then away, reads afresh', async () => {
    const [gone, other] = [mutation({ title: 'gone' }), mutation({ title: 'other' })]
    await a.push([gone, other])
    const { cursor } = (await a.pull()).body
    await a.push([purge(gone.record)])
    // Its push is answered with the newest mark, its pull with nothing.
    const { mark } = (await a.push([change(other.record, 1, { title: 'pushed' })])).body
    await later(RETENTION_MS + DAY)
    expect(await a.records()).toHaveLength(1)
    expect(code(await pull(cursor, mark))).toEqual([410, 'expired'])
  })

  it('a record made anew is above every tombstone that was forgotten', async () => {
    const note = mutation({ title: 'x' })
    await a.push([note])
    for (let version = 1; version < 6; version++)
      await a.push([change(note.record, version, { title: `${version}` })])
    await a.push([purge(note.record, 6)])
    await a.push([mutation({ title: 'after' })])
    await later(RETENTION_MS + DAY)
    expect(await rows('record')).toBe(1)
    const edit = await a.one(change(note.record, 3, { title: 'late' }))
    expect(edit).toMatchObject({ outcome: 'conflict', record: null })
    const whole = mutation({ title: 'back' }, { record: note.record, above: 3 })
    expect(await a.one(whole)).toMatchObject({ outcome: 'applied', version: 8 })
    const high = mutation({ title: 'higher' }, { above: 20 })
    expect(await a.one(high)).toMatchObject({ outcome: 'applied', version: 21 })
    const own = await ada.send('POST', '/api/notes', { id: newId(), title: 'by REST' })
    expect([own.status, own.body.note.version]).toEqual([201, 8])
    const { note: made } = (await ada.send('POST', '/api/notes', { title: 'new' })).body
    expect(made.version).toBe(1)
    const bob = await server.signUp('bob')
    expect(await device(bob).one(mutation({ title: 'his' }))).toMatchObject({ version: 1 })
  })

  it('P3 a mutation id is known for 180 days, and longer while its change is the newest', async () => {
    const note = mutation({ title: 'x' })
    await a.push([note, { ...mutation({}), kind: '?' }])
    await later(RETENTION_MS * 2)
    expect(await a.one(note)).toMatchObject({ outcome: 'applied', version: 1 })
    await a.push([mutation({ title: 'y' })])
    await later(RETENTION_MS)
    expect(await rows('mutation')).toBe(3)
    await later(1)
    await a.push([mutation({ title: 'z' })])
    await later(RETENTION_MS + 1)
    expect(await rows('mutation')).toBe(1)
    expect(await a.one(note)).toMatchObject({ outcome: 'conflict', record: { version: 1 } })
  })

  it('P3 P8 a mutation whose record is forgotten before its id is answered, and holds up nothing', async () => {
    const [note, other] = [mutation({ title: 'x' }), mutation({ title: 'y' })]
    await a.push([note, other])
    const edit = change(note.record, 1, { title: 'z' })
    server.clock.now += DAY
    // In one batch, and so at one time, the last of which stays.
    await a.push([edit, purge(note.record, 2), change(other.record, 1, { title: 'after' })])
    const mark = await markNow()
    await later(2 * RETENTION_MS)
    expect([await rows('record'), await rows('mutation')]).toEqual([1, 3])
    const { body } = await a.push([edit], { mark })
    expect(body.results).toEqual([{ id: edit.id, outcome: 'conflict', record: null }])
  })

  it('P3 an Idempotency-Key is known for 30 days, and its row goes then', async () => {
    const key = { 'idempotency-key': 'k' }
    const { body } = await ada.send('POST', '/api/notes', { title: 'x' }, key)
    await later(IDEMPOTENCY_MS - 1)
    expect((await ada.send('POST', '/api/notes', { title: 'x' }, key)).body).toEqual(body)
    await later(1)
    expect(await rows('idempotency')).toBe(0)
  })

  it('a clock that was set back takes nothing away too early', async () => {
    await a.push([mutation({ title: '1' }), mutation({ title: '2' })])
    server.clock.now -= 10 * DAY
    await a.push([mutation({ title: '3' })])
    const mark = await markNow()
    await later(RETENTION_MS - 1)
    expect([await rows('change'), code(await pull(0, mark))]).toEqual([3, 200])
    await later(11 * DAY)
    expect([await rows('change'), code(await pull(3, mark))]).toEqual([1, 200])
  })
})
