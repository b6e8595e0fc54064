import { beforeEach, describe, expect, test } from 'vitest'
import { JOURNAL_ROWS, type JournalEvent } from '../../src/core/journal.ts'
import { Journal, readJournal } from '../../src/store/journal.ts'
import { Clock, Device } from '../support/device.ts'
import { idOf } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

const MARKER = 'marker-of-a-secret'
let clock: Clock
let server: MemoryServer
let device: Device
const logged = async (): Promise<JournalEvent[]> =>
  (await readJournal(device.db)).map(({ event }) => event).reverse()
const kinds = async () => (await logged()).map(({ what }) => what)

beforeEach(async () => {
  clock = new Clock()
  server = new MemoryServer(() => clock.now)
  device = await Device.open(server, { clock })
})

describe('sync log', () => {
  test('P11 every step of a push and a pull is in it, with ids, versions and lengths', async () => {
    await device.write(idOf(1), { title: MARKER })
    await device.engine.wake('opened', 5000)
    expect(await kinds()).toEqual(['woken', 'pushed', 'outcome', 'pulled'])
    expect(await logged()).toContainEqual(
      expect.objectContaining({ what: 'outcome', record: idOf(1), outcome: 'applied', version: 1, on: 0 }),
    )
    expect(await logged()).toContainEqual(
      expect.objectContaining({ lengths: expect.objectContaining({ title: MARKER.length }) }),
    )
  })

  test('P11 every failed attempt is in it, with why and what happens next', async () => {
    server.onPush = () => ({ is: 'server', status: 503, after: null })
    await device.write(idOf(1), { title: 't' })
    await device.engine.wake('changed', 3000)
    const failed = { what: 'failed', doing: 'push', failure: 'server', why: 'status 503' }
    expect((await logged()).filter(({ what }) => what === 'failed')).toEqual([failed, failed])
    expect(await kinds()).toContain('retry-planned')
  })

  test('P10 what a person wrote is never in it', async () => {
    server.onPush = (request) =>
      request.mutations.length > 0 && server.pushes.length === 1
        ? { is: 'refused', status: 422, code: 'invalid', message: 'no' }
        : null
    await device.write(idOf(1), { title: MARKER, content: `${MARKER} more`, tags: [MARKER] })
    await device.engine.wake('opened', 60_000)
    const rows = await readJournal(device.db)
    expect(rows.length).toBeGreaterThan(2)
    expect(JSON.stringify(rows)).not.toContain(MARKER)
  })

  test('a wake for every key of a burst is one line, beside what came of it', async () => {
    for (let key = 1; key <= 20; key++) {
      await device.write(idOf(1), { content: 'x'.repeat(key) }, { urgency: 'typing' })
      await device.engine.wake('changed', 0)
      clock.pass(100)
    }
    await device.engine.wake('changed', 5000)
    expect((await kinds()).filter((what) => what === 'woken')).toHaveLength(1)
  })

  test('it keeps the newest rows and no more than its bound', async () => {
    const journal = new Journal(
      async () => device.db,
      () => clock.now,
    )
    for (let i = 0; i < JOURNAL_ROWS + 50; i++)
      journal.add({ what: 'woken', reason: 'timer', due: i, waiting: 0 })
    await journal.flush()
    const rows = await readJournal(device.db)
    expect(rows).toHaveLength(JOURNAL_ROWS)
    expect(rows[0]?.event).toMatchObject({ due: JOURNAL_ROWS + 49 })
  })

  test('trace 50: a log that cannot be written costs no edit and no sync', async () => {
    const broken = new Journal(
      () => Promise.reject(new Error('full')),
      () => clock.now,
    )
    broken.add({ what: 'session-ended' })
    await expect(broken.flush()).resolves.toBeUndefined()
  })
})
