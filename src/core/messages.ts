import type { DigestRequest } from './protocol.ts'
import type { Place, Wanting } from './session.ts'
import type { Change } from './write.ts'

/** Page and worker may be of two versions for a while; each ignores a message of a version it does not know. */
export const MESSAGES_VERSION = 1

/** A change with what its transaction must find unchanged, and its number among the writes of its page. */
export interface Write extends Change {
  readonly library: string
  /** The page and its running number: a write that arrives twice (page and worker) takes effect once. */
  readonly page: string
  readonly number: number
  /** The fencing epoch under which the page may write. */
  readonly epoch: number
  readonly now: number
}

/** Why the engine is woken. `online`, `sync-now` and `retry` may send before a backoff is over. */
export type WakeReason =
  | 'changed'
  | 'hidden'
  | 'opened'
  | 'shown'
  | 'poke'
  | 'online'
  | 'timer'
  | 'sync-now'
  | 'retry'
  | 'signed-in'
  | 'sync-event'
  | 'periodic-sync'
  | 'activated'

export type ToWorker =
  /** Something was written: send what is due, wait for what is not. */
  | { readonly v: 1; readonly type: 'wake'; readonly reason: WakeReason }
  /** Texts that a dying page could not commit itself, then as `wake`. */
  | { readonly v: 1; readonly type: 'last-letters'; readonly writes: readonly Write[] }
  /** Send now; answered on the port when the drain has ended. */
  | { readonly v: 1; readonly type: 'flush' }
  /** Answered on the port with figures read from the store. */
  | { readonly v: 1; readonly type: 'status' }
  /** Ask the server for digests; answered on the port with `Compared`. */
  | { readonly v: 1; readonly type: 'compare'; readonly request: DigestRequest }
  /** Bring records together that differ from the server's; answered on the port with `Repairing`. */
  | {
      readonly v: 1
      readonly type: 'repair'
      readonly library: string
      readonly ids: readonly string[]
    }
  /** Stop what is in flight: the library is about to be replaced. */
  | { readonly v: 1; readonly type: 'abort' }
  /**
   * A page wants to write; answered on the port with who may, and where the one before was typing. After `until`, ms, the
   * page has done it by itself: a worker that only then comes to it would take from another what that one took since.
   */
  | {
      readonly v: 1
      readonly type: 'right'
      readonly session: string
      readonly wanting: Wanting
      readonly until?: number
    }
  /** A person accepted the new version. Said as Workbox says it, which the worker of another version understands as well. */
  | { readonly type: 'SKIP_WAITING' }

/** On the BroadcastChannel, to every page and worker of this origin. */
export type Announcement =
  | { readonly v: 1; readonly type: 'records-changed'; readonly ids: readonly string[] }
  /** Connection, outbox or account changed: read them again. */
  | { readonly v: 1; readonly type: 'status-changed' }
  /** A Background Sync attempt ended; pages ask for the next under `tag`. */
  | { readonly v: 1; readonly type: 'drained' | 'failed'; readonly tag: number }
  /** Another library is on this device now: pages begin anew. */
  | { readonly v: 1; readonly type: 'library-replaced'; readonly library: string }
  /** To be told to a person, in the page's words. */
  | { readonly v: 1; readonly type: 'notice'; readonly told: Told }
  /** Sessions came or went, or the right to write did: look again. */
  | { readonly v: 1; readonly type: 'right-changed' }
  /** With control by focus: a tab has lost the focus again. */
  | { readonly v: 1; readonly type: 'left' }
  /** The session that has the right commits what was typed and answers with `handed-over`. */
  | { readonly v: 1; readonly type: 'hand-over'; readonly session: string }
  | { readonly v: 1; readonly type: 'handed-over'; readonly session: string; readonly place: Place | null }

/** What the worker has to tell a person. */
export type Told =
  /** Changes that the server refused in one step, however many; the first by its title and reason. */
  | { readonly is: 'refused'; readonly title: string; readonly more: number; readonly message: string }
  /** It came back because an edit met a deletion. */
  | { readonly is: 'returned'; readonly title: string }
  /** Both sides changed it, and a person has to choose. */
  | { readonly is: 'conflict'; readonly title: string }
  /** Another account's value won over one of this device's. */
  | { readonly is: 'overruled'; readonly title: string }
  /** Once an outage, when its first round has failed. */
  | { readonly is: 'outage'; readonly why: string; readonly waiting: number }

export const CHANNEL = 'pawkit'
/** The engine's Web Lock: who holds it may push and pull. */
export const ENGINE_LOCK = 'pawkit-engine'
/** Tags of the Workbox queues that carry Background Sync; a failed tag is mute for minutes, so there are three. */
export const SYNC_QUEUES = ['pawkit-outbox-1', 'pawkit-outbox-2', 'pawkit-outbox-3'] as const
export const syncTag = (index: number): string =>
  `workbox-background-sync:${SYNC_QUEUES[index % SYNC_QUEUES.length]}`

/** A message of our version, or null. */
export function readMessage<T extends { readonly type: string }>(data: unknown): T | null {
  if (typeof data !== 'object' || data === null || !('type' in data) || typeof data.type !== 'string')
    return null
  const versioned = data as { readonly v?: unknown; readonly type: string }
  return versioned.v === MESSAGES_VERSION || versioned.type === 'SKIP_WAITING' ? (data as T) : null
}
