import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Failure } from '../../src/core/failure.ts'
import type { DigestRequest } from '../../src/core/protocol.ts'
import { bad } from '../../src/core/result.ts'
import { Database } from '../../src/store/database.ts'
import { adoptLibrary } from '../../src/store/library.ts'
import { writeConnection } from '../../src/store/outbox.ts'
import { compare, repairRecords } from '../../sw/verify.ts'
import { ACCOUNT, Clock, Device, until } from '../support/device.ts'
import { idOf, record } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

const TOO_LARGE: Failure = { is: 'refused', status: 413, code: 'too_large', message: 'too large' }
const PAUSE: Failure = { is: 'server', status: 503, after: 40_000 }

let clock: Clock
let server: MemoryServer
let device: Device
beforeEach(async () => {
  clock = new Clock()
  clock.auto = false
  server = new MemoryServer(() => clock.now)
  device = await Device.open(server, { clock })
  for (let n = 1; n <= 8; n++) await device.write(idOf(n), { title: `${n}` })
})

const requests = (): number => server.pushes.length + server.pulls.length
const wake = (reason: 'changed' | 'retry' | 'sync-now' = 'changed') => device.engine.wake(reason, 0)

/** Whatever wakes the engine before the time has come, it asks nothing; afterwards it does. */
async function keepsQuietFor(ms: number): Promise<void> {
  const before = requests()
  for (const reason of ['changed', 'retry', 'sync-now'] as const) await wake(reason)
  clock.pass(ms - 1000)
  for (const reason of ['changed', 'retry', 'sync-now'] as const) await wake(reason)
  expect(requests()).toBe(before)
  // A herd that was told one moment comes back within some seconds of it.
  clock.pass(10_000)
  await wake()
  expect(requests()).toBeGreaterThan(before)
}

describe('P9: a pause that the server asked for', () => {
  test('ends halving at once', async () => {
    server.onPush = () => (server.pushes.length === 1 ? TOO_LARGE : PAUSE)
    await wake()
    expect(requests()).toBe(2)
    await keepsQuietFor(40_000)
  })

  test('ends at once, too, the halving of a batch that dies while a pull goes through', async () => {
    const timeOut: Failure = { is: 'no-answer', why: 'TimeoutError' }
    server.onPush = () => (server.pushes.length === 1 ? timeOut : PAUSE)
    await wake()
    expect([server.pushes.length, server.pulls.length]).toEqual([2, 1])
    await keepsQuietFor(40_000)
  })

  test('also keeps the pull beside a failed push from being tried', async () => {
    const down: Failure = { is: 'server', status: 500, after: null }
    server.onPush = () => (server.pushes.length === 1 ? down : PAUSE)
    await wake()
    clock.pass(2000)
    // The second failure in a row, at which a pull would be tried.
    await wake()
    expect([server.pushes.length, server.pulls.length]).toEqual([2, 0])
    await keepsQuietFor(40_000)
  })

  test('counts when it was the pull beside a failed push that was told of it', async () => {
    server.onPush = () => ({ is: 'no-answer', why: 'TimeoutError' })
    server.onPull = () => PAUSE
    await wake()
    expect(server.pulls.length).toBe(1)
    await keepsQuietFor(40_000)
  })

  test('is not over because somebody signs in', async () => {
    server.onPush = () => PAUSE
    await wake()
    await adoptLibrary(device.db, device.library, ACCOUNT)
    await device.engine.wake('signed-in', 0)
    expect(requests()).toBe(1)
    await keepsQuietFor(40_000)
  })
})

describe('P9: Verify my data and a pause that the server asks for', () => {
  const asked: DigestRequest = {
    protocol: 1,
    account: 'ada',
    mark: null,
    cursor: 0,
    without: [],
    ranges: [''],
  }
  const repaired = () => repairRecords(device.engine, device.world, device.library, [idOf(1)])

  test('while one runs, nothing is compared and nothing is fetched', async () => {
    server.onPush = () => PAUSE
    await wake()
    const digests = vi.spyOn(server, 'digests')
    expect(await compare(device.engine, device.world, asked)).toMatchObject({ problem: { is: 'busy' } })
    expect(await repaired()).toMatchObject({ problem: { is: 'busy' } })
    expect([requests(), digests.mock.calls.length]).toEqual([1, 0])
    clock.pass(60_000)
    expect(await compare(device.engine, device.world, asked)).toMatchObject({ problem: { is: 'refused' } })
    expect(digests).toHaveBeenCalledOnce()
  })

  test.each<[string, () => Promise<unknown>]>([
    ['comparing', () => compare(device.engine, device.world, asked)],
    ['fetching what differs', repaired],
  ])('one that it asks for at %s is kept by everything', async (_, asking) => {
    vi.spyOn(server, 'digests').mockResolvedValue(bad(PAUSE))
    server.onPull = () => PAUSE
    expect(await asking()).toMatchObject({ problem: PAUSE })
    expect((await device.state()).connection).toMatchObject({ is: 'failing', asked: { start: clock.now } })
    await keepsQuietFor(40_000)
  })

  test('one told where no library is left is nobody’s; a failure without one waits for nothing', async () => {
    const full = device.db
    device.db = await Database.open({}, `${device.name}-empty`)
    vi.spyOn(server, 'digests').mockResolvedValue(bad(PAUSE))
    expect(await compare(device.engine, device.world, asked)).toMatchObject({ problem: PAUSE })
    device.db = full
    vi.spyOn(server, 'digests').mockResolvedValue(bad({ is: 'server', status: 500, after: null }))
    await compare(device.engine, device.world, asked)
    expect((await device.state()).connection.is).toBe('fine')
  })

  test('P11 a round that it ends is told of', async () => {
    const down: Failure = { is: 'server', status: 500, after: null }
    server.onPush = () => down
    server.onPull = () => down
    await wake()
    clock.pass(2000)
    await wake()
    clock.pass(8000)
    vi.spyOn(server, 'digests').mockResolvedValue(bad(PAUSE))
    await compare(device.engine, device.world, asked)
    const told = device.announced.flatMap((said) => (said.type === 'notice' ? [said.told.is] : []))
    expect(told).toEqual(['outage'])
  })
})

describe('a session that ended', () => {
  test('a 401 that comes when somebody has signed in meanwhile does not pause sync again', async () => {
    let answer: (failure: Failure) => void = () => {}
    server.onPush = () => new Promise((resolve) => (answer = resolve))
    const drain = wake()
    await until(() => server.pushes.length === 1)
    await adoptLibrary(device.db, device.library, ACCOUNT)
    const signedIn = device.engine.wake('signed-in', 0)
    server.onPush = () => null
    answer({ is: 'signed-out' })
    await Promise.all([drain, signedIn])
    expect(server.records.size).toBe(8)
    expect((await device.state()).connection.is).toBe('fine')
  })

  test('nor where what is to be read then comes in several pages', async () => {
    for (let n = 11; n <= 17; n++) server.put(record('note', { title: `${n}` }, { id: idOf(n) }))
    server.pageSize = 2
    await writeConnection(device.db, device.library, { is: 'signed-out', since: 0, why: '' })
    await device.engine.wake('signed-in', 60_000)
    expect((await device.state()).records).toBe(15)
    expect((await device.state()).connection.is).toBe('fine')
  })

  test('without it the 401 pauses, and every trigger keeps quiet', async () => {
    server.onPush = () => ({ is: 'signed-out' })
    await wake()
    for (const reason of ['changed', 'retry', 'sync-now'] as const) await wake(reason)
    expect(requests()).toBe(1)
  })
})

test('P9 a push that fails as the network goes is followed by no pull', async () => {
  const down: Failure = { is: 'server', status: 500, after: null }
  const goes = (): Failure => {
    device.online = server.pushes.length < 2
    return down
  }
  server.onPush = goes
  await wake()
  clock.pass(2000)
  // The second failure in a row, at which a pull is tried.
  await wake()
  expect([server.pushes.length, server.pulls.length]).toEqual([2, 0])
  device.online = true
  server.onPush = () => down
  for (let sends = 0; sends < 3; sends++) {
    clock.pass(30_000)
    await wake()
  }
  expect(server.pulls.length).toBeGreaterThan(0)
})
