import { type Block, isBlock, type Piece } from '../../core/merge-blocks.ts'

/** Where a block stands in the merged text. `empty`: it has no line there, `from` is where its lines would begin. */
export interface Range {
  readonly from: number
  readonly to: number
  readonly empty: boolean
}

/** A replacement in the text, offsets in UTF-16 units. */
export interface Change {
  readonly from: number
  readonly to: number
  readonly insert: string
}

/** The text that the pieces make, and the place of each block in it. */
export function compose(
  pieces: readonly Piece[],
  taken: (block: Block, index: number) => readonly string[],
): { readonly text: string; readonly ranges: readonly Range[] } {
  const lines: string[] = []
  const spans: [start: number, end: number][] = []
  for (const piece of pieces) {
    const start = lines.length
    lines.push(...(isBlock(piece) ? taken(piece, spans.length) : piece.lines))
    if (isBlock(piece)) spans.push([start, lines.length])
  }
  const text = lines.join('\n')
  const starts: number[] = [0]
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1)
  const ranges = spans.map(([start, end]): Range => {
    const from = Math.min(starts[start] ?? 0, text.length)
    return end > start ? { from, to: (starts[end] ?? 1) - 1, empty: false } : { from, to: from, empty: true }
  })
  return { text, ranges }
}

export const linesIn = (text: string, { from, to, empty }: Range): readonly string[] =>
  empty ? [] : text.slice(from, to).split('\n')

/** Puts other lines in a block's place: what changes in the text, and where the block is then. */
export function put(
  text: string,
  range: Range,
  lines: readonly string[],
): { readonly change: Change; readonly range: Range } {
  const { from, to, empty } = range
  const words = lines.join('\n')
  const at = (start: number): Range => ({
    from: start,
    to: start + words.length,
    empty: lines.length === 0,
  })
  if (lines.length === 0) {
    if (empty) return { change: { from, to, insert: '' }, range }
    // With its lines goes the break that parted them from the rest.
    if (text[to] === '\n') return { change: { from, to: to + 1, insert: '' }, range: at(from) }
    const start = text[from - 1] === '\n' ? from - 1 : from
    return { change: { from: start, to, insert: '' }, range: at(start) }
  }
  if (!empty) return { change: { from, to, insert: words }, range: at(from) }
  if (text === '') return { change: { from: 0, to: 0, insert: words }, range: at(0) }
  const last = from === text.length && text[from - 1] !== '\n'
  return last
    ? { change: { from, to, insert: `\n${words}` }, range: at(from + 1) }
    : { change: { from, to, insert: `${words}\n` }, range: at(from) }
}

/** The range after a change elsewhere or inside. `map` says where a place went, on which side of what came there. */
export function moved(range: Range, map: (place: number, side: -1 | 1) => number): Range {
  const from = map(range.from, -1)
  // What is typed where an empty block stands is not the block's.
  return { ...range, from, to: range.empty ? from : Math.max(from, map(range.to, 1)) }
}

/** Where a place goes when changes are made, first to last, all offsets in the text before. */
export function mapper(changes: readonly Change[]): (place: number, side: -1 | 1) => number {
  return (place, side) => {
    let shift = 0
    for (const { from, to, insert } of changes) {
      if (place < from) break
      if (to > place || (to === place && side < 0 && from === to))
        return from + shift + (place === from || side < 0 ? 0 : insert.length)
      shift += insert.length - (to - from)
    }
    return place + shift
  }
}
