import type { Failure } from '../../src/core/failure.ts'
import type { PushRequest } from '../../src/core/protocol.ts'
import { Clock, Device } from './device.ts'
import { idOf } from './device-records.ts'
import { MemoryServer } from './device-server.ts'

export const AN_HOUR = 3600_000
export const DOWN: Failure = { is: 'server', status: 500, after: null }
export const TIME_OUT: Failure = { is: 'no-answer', why: 'TimeoutError' }
export const TOO_LARGE: Failure = { is: 'refused', status: 413, code: 'too_large', message: 'Too large.' }

/** A device and its server, under one clock. */
export async function oneDevice(): Promise<{ clock: Clock; server: MemoryServer; device: Device }> {
  const clock = new Clock()
  const server = new MemoryServer(() => clock.now)
  return { clock, server, device: await Device.open(server, { clock }) }
}

/** Records 1 to `many`, each with its number as title. */
export async function writeMany(device: Device, many: number): Promise<void> {
  for (let n = 1; n <= many; n++) await device.write(idOf(n), { title: `${n}` })
}

/** Whether a push carries one of these records. */
export const holds = ({ mutations }: PushRequest, ...ids: readonly string[]): boolean =>
  mutations.some(({ record }) => ids.includes(record))

/** What is not settled, with its state. */
export const left = async (device: Device) =>
  (await device.state()).entries.map(({ id, state }) => [id, state.is])
