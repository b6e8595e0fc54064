import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogger } from '../../../server/logger.ts'
import { startUpkeep } from '../../../server/upkeep/run.ts'
import { TRASH_MS } from '../../../server/upkeep/trash.ts'
import { device, mutation } from '../device.ts'
import { type Client, type TestServer, testServer } from '../fixture.ts'

let server: TestServer
let ada: Client
beforeEach(async () => {
  server = await testServer()
  ada = await server.signUp()
})
afterEach(() => server.stop())

/** A note that is due to leave the trash, and the space's stream opened before. */
async function dueNote() {
  const { note } = (await ada.send('POST', '/api/notes', { title: 'x' })).body
  await ada.send('DELETE', `/api/notes/${note.id}`)
  server.clock.now += TRASH_MS
  const { id } = await server.db.selectFrom('space').select('id').executeTakeFirstOrThrow()
  return server.pokes.open(id)
}

describe('the upkeep of a running server', () => {
  const begin = (every: number, lines: string[] = []) => {
    const logger = createLogger('info', { write: (line: string) => void lines.push(line) })
    const { db, world, pokes } = server
    return startUpkeep({ db, world, pokes, logger, history: { days: 90, versions: 100 } }, every)
  }

  it('passes at once and then again and again, until it is stopped', async () => {
    const first = await dueNote()
    const stop = begin(5)
    expect(await first.next()).toBe(3)
    const second = await dueNote()
    expect(await second.next()).toBe(6)
    await stop()
    await dueNote()
    await stop()
    expect((await ada.send('GET', '/api/notes?deleted=true')).body.notes).toHaveLength(1)
  })

  it('lets others write between its small steps, and leaves off where the server stops', async () => {
    const a = device(ada)
    const notes = Array.from({ length: 500 }, (_, n) => mutation({ title: `${n}` }))
    await a.push(notes)
    await a.push(notes.map(({ record }) => mutation({ deleted: true }, { record, on: 1, above: 1 })))
    const line = await dueNote()
    const left = async () =>
      (await server.db.selectFrom('record').select('id').where('purged', '=', 0).execute()).length
    const stop = begin(1e6)
    await line.next()
    await stop()
    const rest = await left()
    expect(rest).toBeGreaterThan(400)
    let done = false
    const pass = server.upkeep().then(() => {
      done = true
    })
    let others = 0
    for (; !done; others++) await ada.send('POST', '/api/notes', { title: `while it runs ${others}` })
    await pass
    expect(await left()).toBe(others)
    expect(others).toBeGreaterThan(10)
  })

  it('says what it did in one line, and nothing where there was nothing', async () => {
    const lines: string[] = []
    await dueNote()
    await begin(1e6, lines)()
    expect(lines).toEqual([])
    await server.upkeep()
    await server.upkeep()
    const said = server.logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'upkeep')
    expect(said).toMatchObject([{ purged: 1, tombstones: 0, tags: 0, mutations: 0, keys: 0, revisions: 0 }])
  })

  it('goes on where one part of it fails', async () => {
    await dueNote()
    await server.db.schema.dropTable('reading').execute()
    await ada.send('POST', '/api/notes', { title: 'x' }, { 'idempotency-key': 'k' })
    server.clock.now += 40 * 24 * 3600_000
    await server.upkeep()
    expect(server.logs.filter((line) => line.includes('upkeep failed'))).toHaveLength(1)
    expect((await ada.send('GET', '/api/notes?deleted=true')).body.notes).toEqual([])
    expect(await server.db.selectFrom('idempotency').select('key').execute()).toEqual([])
  })
})
