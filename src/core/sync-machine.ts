import { type ConnectionRow, hastened, isTooOld, untilNextSend } from './backoff.ts'
import { remaining, type Wait } from './wait.ts'

/** What the engine knows when it decides: rows read in one transaction, and what woke it. */
export interface Situation {
  readonly hasAccount: boolean
  /** A sign-out made offline has not reached the server; nothing else is sent or pulled until it has. */
  readonly signOutPending: boolean
  readonly connection: ConnectionRow
  readonly due: readonly string[]
  readonly alone: ReadonlySet<string>
  readonly waits: readonly Wait[]
  /** The server was restored or this device was away too long: what it has comes first, or bases would lie. */
  readonly rereading: boolean
  /** A trigger asked for a pull, or a push has gone through since the last one. */
  readonly pullWanted: boolean
  readonly online: boolean
  /** `Sync now`, `Retry`, or the network came back: may begin a round early, and tries where the browser says offline. */
  readonly hasty: boolean
  /** A page has just opened: it may be the reload that a version too old was told to make. */
  readonly opened?: boolean
  /** Somebody has just signed in: a 401 to what was asked before may have come since. */
  readonly signedIn?: boolean
  /** How long whoever woke the engine can keep the worker alive, ms from now. */
  readonly patience: number
}

export type Step =
  | { readonly do: 'sign-out' }
  | { readonly do: 'push'; readonly ids: readonly string[] }
  | { readonly do: 'pull' }
  | { readonly do: 'wait'; readonly ms: number }
  | {
      readonly do: 'rest'
      readonly why: 'no-account' | 'signed-out' | 'too-old' | 'offline' | 'backoff' | 'later' | 'done'
    }

/** What sync does next. Pure: the engine carries it out and asks again, so that a worker's death loses nothing. */
export function decide(now: Situation, at: number): Step {
  if (!now.signOutPending && !now.hasAccount) return { do: 'rest', why: 'no-account' }
  if (!now.signOutPending && now.connection.is === 'signed-out' && !now.signedIn)
    return { do: 'rest', why: 'signed-out' }
  if (isTooOld(now.connection) && !now.hasty && !now.opened) return { do: 'rest', why: 'too-old' }
  if (!now.online && !now.hasty) return { do: 'rest', why: 'offline' }
  const blocked = untilNextSend(now.hasty ? hastened(now.connection, at) : now.connection, at) ?? 0
  if (blocked > 0) return waitOrRest(blocked, now.patience, 'backoff')
  if (now.signOutPending) return { do: 'sign-out' }
  if (now.rereading) return { do: 'pull' }
  if (now.due.length > 0) {
    const together = now.due.filter((id) => !now.alone.has(id))
    const apart = now.due.find((id) => now.alone.has(id))
    // What goes alone is not kept behind a batch that is refused again and again: they take turns.
    const turn = now.connection.is === 'failing' && (now.connection.attempts ?? 0) % 2 === 1
    if (apart !== undefined && (turn || together.length === 0)) return { do: 'push', ids: [apart] }
    return { do: 'push', ids: together }
  }
  if (now.pullWanted) return { do: 'pull' }
  const next = Math.min(...now.waits.map((wait) => remaining(wait, at)))
  return now.waits.length > 0
    ? waitOrRest(Math.max(1, next), now.patience, 'later')
    : { do: 'rest', why: 'done' }
}

const waitOrRest = (ms: number, patience: number, why: 'backoff' | 'later'): Step =>
  ms <= patience ? { do: 'wait', ms } : { do: 'rest', why }
