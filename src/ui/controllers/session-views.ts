import { type Right, sessionsOf } from '../../core/session.ts'
import type { SessionView } from '../session-model.ts'

/** The sessions of this browser as the page shows them, from the locks that are held. */
export const sessionViews = (held: readonly string[], active: string | null, own: string): SessionView[] =>
  sessionsOf(held).map((session) => ({ ...session, active: session.id === active, own: session.id === own }))

/** Whether the right passed on since its session is gone: killed between commit and broadcast, it told nobody what it wrote. */
export const hasLeft = (before: Right | null, now: Right, held: readonly string[]): boolean =>
  before !== null &&
  before.active !== null &&
  before.epoch !== now.epoch &&
  !sessionsOf(held).some(({ id }) => id === before.active)
