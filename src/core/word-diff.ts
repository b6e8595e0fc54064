import { type Hunk, hunks } from './diff.ts'

/** A stretch of text that both have, or that only the later (`ins`) or the earlier (`del`) has. */
export interface Piece {
  readonly is: 'same' | 'ins' | 'del'
  readonly text: string
}

/** Texts whose differing middles are longer are not compared word by word. */
const LONG = 400_000
/** Of changed lines of which a smaller share stayed, the words would only read in turns. */
const ALIKE = 0.25
/** Pairs of words that may be looked at in all: about 80 ms, of which each comparison has a quarter at most. */
const MAX_PAIRS = 40_000_000
/** A pictogram with what belongs to it, a character of a script without spaces, a word, white space, a sign. */
const WORDS =
  /\p{Extended_Pictographic}(?:[\u{fe0f}\p{EMod}]|\u{200d}\p{Extended_Pictographic})*|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|[\p{L}\p{N}\p{M}_'’]+|\n|[^\S\n]+|./gsu
const LINES = /[^\n]*\n|[^\n]+$/g

/**
 * What became of a text, by words. Pieces that are the same or `del` make up `before`, the same and `ins` make up
 * `after`; past its work limit it says less finely what differs, never wrongly.
 */
export function diffWords(before: string, after: string): Piece[] {
  const { head, tail } = commonEnds(before, after)
  const from = before.slice(head, before.length - tail)
  const to = after.slice(head, after.length - tail)
  const pieces = new Pieces()
  pieces.add('same', before.slice(0, head))
  diffLines(from, to, pieces)
  pieces.add('same', before.slice(before.length - tail))
  return joined(pieces.all)
}

function diffLines(from: string, to: string, pieces: Pieces): void {
  const budget = { left: MAX_PAIRS }
  const [old, now] = [from.match(LINES) ?? [], to.match(LINES) ?? []]
  const found = from.length > LONG || to.length > LONG ? null : hunks(old, now)
  apply(old, found ?? [{ start: 0, end: old.length, tokens: now }], pieces, (gone, come) => {
    if (found === null || gone === '' || come === '') pieces.replace(gone, come)
    else diffIn(gone, come, pieces, budget)
  })
}

function diffIn(gone: string, come: string, pieces: Pieces, budget: { left: number }): void {
  const [old, now] = [gone.match(WORDS) ?? [], come.match(WORDS) ?? []]
  const found = budget.left > 0 ? hunks(old, now) : null
  budget.left -= Math.min(old.length * now.length, MAX_PAIRS / 4)
  const kept = found ? inked(old) - sum(found, ({ start, end }) => inked(old.slice(start, end))) : 0
  if (!found || kept < ALIKE * Math.min(inked(old), inked(now))) return pieces.replace(gone, come)
  apply(old, found, pieces, (a, b) => pieces.replace(a, b))
}

const sum = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((total, one) => total + of(one), 0)
/** Characters that one sees. */
const inked = (tokens: readonly string[]): number => sum(tokens, (token) => token.trim().length)

function apply(
  old: readonly string[],
  found: readonly Hunk[],
  pieces: Pieces,
  differs: (gone: string, come: string) => void,
): void {
  let at = 0
  for (const { start, end, tokens } of found) {
    pieces.add('same', old.slice(at, start).join(''))
    differs(old.slice(start, end).join(''), tokens.join(''))
    at = end
  }
  pieces.add('same', old.slice(at).join(''))
}

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

/** How much of both ends is the same, back to where a word begins. */
function commonEnds(a: string, b: string): { head: number; tail: number } {
  const least = Math.min(a.length, b.length)
  let head = 0
  while (head < least && a[head] === b[head]) head++
  while (head > 0 && head < Math.max(a.length, b.length) && !/\s/.test(a[head - 1] ?? '')) head--
  let tail = 0
  while (tail < least - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  while (tail > 0 && !/\s/.test(a[a.length - tail] ?? '')) tail--
  return { head, tail }
}

/** As a reader sees it: what did not change is folded away but for a few words beside what did. */
export type Shown = Piece | { readonly is: 'fold' }

export interface Excerpt {
  readonly shown: readonly Shown[]
  /** Changes that were left out at the end. */
  readonly more: number
}

/** Characters kept on each side of a change, of one change, and changes of one text. */
const BESIDE = 60
const WIDE = 900
const MANY = 40

/** Folds long runs away and leaves out what nobody reads in a list. */
export function excerpt(pieces: readonly Piece[]): Excerpt {
  const shown: Shown[] = []
  let changes = 0
  let more = 0
  pieces.forEach((piece, index) => {
    if (piece.is !== 'same' && ++changes > MANY) more++
    if (more > 0) return
    if (piece.is !== 'same') shown.push(...folded(piece, WIDE - BESIDE, BESIDE))
    else shown.push(...folded(piece, index === 0 ? 0 : BESIDE, index === pieces.length - 1 ? 0 : BESIDE))
  })
  return { shown, more }
}

function folded(piece: Piece, before: number, after: number): Shown[] {
  const { is, text } = piece
  // Folding a few characters away would save nothing.
  if (text.length <= before + after + 24) return [piece]
  const head = text.slice(0, cutAt(text, before, -1))
  const tail = text.slice(cutAt(text, text.length - after, 1))
  const out: Shown[] = [{ is, text: head }, { is: 'fold' }, { is, text: tail }]
  return out.filter((one) => one.is === 'fold' || one.text !== '')
}

/** The nearest place between two words, or at least between two characters. */
function cutAt(text: string, wanted: number, step: 1 | -1): number {
  if (wanted <= 0 || wanted >= text.length) return Math.max(0, Math.min(text.length, wanted))
  for (let at = wanted; Math.abs(at - wanted) < 20 && at > 0 && at < text.length; at += step)
    if (/\s/.test(text[at] ?? '') || /\s/.test(text[at - 1] ?? '')) return at
  return /[\udc00-\udfff]/.test(text[wanted] ?? '') ? wanted + step : wanted
}
