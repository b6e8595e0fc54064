import { type Replacement, replacements } from '../core/merge-text.ts'
import { carried, type Selection } from './caret.ts'

/** Letters typed at one caret as control went: the store has refused them, they are a draft, and the text is without them. */
export interface LateLetters {
  readonly letters: string
  /** The text that they were typed into, with them. */
  readonly text: string
}

/** @returns null where not only letters have come at the caret: nothing then stands before what is typed next */
export function lateLetters(before: string, text: string, [start, end]: Selection): LateLetters | null {
  const at = end - (text.length - before.length)
  const only = start === end && at < end && at >= 0 && before === text.slice(0, at) + text.slice(end)
  return only ? { letters: text.slice(at, end), text } : null
}

/**
 * Where the caret stands behind the letters when the text without them, in which it was left, becomes another one. null:
 * they are not in that, which is then no closer to a text that has them.
 */
export function behind({ letters }: LateLetters, was: string, left: number, now: string): number | null {
  const back = was.slice(0, left) + letters + was.slice(left)
  const parts = replacements(back, now)
  if (cost(parts) >= cost(replacements(was, now))) return null
  const end = left + letters.length
  return parts.reduce<Selection>((at, part) => carried(at, part), [end, end])[0]
}

const cost = (parts: readonly Replacement[]): number =>
  parts.reduce((sum, { start, end, text }) => sum + end - start + text.length, 0)
