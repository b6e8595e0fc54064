import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ConnectionRow } from '../../src/core/backoff.ts'
import { PROTOCOL_VERSION } from '../../src/core/protocol.ts'
import type { Database } from '../../src/store/database.ts'
import { writeConnection } from '../../src/store/outbox.ts'
import { readSyncState } from '../../src/store/read.ts'
import { SyncWatch } from '../../src/ui/controllers/sync-watch.ts'
import { Clock, Device, until } from '../support/device.ts'
import { idOf } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

const [MINUTE, HOUR] = [60_000, 3600_000]
const failing = (start: number, length = 15_000): ConnectionRow => ({
  ...{ is: 'failing', since: start, sends: 0, rounds: 1, wait: { start, length }, asked: null },
  ...{ why: 'server 503', attempts: 3 },
})

let device: Device
let clock: Clock
let watch: SyncWatch
let wakes: number
let looks: number

beforeEach(async () => {
  clock = new Clock()
  device = await Device.open(new MemoryServer(() => clock.now), { clock })
  await device.write(idOf(1), { title: 't' })
  wakes = 0
  looks = 0
  online(true)
  const worker = { background: 'granted', arm: () => {}, wake: () => void wakes++ }
  const world = { db: device.db as Database, now: () => clock.now, worker, stream: null }
  const host = {
    ...{ library: () => device.library, replaced: () => {}, learnt: () => 1, titlesOf: () => new Map() },
    changed: () => void looks++,
  }
  const args = [world, host, await readSyncState(device.db)] as unknown as ConstructorParameters<
    typeof SyncWatch
  >
  watch = new SyncWatch(...args)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function online(onLine: boolean): void {
  vi.stubGlobal('navigator', { onLine, locks: { query: async () => ({ held: [] }) } })
}

/** The page looks, and goes on for so long; each wake of the worker makes it look again, as the worker's rest does. */
async function goesOnFor(ms: number, step = 250): Promise<void> {
  await watch.refresh()
  let answered = wakes
  for (let gone = 0; gone < ms; gone += step) {
    clock.now += step
    vi.advanceTimersByTime(step)
    if (wakes === answered) continue
    answered = wakes
    await watch.refresh()
  }
}

describe('hints of a page', () => {
  test('P9: an outage, then the network goes: the page leaves its worker in peace', async () => {
    await writeConnection(device.db, device.library, failing(clock.now))
    clock.now += HOUR
    online(false)
    await goesOnFor(10_000)
    expect(wakes).toBe(0)
  })

  test.each<[string, ConnectionRow]>([
    ['signed out', { is: 'signed-out', since: 0, why: 'signed-out' }],
    ['too old', { is: 'too-old', since: 0, protocol: PROTOCOL_VERSION }],
  ])('P9: what time alone sends to nobody (%s) is nothing to wake for', async (_, row) => {
    await writeConnection(device.db, device.library, row)
    await goesOnFor(10_000)
    expect(wakes).toBe(0)
  })

  test('P2: the worker is reminded when its time has come', async () => {
    await writeConnection(device.db, device.library, failing(clock.now))
    await goesOnFor(14_750)
    expect(wakes).toBe(0)
    await goesOnFor(250)
    expect(wakes).toBe(1)
  })

  test('P9: hints that change nothing grow rare; the next failure that is stored is hinted at in time again', async () => {
    await writeConnection(device.db, device.library, failing(clock.now))
    clock.now += HOUR
    await goesOnFor(HOUR, 1000)
    expect(wakes).toBeGreaterThan(1)
    expect(wakes).toBeLessThan(80)
    const before = wakes
    await writeConnection(device.db, device.library, failing(clock.now, 4000))
    await goesOnFor(4000)
    expect(wakes).toBe(before + 1)
  })

  test('a look while one is under way is one more', async () => {
    await Promise.all([watch.refresh(), watch.refresh(), watch.refresh()])
    await until(() => looks === 2)
  })
})

describe('the watchdog of a page to which nothing else happens', () => {
  test('P12: it looks by itself at the moment in which a change has waited too long, and then rests', async () => {
    await watch.refresh()
    expect(watch.summary).toMatchObject({ alarm: null, figures: { queue: 1, failed: 0 } })
    clock.now += 2 * MINUTE
    vi.advanceTimersByTime(2 * MINUTE)
    expect(vi.getTimerCount(), 'it still waits for its moment').toBe(1)
    clock.now += 1
    // Its moment, and the look that it asks for.
    vi.advanceTimersByTime(2)
    await until(() => watch.summary.alarm !== null, 'the alarm')
    expect(watch.summary.alarm).toMatch(/^1 change has waited since .* although the server answers/)
    expect(looks).toBe(2)
    expect(vi.getTimerCount(), 'nothing more to look for').toBe(0)
  })

  test('P12: a second change has a moment of its own', async () => {
    await watch.refresh()
    clock.now += MINUTE
    await device.write(idOf(2), { title: 'later' })
    await watch.refresh()
    for (const many of ['1 change has', '2 changes have']) {
      clock.now += MINUTE + 1
      vi.advanceTimersByTime(MINUTE + 2)
      await until(() => watch.summary.alarm?.startsWith(many) === true, many)
    }
  })
})
