import { type Fields, sameJson } from './records.ts'

/** Who may write. One row in the store, compared in every write's own transaction (P7). */
export interface Right {
  /** The session that holds it; null: nobody. */
  readonly active: string | null
  /** The fencing token: a write that carries another one is refused. It only grows, also across a wipe. */
  readonly epoch: number
}

export const NOBODY: Right = { active: null, epoch: 0 }

/** `ask`: as long as nobody alive has it; `take`: a person took control; `leave`: it lets go. */
export type Wanting = 'ask' | 'take' | 'leave'

/** The right after a session wants it. Idempotent: who has it already keeps its epoch (traces.md, 30). */
export function grant(right: Right, session: string, living: ReadonlySet<string>, wanting: Wanting): Right {
  if (wanting === 'leave') return right.active === session ? { active: null, epoch: right.epoch } : right
  if (right.active === session) return right
  if (wanting === 'ask' && right.active !== null && living.has(right.active)) return right
  return { active: session, epoch: right.epoch + 1 }
}

/** A page holds this lock while it lives: the list of sessions is what the locks say, and no crash leaves an entry. */
const PRESENT = 'pawkit-session:'
/** And this one while it is visible. */
const VISIBLE = 'pawkit-visible:'
export const presenceLock = (session: string): string => PRESENT + session
export const visibleLock = (session: string): string => VISIBLE + session

export interface Session {
  readonly id: string
  /** When its page was opened, ms: its id is a UUIDv7. */
  readonly since: number
  readonly visible: boolean
}

/** The sessions of this browser, the oldest first, from the names of the locks that are held. */
export function sessionsOf(held: readonly string[]): Session[] {
  const visible = new Set(held.filter((name) => name.startsWith(VISIBLE)))
  return held
    .filter((name) => name.startsWith(PRESENT))
    .map((name) => name.slice(PRESENT.length))
    .sort()
    .map((id) => ({ id, since: openedAt(id), visible: visible.has(visibleLock(id)) }))
}

/** The first 48 bits of a UUIDv7 are milliseconds since 1970. */
const openedAt = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

/** Where a person was typing when the right went to another tab, so that they go on from there. */
export interface Place {
  /** The address of the page. */
  readonly path: string
  readonly field: string | null
  readonly start: number
  readonly end: number
  /** Of the text, px. */
  readonly scroll: number
}

/** What was written in a tab that had lost the right: kept as it was meant, and offered to a person. */
export interface Draft {
  readonly id: string
  readonly recordId: string
  readonly kind: string
  readonly create: boolean
  /** What the tab was showing, and what was made of it; taken later, it merges as any write does. */
  readonly shown: Fields
  readonly typed: Fields
  readonly at: number
}

/** A tab that gets control back and loses it again has begun another draft: what is shown there has no part of this one. */
export const draftId = (page: string, epoch: number, record: string): string => `${page} ${epoch} ${record}`

/** Whether a write goes on from what the draft holds. One made on another text would take the draft's words away. */
export const goesOn = ({ typed: before }: Draft, { shown, typed }: Pick<Draft, 'shown' | 'typed'>): boolean =>
  Object.keys(typed).every((field) => !(field in before) || sameJson(shown[field], before[field]))

/** One draft a tab, loss and record: what it was showing at first, and what was typed last. */
export const draftOf = (
  before: Draft | undefined,
  write: Omit<Draft, 'id' | 'at'> & { readonly page: string; readonly epoch: number; readonly now: number },
): Draft => ({
  id: draftId(write.page, write.epoch, write.recordId),
  recordId: write.recordId,
  kind: write.kind,
  create: write.create || before?.create === true,
  shown: { ...write.shown, ...before?.shown },
  typed: { ...before?.typed, ...write.typed },
  at: write.now,
})
