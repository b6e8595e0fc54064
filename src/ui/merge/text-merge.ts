import { type Block, isBlock, type Piece, piecesOf, type Take, taken } from '../../core/merge-blocks.ts'
import { mergeText, replacements } from '../../core/merge-text.ts'
import { sameJson } from '../../core/records.ts'
import { compose, linesIn, mapper, moved, type Range } from './ranges.ts'

/** A text on its way to being merged by a person: what was asked, and the words as they stand now. */
export interface TextMerge {
  readonly ancestor: string | null
  readonly mine: string
  readonly theirs: string
  readonly pieces: readonly Piece[]
  readonly text: string
  readonly ranges: readonly Range[]
}

export const blocksOf = ({ pieces }: TextMerge): readonly Block[] => pieces.filter(isBlock)

/** Both stay until a person chooses: what is saved unread loses nothing. */
export function beginText(ancestor: string | null, mine: string, theirs: string): TextMerge {
  const pieces = piecesOf(ancestor, mine, theirs)
  return { ancestor, mine, theirs, pieces, ...compose(pieces, (block) => taken(block, 'both')) }
}

/** What a block holds now; null: words of the person's own. */
export function takeOf(merge: TextMerge, index: number): Take | null {
  const block = blocksOf(merge)[index]
  const range = merge.ranges[index]
  if (!block || !range) return null
  const now = linesIn(merge.text, range)
  const takes: readonly Take[] = ['mine', 'theirs', 'both']
  return takes.find((take) => sameJson(now, taken(block, take))) ?? null
}

/**
 * The same work on other sides: a choice stays with its block, words of the person's own stay, and what came new is
 * merged in where it does not touch them.
 */
export function renewText(
  merge: TextMerge,
  ancestor: string | null,
  mine: string,
  theirs: string,
): TextMerge {
  if (mine === merge.mine && theirs === merge.theirs && ancestor === merge.ancestor) return merge
  const pieces = piecesOf(ancestor, mine, theirs)
  const olds = blocksOf(merge)
  const now = olds.map((_, index) => linesIn(merge.text, merge.ranges[index] ?? NOWHERE))
  const fresh = compose(pieces, (block) => {
    const at = olds.findIndex((old) => sameBlock(old, block))
    const old = olds[at]
    if (!old) return taken(block, 'both')
    const take = takeOf(merge, at)
    return take ? taken(block, take) : (now[at] ?? [])
  })
  const unedited = compose(merge.pieces, (_, index) => now[index] ?? []).text
  const { text } = mergeText(unedited, merge.text, fresh.text, 'mine')
  const map = mapper(
    replacements(fresh.text, text)
      .map(({ start, end, text }) => ({ from: start, to: end, insert: text }))
      .reverse(),
  )
  return { ancestor, mine, theirs, pieces, text, ranges: fresh.ranges.map((range) => moved(range, map)) }
}

const NOWHERE: Range = { from: 0, to: 0, empty: true }

/** The same question, though one side may answer it otherwise by now. */
const sameBlock = (a: Block, b: Block): boolean =>
  sameJson(a.mine, b.mine)
    ? sameJson(a.base, b.base) || sameJson(a.theirs, b.theirs)
    : sameJson(a.base, b.base) && sameJson(a.theirs, b.theirs)
