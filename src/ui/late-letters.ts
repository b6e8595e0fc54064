import { replacements } from '../core/merge-text.ts'
import { carried, type Selection } from './caret.ts'

/** Letters typed at one caret as control went: the store has refused them, they are a draft, and the text is without them. */
export interface LateLetters {
  readonly letters: string
  /** The text with them, and the caret behind them. */
  readonly text: string
  readonly caret: number
}

/** @returns null where not only letters have come at the caret: nothing then stands before what is typed next */
export function lateLetters(before: string, text: string, [start, end]: Selection): LateLetters | null {
  const at = end - (text.length - before.length)
  const only = start === end && at < end && at >= 0 && before === text.slice(0, at) + text.slice(end)
  return only ? { letters: text.slice(at, end), text, caret: end } : null
}

/** Where the caret stands behind the letters in a text that has them again; null: it has not. */
export function behind({ letters, text, caret }: LateLetters, now: string): number | null {
  let at: Selection = [caret, caret]
  for (const part of replacements(text, now)) at = carried(at, part)
  return now.slice(0, at[0]).endsWith(letters) ? at[0] : null
}
