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

/** The text without them. */
export const without = ({ letters, text, end }: LateLetters): string =>
  text.slice(0, end - letters.length) + text.slice(end)

/** Where letters that are a draft may come in. */
export interface LatePlace {
  readonly is: LateLetters
  /** Where the caret was left, and the end of what others have written there since. */
  readonly place: Selection
  /** This tab is just taking them in: they come with what it has not heard of yet, right behind that. */
  readonly awaited: boolean
}

/**
 * Where the caret stands behind the letters when the text without them becomes another one: they are in that where they
 * can be put in and nothing at them differs any more, but that more may follow. Behind what others wrote in their place,
 * since they are taken in behind that, or in front of it. Nowhere else: in the words of others there are letters like them.
 * @returns null: they are not in that
 */
export function behind(late: LatePlace, was: string, now: string): number | null {
  const [left, last] = late.place
  if (now === late.is.text) return late.is.end
  return behindAt(late, was, last, now) ?? (left === last ? null : behindAt(late, was, left, now))
}

function behindAt({ is, awaited }: LatePlace, was: string, at: number, now: string): number | null {
  const end = at + is.letters.length
  const parts = replacements(was.slice(0, at) + is.letters + was.slice(at), now)
  /** But for what is put in right behind them, or in front. */
  const isTouched = ({ start, end: to }: Replacement): boolean =>
    to >= at && start <= end && !(start === to && (start === end || (awaited && start === at)))
  if (parts.some(isTouched)) return null
  const inFront = parts.filter(({ start }) => start < end)
  return inFront.reduce((place, part) => place + part.text.length - (part.end - part.start), end)
}

/** Where the letters may come in, after another's change: what is written at the place belongs to it. */
export function widened([left, last]: Selection, part: Replacement): Selection {
  const [from, to] = carried([left, last], part)
  return [from, part.start === part.end && part.end === last ? to + part.text.length : to]
}
