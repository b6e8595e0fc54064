import { type Replacement, replacements } from '../core/merge-text.ts'
import { carried, type Selection } from './caret.ts'

/** Letters typed at one caret as control went: the store has refused them, they are a draft, and the text is without them. */
export interface LateLetters {
  readonly letters: string
  /** The text that they were typed into, with them. */
  readonly text: string
  /** Where they end in it. */
  readonly end: number
}

/** @returns null where not only letters have come at the caret: nothing then stands before what is typed next */
export function lateLetters(before: string, text: string, [start, end]: Selection): LateLetters | null {
  const at = end - (text.length - before.length)
  const only = start === end && at < end && at >= 0 && before === text.slice(0, at) + text.slice(end)
  return only ? { letters: text.slice(at, end), text, end } : null
}

/**
 * Where the caret stands behind the letters when the text without them becomes another one: they are in that where they
 * can be put in and nothing at them differs any more. Behind what others wrote in their place, since they are taken in
 * behind that, or in front of it. Nowhere else: in the words of others there are letters like them.
 * @param place where the caret was left, and the end of what others have written there since
 * @returns null: they are not in that
 */
export function behind(late: LateLetters, was: string, [left, last]: Selection, now: string): number | null {
  if (now === late.text) return late.end
  return behindAt(late, was, last, now) ?? (left === last ? null : behindAt(late, was, left, now))
}

function behindAt({ letters }: LateLetters, was: string, at: number, now: string): number | null {
  const end = at + letters.length
  const parts = replacements(was.slice(0, at) + letters + was.slice(at), now)
  if (parts.some((part) => part.end >= at && part.start <= end)) return null
  return parts.reduce<Selection>((place, part) => carried(place, part), [end, end])[0]
}

/** Where the letters may come in, after another's change: what is written at the place belongs to it. */
export function widened([left, last]: Selection, part: Replacement): Selection {
  const [from, to] = carried([left, last], part)
  return [from, part.start === part.end && part.end === last ? to + part.text.length : to]
}
