import { type ConnectionRow, roundFailed } from './backoff.ts'
import type { Entry } from './outbox.ts'
import type { RecordState } from './records.ts'

/** A record's own state, as `data-sync-state` names it. */
export type RecordSyncState = 'local' | 'pending' | 'syncing' | 'synced' | 'failed' | 'conflict'
/** `data-connection`. `signed-out`: this device's account lost its session. */
export type ConnectionState = 'online' | 'offline' | 'signed-out' | 'server-unreachable'

/** `queue` = `pending` + `processing` + `failed` + `conflicts`. */
export interface Figures {
  readonly queue: number
  readonly pending: number
  readonly processing: number
  readonly failed: number
  readonly conflicts: number
}

/** What every statement about sync is made of. `running`: the engine holds its lock now. */
export interface World {
  readonly hasAccount: boolean
  readonly connection: ConnectionRow
  readonly running: boolean
  readonly online: boolean
}

/** `processing` needs the lock: after a worker's death a frozen entry is not being sent (traces.md, 40). */
export function entryState(entry: Entry, world: World): 'pending' | 'syncing' | 'failed' | 'conflict' {
  if (entry.state.is === 'conflict') return 'conflict'
  if (entry.state.is !== 'ready') return 'failed'
  if (!entry.flight) return 'pending'
  if (roundFailed(world.connection)) return 'failed'
  return world.running && world.connection.is !== 'signed-out' ? 'syncing' : 'pending'
}

export function recordState(record: RecordState, entry: Entry | null, world: World): RecordSyncState {
  if (!world.hasAccount) return 'local'
  if (entry) return entryState(entry, world)
  return record.version > 0 ? 'synced' : 'local'
}

export function figures(entries: Iterable<Entry>, world: World): Figures {
  const count = { pending: 0, syncing: 0, failed: 0, conflict: 0 }
  let queue = 0
  for (const entry of entries) {
    queue++
    count[entryState(entry, world)]++
  }
  const { pending, syncing: processing, failed, conflict: conflicts } = count
  return { queue, pending, processing, failed, conflicts }
}

export function connectionState(world: World): ConnectionState {
  if (world.hasAccount && world.connection.is === 'signed-out') return 'signed-out'
  if (!world.online) return 'offline'
  const { is } = world.connection
  if (world.hasAccount && (is === 'failing' || is === 'too-old')) return 'server-unreachable'
  return 'online'
}
