import type { Piece } from '../../core/word-diff.ts'

/** Lines of context left around what changed. */
const CONTEXT = 2
/** More lines in a row without a change may be left out. */
export const FOLDS_FROM = 2 * CONTEXT + 4

export type Shown = Piece | { readonly is: 'skipped'; readonly lines: number }

/** Long stretches that are as they were give way to their number of lines. */
export function folded(pieces: readonly Piece[]): Shown[] {
  return pieces.flatMap((piece, index): Shown[] => {
    if (piece.is !== 'same') return [piece]
    const lines = piece.text.split(/(?<=\n)/)
    const head = index === 0 ? 0 : CONTEXT + 1
    const tail = index === pieces.length - 1 ? 0 : CONTEXT + 1
    const cut = lines.length - head - tail
    if (cut < 3) return [piece]
    const same = (some: readonly string[]): Shown[] =>
      some.length === 0 ? [] : [{ is: 'same', text: some.join('') }]
    return [
      ...same(lines.slice(0, head)),
      { is: 'skipped', lines: cut },
      ...same(tail === 0 ? [] : lines.slice(-tail)),
    ]
  })
}
