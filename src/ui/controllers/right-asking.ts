import { MESSAGES_VERSION } from '../../core/messages.ts'
import type { Wanting } from '../../core/session.ts'
import { giveRight } from '../../store/give-right.ts'
import { Journal } from '../../store/journal.ts'
import { HAND_OVER_LIMIT, type Taken } from '../../store/take-over.ts'
import type { WorkerClient } from '../../worker-client.ts'
import type { PageWorld } from './page-world.ts'

/** A page that no worker answers within this time does it by itself; ms. */
const WORKER_LIMIT = 500
/** The worker waits for the old tab, and a tab that hangs must be overtaken within 2 s. */
const TAKE_LIMIT = 1700
/** When a page has waited for a worker in vain; a tab that lives answers at once; ms. */
const OWN_LIMIT = 250

/** What it needs of the page. */
export type RightWorld = Pick<PageWorld, 'db' | 'presence' | 'now'> & {
  readonly worker: Pick<WorkerClient, 'ask' | 'say' | 'announce' | 'channel'> | null
}

/** This tab wants the right to write, of the worker or, where there is none or it does not answer, of the store itself. */
export async function askForRight(world: RightWorld, wanting: Wanting): Promise<Taken> {
  const { db, presence, worker, now } = world
  const limit = wanting === 'take' ? TAKE_LIMIT : WORKER_LIMIT
  const until = now() + limit
  const message = { v: MESSAGES_VERSION, type: 'right', session: presence.id, wanting, until } as const
  const answered = await worker?.ask<Taken>(message, limit)
  if (answered) return answered
  const rights = { db, heldLocks: () => presence.held(), channel: worker?.channel ?? null }
  const left = Math.max(OWN_LIMIT, Math.min(HAND_OVER_LIMIT, until + OWN_LIMIT - now()))
  return giveRight(rights, presence.id, wanting, left)
}

/** A worker that has to start first may be slow; and a page that is back by then only asks again; ms. */
const LEAVE_LIMIT = 10_000

/** Nobody waits for an answer. */
export const letRightGo = ({ worker, presence, now }: RightWorld): void =>
  worker?.say({
    v: MESSAGES_VERSION,
    type: 'right',
    session: presence.id,
    wanting: 'leave',
    until: now() + LEAVE_LIMIT,
  })

/** One line in the sync log. In a transaction of its own, which nothing waits for. */
export function logRight({ db, presence, now }: RightWorld, epoch: number): void {
  const journal = new Journal(async () => db, now)
  journal.add({ what: 'control-taken', session: presence.id, epoch })
  void journal.flush()
}
