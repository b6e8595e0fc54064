import { edits, type Range } from './edits.ts'

/** A stretch of text that both have, or that only the later (`ins`) or the earlier (`del`) has. */
export interface Piece {
  readonly is: 'same' | 'ins' | 'del'
  readonly text: string
}

/** Longer stretches are not compared word by word. */
const LONG = 400_000
/** Of changed lines of which a smaller share stayed, the words would only read in turns. */
const ALIKE = 0.25
/** Steps that the comparisons of one text may take in all: some 30 ms. */
const STEPS = 3_000_000
/** A pictogram with what belongs to it, a character of a script without spaces, a word, white space, a sign. */
const WORDS =
  /\p{Extended_Pictographic}(?:[\u{fe0f}\p{EMod}]|\u{200d}\p{Extended_Pictographic})*|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|[\p{L}\p{N}\p{M}_'’]+|\n|[^\S\n]+|./gsu
/** Where a line ends, and where a word does. */
const LINE: ReadonlySet<string> = new Set('\n')
const WORD: ReadonlySet<string> = new Set(' ')
/** Where the last word of a line ends of which something stayed; a line of which nothing did is shown with its break. */
const LAST_WORD: ReadonlySet<string> = new Set(' \n')
const LINES = /[^\n]*\n|[^\n]+$/g

/**
 * What became of a text, by words. Pieces that are the same or `del` make up `before`, the same and `ins` make up
 * `after`; past its work limit it says less finely what differs, never wrongly.
 */
export function diffWords(before: string, after: string): Piece[] {
  const pieces = new Pieces()
  const budget = { left: STEPS }
  between(before, after, LINE, pieces, (from, to) =>
    compare(from.match(LINES) ?? [], to.match(LINES) ?? [], pieces, budget, (gone, come) =>
      between(gone, come, WORD, pieces, (old, now) => byWord(old, now, pieces, budget)),
    ),
  )
  return joined(pieces.all)
}

/** Puts what both ends have in common aside, back to where a line or a word begins. */
function between(
  before: string,
  after: string,
  edges: ReadonlySet<string>,
  pieces: Pieces,
  middle: (from: string, to: string) => void,
): void {
  const least = Math.min(before.length, after.length)
  let head = 0
  while (head < least && before[head] === after[head]) head++
  if (before !== after) while (head > 0 && !edges.has(before.charAt(head - 1))) head--
  let tail = 0
  while (tail < least - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  const ends = edges === WORD && head > 0 ? LAST_WORD : edges
  while (tail > 0 && !ends.has(before.charAt(before.length - tail))) tail--
  // A line ends with its edge, a word is followed by it.
  if (edges === LINE && tail > 0) tail--
  pieces.add('same', before.slice(0, head))
  middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail))
  pieces.add('same', before.slice(before.length - tail))
}

function byWord(gone: string, come: string, pieces: Pieces, budget: { left: number }): void {
  const long = gone.length > LONG || come.length > LONG
  const [old, now] = long ? [[], []] : [gone.match(WORDS) ?? [], come.match(WORDS) ?? []]
  const found = long ? null : edits(old, now, budget)
  const kept = found ? inked(old) - sum(found, ({ start, end }) => inked(old.slice(start, end))) : 0
  if (!found || kept < ALIKE * Math.min(inked(old), inked(now))) pieces.replace(gone, come)
  else apply(old, now, found, pieces, (a, b) => pieces.replace(a, b))
}

function compare(
  old: readonly string[],
  now: readonly string[],
  pieces: Pieces,
  budget: { left: number },
  differs: (gone: string, come: string) => void,
): void {
  const whole = { start: 0, end: old.length, from: 0, to: now.length }
  apply(old, now, edits(old, now, budget) ?? [whole], pieces, differs)
}

function apply(
  old: readonly string[],
  now: readonly string[],
  found: readonly Range[],
  pieces: Pieces,
  differs: (gone: string, come: string) => void,
): void {
  let at = 0
  for (const { start, end, from, to } of found) {
    pieces.add('same', old.slice(at, start).join(''))
    differs(old.slice(start, end).join(''), now.slice(from, to).join(''))
    at = end
  }
  pieces.add('same', old.slice(at).join(''))
}

const sum = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((total, one) => total + of(one), 0)
/** Characters that one sees. */
const inked = (tokens: readonly string[]): number => sum(tokens, (token) => token.trim().length)

/** Collects pieces; neighbours of one sort become one. */
class Pieces {
  readonly all: Piece[] = []

  add(is: Piece['is'], text: string): void {
    if (text === '') return
    const last = this.all.at(-1)
    if (last?.is === is) this.all[this.all.length - 1] = { is, text: last.text + text }
    else this.all.push({ is, text })
  }

  replace(gone: string, come: string): void {
    this.add('del', gone)
    this.add('ins', come)
  }
}

/** A single space between two changes is part of the change: whole phrases are read more easily than their shreds. */
function joined(all: readonly Piece[]): Piece[] {
  const out = new Pieces()
  let [gone, come] = ['', '']
  const flush = (): void => {
    out.replace(gone, come)
    ;[gone, come] = ['', '']
  }
  all.forEach(({ is, text }, index) => {
    const blank = is === 'same' && /^[^\S\n]+$/.test(text) && gone + come !== '' && index < all.length - 1
    if (is === 'same' && !blank) {
      flush()
      out.add('same', text)
      return
    }
    if (is !== 'ins') gone += text
    if (is !== 'del') come += text
  })
  flush()
  return out.all
}
