import { beforeEach, describe, expect, test } from 'vitest'
import type { Fields } from '../../src/core/records.ts'
import { settleStamps } from '../../src/core/stamp.ts'
import { applyPage } from '../../src/store/apply.ts'
import { freezeBatch } from '../../src/store/outbox.ts'
import { Clock, Device } from '../support/device.ts'
import { idOf, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

const A_DAY = 86_400_000
let device: Device
beforeEach(async () => {
  const clock = new Clock()
  device = await Device.open(new MemoryServer(() => clock.now), { clock })
})

/** An answer by which this device's clock turns out to be a day behind. */
const aDayOff = async () => {
  const cursor = (await device.state()).library?.cursor ?? 0
  return applyPage(device.db, {
    library: device.library,
    changes: [],
    after: cursor,
    cursor,
    more: false,
    mark: null,
    now: T0,
    offset: A_DAY,
  })
}
/** Alters the stored row of a record behind the app's back; null: it is gone. */
const tamper = (id: string, stamps: Readonly<Record<string, number>> | null): Promise<void> =>
  device.db.run(['records'], 'readwrite', async (tx) => {
    const records = tx.objectStore('records')
    const row = await records.get(id)
    if (row && stamps) await records.put({ ...row, stamps })
    else await records.delete(id)
  })
const stampsOf = async (id: string): Promise<Fields | undefined> => (await device.held(id)).record?.stamps

describe('a clock that turns out to be off', () => {
  beforeEach(async () => {
    for (const n of [1, 2, 3]) await device.write(idOf(n), { title: `note ${n}` })
  })

  test('what waits to be sent is stamped by the server’s time from then on', async () => {
    await aDayOff()
    expect((await stampsOf(idOf(1)))?.title).toBe(T0 + A_DAY)
    expect((await device.state()).offset).toBe(A_DAY)
  })

  test('a field that nobody stamped counts as changed long ago, and goes on doing so', async () => {
    await tamper(idOf(1), {})
    await aDayOff()
    expect((await stampsOf(idOf(1)))?.title).toBe(A_DAY)
  })

  test('a row that the browser has lost keeps none of the others from it', async () => {
    await tamper(idOf(2), null)
    await aDayOff()
    expect([await stampsOf(idOf(1)), await stampsOf(idOf(3))]).toMatchObject([
      { title: T0 + A_DAY },
      { title: T0 + A_DAY },
    ])
  })
  describe('and a mutation that was frozen before', () => {
    const HOUR = 3_600_000
    const freeze = async () => {
      const [flight] = await freezeBatch(device.db, device.library, [idOf(1)], () => device.newId())
      if (!flight) throw new Error('nothing was frozen')
      return flight
    }
    /** What the server makes of its stamps when it comes at this device's present time. */
    const stampsThere = async ({ mutation }: Awaited<ReturnType<typeof freeze>>) =>
      settleStamps(mutation.stamps, T0 + (await device.state()).offset, T0 + A_DAY)

    test('P4 sent again, it is the server’s time that it was written at: no older edit wins over it', async () => {
      const first = await freeze()
      await aDayOff()
      const again = await freeze()
      expect(again.mutation).toEqual({ ...first.mutation, stamps: again.mutation.stamps })
      expect((await stampsThere(again)).title).toBe(T0 + A_DAY)
      expect(again.sent.stamps.title, 'and the base that it becomes says so').toBe(T0 + A_DAY)
    })

    test('what was edited since, back to what the server had, is shifted as well', async () => {
      await device.engine.wake('changed', 0)
      await device.write(idOf(1), { title: 'another' })
      await freeze()
      await device.write(idOf(1), { title: 'note 1' }, { now: T0 - HOUR })
      await aDayOff()
      expect((await stampsOf(idOf(1)))?.title).toBe(T0 - HOUR + A_DAY)
    })

    test('it is whole where the browser has lost the record’s row', async () => {
      await freeze()
      await tamper(idOf(1), null)
      await aDayOff()
      expect((await freeze()).mutation.stamps.title).toBe(T0 + A_DAY)
    })
  })
})
