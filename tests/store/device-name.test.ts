import { beforeEach, describe, expect, test } from 'vitest'
import {
  beginName,
  giveName,
  keepHeard,
  learnName,
  nameTaken,
  readHeard,
} from '../../src/store/device-name.ts'
import { OtherLibrary, wipeLibrary } from '../../src/store/library.ts'
import { moveLibrary } from '../../src/store/move.ts'
import { Clock, Device } from '../support/device.ts'
import { T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

let device: Device
beforeEach(async () => {
  const clock = new Clock()
  device = await Device.open(new MemoryServer(() => clock.now), { clock })
})
const name = async () => (await readHeard(device.db, device.library)).name

describe('what this device is called', () => {
  test('a name that a person gave here waits until the server has taken just that one', async () => {
    expect(await name()).toBe(null)
    await giveName(device.db, 'Phone')
    expect(await nameTaken(device.db, 'Laptop')).toBe(false)
    expect(await name()).toEqual({ key: 'name', name: 'Phone', unsent: true })
    expect(await nameTaken(device.db, 'Phone')).toBe(true)
    expect(await name()).toEqual({ key: 'name', name: 'Phone' })
  })

  test('P4: one that was given elsewhere is taken over, but not over a newer one from here', async () => {
    expect(await learnName(device.db, 'Phone', null)).toBe(true)
    const phone = await name()
    expect(await learnName(device.db, 'Phone', phone)).toBe(false)
    expect(phone).toEqual({ key: 'name', name: 'Phone' })
    await giveName(device.db, 'Laptop')
    expect(await learnName(device.db, 'Tablet', await name())).toBe(false)
    expect(await name()).toMatchObject({ name: 'Laptop' })
  })

  test('P4: nor over one that was given here and sent while the server was being asked', async () => {
    await beginName(device.db, 'Chrome on Linux')
    const before = await name()
    await giveName(device.db, 'Laptop')
    await nameTaken(device.db, 'Laptop')
    expect(await learnName(device.db, 'Tablet', before)).toBe(false)
    expect(await name()).toEqual({ key: 'name', name: 'Laptop' })
  })

  test('it begins with a name only where it has none', async () => {
    expect(await beginName(device.db, 'Chrome on Linux')).toBe(true)
    expect(await beginName(device.db, 'Firefox on Linux')).toBe(false)
    expect(await name()).toEqual({ key: 'name', name: 'Chrome on Linux' })
  })

  test('P10: what a person called it goes with the library, sent or not', async () => {
    await giveName(device.db, 'Ada’s phone')
    await wipeLibrary(device.db, 'another', null)
    expect(await name()).toBe(null)
  })

  test('P10: a library that moves to another account takes the name along, but not as one to be sent there', async () => {
    const bob = { id: 'bob', email: 'b@example.com' }
    await moveLibrary(device.db, device.library, 'moved', bob, T0)
    expect(await name()).toBe(null)
    await giveName(device.db, 'Ada’s phone')
    await moveLibrary(device.db, 'moved', 'again', bob, T0)
    expect(await name()).toEqual({ key: 'name', name: 'Ada’s phone' })
  })
})

describe('what the server said of the account’s devices', () => {
  const heard = { now: T0, seq: 7, devices: [] }

  test('it is told offline too, until the library goes', async () => {
    expect((await readHeard(device.db, device.library)).heard).toBe(null)
    await keepHeard(device.db, device.library, heard)
    expect((await readHeard(device.db, device.library)).heard).toEqual(heard)
  })

  test('P10: it is told to nobody of another library, and a late answer is not kept in one', async () => {
    await keepHeard(device.db, device.library, heard)
    expect((await readHeard(device.db, 'another')).heard).toBe(null)
    await wipeLibrary(device.db, 'another', null)
    await expect(keepHeard(device.db, device.library, heard)).rejects.toThrow(OtherLibrary)
    expect((await readHeard(device.db, 'another')).heard).toBe(null)
  })
})
