import { beforeEach, describe, expect, test } from 'vitest'
import { writeDevice } from '../../src/store/library.ts'
import { freezeBatch, keepApart, readOutbox } from '../../src/store/outbox.ts'
import { Clock, Device } from '../support/device.ts'
import { changed, dirty, idOf, note } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

let clock: Clock
let server: MemoryServer
let device: Device
beforeEach(async () => {
  clock = new Clock()
  server = new MemoryServer(() => clock.now)
  device = await Device.open(server, { clock })
})

describe('what the engine reads', () => {
  test('trace 11d: of one age: by id, so that every reading has one order; cards last', async () => {
    await device.write(idOf(1), { url: 'https://a.example/' }, { kind: 'card' })
    for (const n of [4, 2, 3]) await device.write(idOf(n), { title: `${n}` })
    expect((await readOutbox(device.db, clock.now))?.due).toEqual([2, 3, 4, 1].map(idOf))
  })

  test('P8: what failed alone is kept apart, unless it waits for a person by now or is gone', async () => {
    await device.write(idOf(1), { title: 'one' })
    const [flight] = await freezeBatch(device.db, device.library, [idOf(1)], () => device.newId())
    if (!flight) throw new Error('nothing was frozen')
    const read = async () => (await readOutbox(device.db, clock.now))?.alone
    await keepApart(device.db, device.library, flight)
    expect(await read()).toEqual(new Set([idOf(1)]))
    await device.db.run(['outbox'], 'readwrite', (tx) => tx.objectStore('outbox').delete(idOf(1)))
    await keepApart(device.db, device.library, flight)
    expect(await read()).toEqual(new Set())
  })

  test('what this device is called goes with every push', async () => {
    await device.write(idOf(1), { title: 'one' })
    await device.engine.wake('changed', 0)
    await writeDevice(device.db, { key: 'name', name: 'Phone' })
    await device.write(idOf(1), { title: 'two' })
    await device.engine.wake('changed', 0)
    expect(server.pushes.map(({ request }) => request.device?.name)).toEqual(['', 'Phone'])
  })
})

describe('what has nothing to send', () => {
  const left = async (gone: ReturnType<typeof dirty>) => {
    await device.db.run(['records', 'bases', 'outbox'], 'readwrite', async (tx) => {
      if (gone.record) await tx.objectStore('records').put(gone.record)
      if (gone.base) await tx.objectStore('bases').put(gone.base)
      await tx.objectStore('outbox').put(gone.entry)
    })
    await freezeBatch(device.db, device.library, [idOf(1)], () => device.newId())
    return device.held(idOf(1))
  }

  test('P5, seed 2400006: a tombstone that a restored server lacks keeps out nothing that another device still has', async () => {
    const trashed = note('', { version: 2, fields: { deleted: true } })
    const purged = changed(trashed, { purged: true })
    const tombstone = { record: { ...purged, version: 0 }, base: null, entry: null }
    expect(await left(dirty(null, purged))).toEqual(tombstone)
    expect(await left(dirty({ ...trashed, version: 0 }, purged))).toEqual(tombstone)
  })

  test('else the record is the server’s again', async () => {
    const base = note('same', { version: 2 })
    expect(await left(dirty(base, { ...base }))).toEqual({ record: base, base: null, entry: null })
  })
})
