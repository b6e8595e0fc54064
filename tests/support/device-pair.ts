import { expect } from 'vitest'
import type { Resolution } from '../../src/core/conflict.ts'
import { list, type RecordState } from '../../src/core/records.ts'
import { readConflicts, resolveConflict, type StoredConflict } from '../../src/store/conflicts.ts'
import { createTransport } from '../../sw/transport.ts'
import type { Client, TestServer } from '../server/fixture.ts'
import { Clock, Device } from './device.ts'
import { T0 } from './device-records.ts'

/** What is between a device and the server: may be cut before the server hears, or after it has answered. */
export interface Line {
  cut: 'no' | 'before' | 'after'
}

/** The transport that the worker has, over `app.request` instead of a socket. */
function deviceOf(
  server: TestServer,
  client: Client,
  clock: Clock,
  line: Line,
  seed: number,
): Promise<Device> {
  const fetch = async (path: string, init: RequestInit): Promise<Response> => {
    if (line.cut === 'before') throw new TypeError('Failed to fetch')
    const { signal: _, ...rest } = init
    const headers = {
      ...Object.fromEntries(new Headers(init.headers)),
      cookie: client.cookie,
      origin: server.origin,
    }
    const response = await server.fetch(path, { ...rest, headers })
    if (line.cut === 'after') throw new TypeError('Failed to fetch')
    return response
  }
  const transport = createTransport({ fetch, now: () => clock.now })
  return Device.open(transport, { clock, account: { id: client.account, email: client.email }, seed })
}

/** Two devices of one new account, each with a store and an engine of its own. */
export interface Pair {
  readonly server: TestServer
  readonly clock: Clock
  readonly client: Client
  readonly devices: readonly [Device, Device]
  readonly lines: readonly [Line, Line]
}

export async function pairOf(server: TestServer, name: string): Promise<Pair> {
  const clock = new Clock()
  server.clock.now = T0
  const client = await server.signUp(name)
  const lines: [Line, Line] = [{ cut: 'no' }, { cut: 'no' }]
  const a = await deviceOf(server, client, clock, lines[0], 0x100000)
  const b = await deviceOf(server, client, clock, lines[1], 0x200000)
  return { server, clock, client, devices: [a, b], lines }
}

/** Time passes for both devices and the server. */
export function pass({ clock, server }: Pair, ms: number): void {
  clock.pass(ms)
  server.clock.now = clock.now
}

const shown = ({ id, kind, version, fields }: RecordState): Omit<RecordState, 'stamps'> => ({
  id,
  kind,
  version,
  fields: {
    ...fields,
    tags: [...list(fields.tags)].sort(),
    formerIds: [...list(fields.formerIds)].sort(),
    deleted: fields.deleted === true,
    purged: fields.purged === true,
  },
})
type Shown = ReturnType<typeof shown>
const byId = (a: Shown, b: Shown): number => (a.id < b.id ? -1 : 1)

/** Everything that lies on a device. */
export const stored = (device: Device): Promise<RecordState[]> =>
  device.db.run(['records'], 'readonly', async (tx) => {
    const rows = await tx.objectStore('records').getAll()
    return rows.map(({ urlKey: _, ...record }) => record)
  })

async function recordsOf(device: Device): Promise<Shown[]> {
  // A create that was deleted before it was sent stays in this device's Trash alone (design.md, "Write").
  const known = (await stored(device)).filter((row) => row.version > 0 || row.fields.deleted !== true)
  return known.map(shown).sort(byId)
}

export async function recordsAt(client: Client): Promise<Shown[]> {
  const { body } = await client.send('GET', `/api/sync/changes?protocol=1&account=${client.account}&after=0`)
  return body.changes.map(({ record }: { record: RecordState }) => shown(record)).sort(byId)
}

/** What a person says to a conflict; null: later. */
export type Choose = (conflict: StoredConflict) => Resolution | null

/** A person settles what a device has open. */
export async function settleConflicts(device: Device, choose: Choose): Promise<void> {
  const ids = (await stored(device)).map(({ id }) => id)
  for (const conflict of await readConflicts(device.db, ids)) {
    const { record: mine, base: theirs } = conflict
    const resolution = choose(conflict)
    if (!resolution) continue
    const { library } = device
    const request = {
      library,
      epoch: 0,
      id: mine.id,
      shown: { mine, theirs },
      resolution,
      now: device.clock.now,
    }
    const result = await resolveConflict(device.db, request)
    if (result.is !== 'resolved') throw new Error(`a conflict shown a moment ago is ${result.is}`)
  }
}

/**
 * The network holds and nothing is typed: every device sends and reads until all are at rest. Conflicts stay open where
 * nobody chooses; what is settled on one device may be the other side of one on the next.
 */
export async function calm(both: Pair, choose: Choose = () => null): Promise<void> {
  for (const line of both.lines) line.cut = 'no'
  for (const device of both.devices) device.online = true
  const sync = async (): Promise<void> => {
    for (const device of both.devices) await device.engine.wake('sync-now', 60_000)
    pass(both, 400_000)
  }
  for (let i = 0; i < 4; i++) await sync()
  for (const device of both.devices) {
    await settleConflicts(device, choose)
    for (let i = 0; i < 3; i++) await sync()
  }
}

/** P5: nothing is left to send, and both devices hold what the server holds. */
export async function expectConverged(both: Pair, why: string): Promise<Shown[]> {
  const [a, b] = both.devices
  for (const device of both.devices) {
    const { entries, connection } = await device.state()
    expect(entries, `${why}: outbox of ${device.name}`).toEqual([])
    expect(connection.is, why).toBe('fine')
  }
  const there = await recordsAt(both.client)
  expect(await recordsOf(a), `${why}: first device`).toEqual(there)
  expect(await recordsOf(b), `${why}: second device`).toEqual(there)
  return there
}
