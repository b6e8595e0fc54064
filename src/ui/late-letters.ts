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
 * Where the caret stands behind the letters when the text without them, in which it was left, becomes another one. null:
 * they are not in that. There they are what has come at the caret, whatever has come elsewhere, or all that has come: taken
 * in they may stand behind what others wrote in their place. In the words of others there are letters like them.
 */
export function behind(late: LateLetters, was: string, left: number, now: string): number | null {
  const { letters } = late
  const { length } = letters
  if (now === late.text) return late.end
  /** Beside letters like them a difference may begin earlier or later. */
  const isAt = (at: number, { start, end, text }: Replacement): boolean => {
    if (end > start || text.length !== length) return false
    const [from, to] = [Math.min(at, start), Math.max(at, start)]
    const came = was.slice(from, start) + text + was.slice(start, to)
    return came === was.slice(from, at) + letters + was.slice(at, to)
  }
  const parts = replacements(was, now)
  const here = parts.find((part) => isAt(left, part))
  if (here) {
    const others = parts.filter((part) => part !== here)
    return length + others.reduce<Selection>((at, part) => carried(at, part), [left, left])[0]
  }
  const [only, ...more] = parts
  if (!only || more.length > 0) return null
  for (let at = Math.max(0, only.start - length); at <= only.start + length; at++)
    if (isAt(at, only)) return at + length
  return null
}
