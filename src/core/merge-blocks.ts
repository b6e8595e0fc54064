import { type Hunk, hunks } from './diff.ts'
import { mergeText } from './merge-text.ts'

/**
 * What a person is asked of two texts: the page's merge editor. What merges by itself is merged by `mergeText`; the
 * clashing blocks are where its answers differ when the one or the other side is taken, so no rule is written twice.
 */
export interface Block {
  /** What both began from; null: not known. */
  readonly base: readonly string[] | null
  readonly mine: readonly string[]
  readonly theirs: readonly string[]
}
/** Lines that need no choice, or a block. In order they are the text. */
export type Piece = { readonly lines: readonly string[] } | Block

export type Take = 'mine' | 'theirs' | 'both'

export const isBlock = (piece: Piece): piece is Block => 'mine' in piece

/** An empty text has no line, as in mergeText. */
export const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'))

/** Remote first, as in every merge that keeps both. */
export function taken(block: Block, take: Take): readonly string[] {
  return take === 'both' ? [...block.theirs, ...block.mine] : block[take]
}

/** @param ancestor null: not known, then whatever differs is asked */
export function piecesOf(ancestor: string | null, mine: string, theirs: string): Piece[] {
  const side = (take: 'mine' | 'theirs'): readonly string[] =>
    linesOf(
      ancestor === null ? (take === 'mine' ? mine : theirs) : mergeText(ancestor, mine, theirs, take).text,
    )
  const [ours, others] = [side('mine'), side('theirs')]
  const base = ancestor === null ? null : linesOf(ancestor)
  const differing = hunks(ours, others) ?? [{ start: 0, end: ours.length, tokens: others }]
  const [toOurs, toOthers] = base ? [hunks(base, ours), hunks(base, others)] : [null, null]
  const pieces: Piece[] = []
  let [at, there] = [0, 0]
  for (const { start, end, tokens } of differing) {
    if (start > at) pieces.push({ lines: ours.slice(at, start) })
    there += start - at
    const from = spread(source(toOurs, start, end), source(toOthers, there, there + tokens.length))
    pieces.push({
      base: base && from ? base.slice(from[0], from[1]) : null,
      mine: ours.slice(start, end),
      theirs: tokens,
    })
    at = end
    there += tokens.length
  }
  if (at < ours.length) pieces.push({ lines: ours.slice(at) })
  return pieces
}

type Span = readonly [start: number, end: number]

const spread = (a: Span | null, b: Span | null): Span | null =>
  a && b ? [Math.min(a[0], b[0]), Math.max(a[1], b[1])] : null

/** Which lines of the old text became those from `start` to `end` of the new one. */
const source = (changes: readonly Hunk[] | null, start: number, end: number): Span | null =>
  changes && [before(changes, start, -1), before(changes, end, 1)]

/** Where a boundary of the new text was in the old one; of what was replaced around it the whole, to that side. */
function before(changes: readonly Hunk[], place: number, side: -1 | 1): number {
  let shift = 0
  for (const { start, end, tokens } of changes) {
    const from = start + shift
    const to = from + tokens.length
    if (place < from || (place === from && (side < 0 || from < to))) return place - shift
    if (place < to || (place === to && side > 0)) return side < 0 ? start : end
    shift += tokens.length - (end - start)
  }
  return place - shift
}
