import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { levelOf } from '../../src/core/journal.ts'
import { readJournal } from '../../src/store/journal.ts'
import { journalText } from '../../src/ui/journal-words.ts'
import { Clock, Device, until } from '../support/device.ts'
import { idOf } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

let clock: Clock
let server: MemoryServer
let device: Device
const failed = async () =>
  (await readJournal(device.db)).flatMap(({ event }) => (event.what === 'failed' ? [event] : []))

/** From here on every put into these stores finds no room. */
function noRoom(...stores: readonly string[]): void {
  const { put, add } = IDBObjectStore.prototype
  for (const method of ['put', 'add'] as const)
    vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (
      this: IDBObjectStore,
      ...args: [unknown, IDBValidKey?]
    ) {
      if (stores.includes(this.name)) throw new DOMException('No room.', 'QuotaExceededError')
      return (method === 'put' ? put : add).apply(this, args)
    })
}

beforeEach(async () => {
  clock = new Clock()
  server = new MemoryServer(() => clock.now)
  device = await Device.open(server, { clock })
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('the worker when its storage fails', () => {
  test('P2 P11 no room ends the drain: all is kept, it is in the log once there is room, the next trigger sends', async () => {
    await device.write(idOf(1), { title: 'kept' })
    noRoom('outbox', 'journal')
    const opened = vi.spyOn(device.db, 'run')
    await device.engine.wake('opened', 60_000)
    expect(server.pushes, 'what could not be frozen is not sent').toHaveLength(0)
    expect(opened.mock.calls.length, 'nothing goes round').toBeLessThan(12)
    vi.restoreAllMocks()
    expect((await device.held(idOf(1))).entry).not.toBe(null)

    await device.engine.wake('timer', 60_000)
    await until(async () => (await failed()).length > 0, 'the log')
    expect(server.records.get(idOf(1))?.fields.title).toBe('kept')
    expect((await device.held(idOf(1))).entry).toBe(null)
    expect(await failed()).toContainEqual({
      what: 'failed',
      doing: 'storage',
      failure: 'QuotaExceededError',
      why: 'No room.',
    })
  })

  test('P3 no room when the answer comes: the same mutation is sent again, and takes effect once', async () => {
    await device.write(idOf(1), { title: 'once' })
    const { push } = server
    server.push = async (...args) => {
      const answer = await push.apply(server, args)
      noRoom('records', 'bases', 'outbox', 'meta')
      return answer
    }
    await device.engine.wake('opened', 60_000)
    server.push = push
    vi.restoreAllMocks()
    expect((await device.held(idOf(1))).entry?.flight).not.toBe(null)
    await device.engine.wake('timer', 60_000)
    expect(server.records.get(idOf(1))?.version).toBe(1)
    expect(new Set(server.pushes.flatMap(({ request }) => request.mutations.map(({ id }) => id))).size).toBe(
      1,
    )
    expect((await device.held(idOf(1))).entry).toBe(null)
  })

  test('P2 a connection that is lost for good ends the drain, and the next trigger begins anew', async () => {
    await device.write(idOf(1), { title: 'kept' })
    const lost = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
      throw new DOMException('The database connection is closing.', 'InvalidStateError')
    })
    await device.engine.wake('opened', 60_000)
    expect(lost.mock.calls.length, 'tried, and once more, and never again').toBeLessThan(8)
    vi.restoreAllMocks()
    await device.engine.wake('shown', 60_000)
    expect(server.records.get(idOf(1))?.fields.title).toBe('kept')
  })

  test('P10 P11 an error of our own code is thrown on, and in the log by its name: its message may quote a text', async () => {
    await device.write(idOf(1), { title: 'x' })
    vi.spyOn(device.db, 'run').mockImplementation(() => {
      throw new TypeError('ours')
    })
    await expect(device.engine.wake('opened', 1000)).rejects.toThrow('ours')
    vi.restoreAllMocks()
    await device.world.journal.flush()
    const [event, ...more] = await failed()
    expect(event).toEqual({ what: 'failed', doing: 'code', failure: 'TypeError', why: '' })
    expect(more).toEqual([])
    expect(event && journalText(event, '')).toBe('Pawkit itself failed: TypeError.')
    expect(event && levelOf(event)).toBe('error')
  })

  test('trace 50: a log that finds no room makes no edit fail, and no sync', async () => {
    noRoom('journal')
    expect(await device.write(idOf(1), { title: 'written' })).toMatchObject({ is: 'written' })
    await device.engine.wake('opened', 60_000)
    expect(await device.write(idOf(1), { title: 'written twice' })).toMatchObject({ is: 'written' })
    await device.engine.wake('changed', 60_000)
    expect(server.records.get(idOf(1))?.fields.title).toBe('written twice')
    vi.restoreAllMocks()
    expect(await readJournal(device.db)).toEqual([])
    await device.world.journal.flush()
    expect((await readJournal(device.db)).length, 'what waited is told when there is room').toBeGreaterThan(2)
  })
})
