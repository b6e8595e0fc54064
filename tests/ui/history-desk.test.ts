import { beforeEach, expect, test } from 'vitest'
import { KEPT_VERSIONS } from '../../src/store/history.ts'
import { HistoryDesk, type HistoryHost } from '../../src/ui/controllers/history-desk.ts'
import { KEPT } from '../../src/ui/history.ts'
import { Clock, Device } from '../support/device.ts'
import { idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

const DAY = 86_400_000
let device: Device
let desk: HistoryDesk

beforeEach(async () => {
  const clock = new Clock()
  device = await Device.open(new MemoryServer(() => clock.now), { clock })
  const nobody = new EventTarget() as HistoryHost
  desk = new HistoryDesk({ db: device.db, now: () => T0 }, nobody, { library: device.library })
  const aside = { recordId: idOf(1), field: 'content', value: 'x', stamp: T0, side: 'local' } as const
  await device.db.run(['records', 'history'], 'readwrite', async (tx) => {
    await tx.objectStore('records').put(note('text'))
    for (let n = 0; n <= KEPT_VERSIONS; n++)
      await tx.objectStore('history').add({ ...aside, at: T0 - 200 * DAY + n })
  })
})

test('P4 what was put aside is kept as long as the person chose, and chosen it stays', async () => {
  await desk.keep('365')
  await desk.tidy()
  expect(await device.history()).toHaveLength(KEPT_VERSIONS + 1)
  expect(await desk.keeps()).toBe('365')
  await desk.keep('always')
  await desk.tidy()
  expect(await device.history()).toHaveLength(KEPT_VERSIONS + 1)
})

test('where nobody has chosen, 90 days', async () => {
  expect(await desk.keeps()).toBe(KEPT)
  await desk.tidy()
  expect(await device.history()).toHaveLength(KEPT_VERSIONS)
  await desk.tidy()
  expect(await device.history(), 'nothing is left to remove').toHaveLength(KEPT_VERSIONS)
})
