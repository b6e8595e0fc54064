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
  const { connection } = now
  const failing = connection.is === 'failing' ? connection : null
  const together = now.due.filter((id) => !now.alone.has(id))
  const apart = now.due.filter((id) => now.alone.has(id))
  const next = Math.max(1, Math.min(...now.waits.map((wait) => remaining(wait, at))))
  // Where only what is known to fail alone has failed, something new goes at once (design.md, P8).
  const known = failing?.apart === true && !now.rereading && !now.signOutPending
  const early = now.hasty || (known && together.length > 0)
  const blocked = untilNextSend(early ? hastened(connection, at) : connection, at) ?? 0
  if (blocked > 0) return waitOrRest(known ? Math.min(next, blocked) : blocked, now.patience, 'backoff')
  if (now.signOutPending) return { do: 'sign-out' }
  if (now.rereading) return { do: 'pull' }
  if (now.due.length > 0) {
    // What goes alone is not kept behind a batch that is refused again and again: they take turns.
    const attempts = failing?.attempts ?? 0
    const turn = apart.length > 0 && together.length > 0 ? attempts >> 1 : attempts
    if (together.length === 0 || (apart.length > 0 && attempts % 2 === 1 && !known))
      return { do: 'push', ids: apart.slice(turn % apart.length).slice(0, 1) }
    return { do: 'push', ids: failing?.searched ? partOf(together, turn) : together }
  }
  if (now.pullWanted) return { do: 'pull' }
  return now.waits.length > 0 ? waitOrRest(next, now.patience, 'later') : { do: 'rest', why: 'done' }
}

/**
 * Which part of the ids is tried at this turn: each half, each quarter, down to each alone, and again. So something
 * without a bad one in it gets its chance, at no more requests than one entry costs.
 */
function partOf(ids: readonly string[], turn: number): readonly string[] {
  const many = ids.length
  const at = 2 + (turn % Math.max(1, 2 ** (33 - Math.clz32(many - 1)) - 2))
  const parts = 2 ** (31 - Math.clz32(at))
  const from = Math.floor((many * (at - parts)) / parts)
  return ids.slice(from, Math.max(from + 1, Math.floor((many * (at - parts + 1)) / parts)))
}

const waitOrRest = (ms: number, patience: number, why: 'backoff' | 'later'): Step =>
  ms <= patience ? { do: 'wait', ms } : { do: 'rest', why }
