import { sessionsOf } from '../../core/session.ts'
import type { SessionView } from '../session-model.ts'

/** The sessions of this browser as the page shows them, from the locks that are held. */
export const sessionViews = (held: readonly string[], active: string | null, own: string): SessionView[] =>
  sessionsOf(held).map((session) => ({ ...session, active: session.id === active, own: session.id === own }))
