import type { Piece } from './word-diff.ts'

/** As a reader sees it: what did not change is folded away but for a few words beside what did. */
export type Shown = Piece | { readonly is: 'fold' }

export interface Excerpt {
  readonly shown: readonly Shown[]
  /** Changes that were left out at the end. */
  readonly more: number
}

/** Characters kept on each side of a change, of what came and of what went, and changes of one text. */
const BESIDE = 60
const WIDE = { ins: 800, del: 240 }
const MANY = 40

/** Folds long runs away and leaves out what nobody reads in a list. */
export function excerpt(pieces: readonly Piece[]): Excerpt {
  const shown: Shown[] = []
  let changes = 0
  let more = 0
  pieces.forEach((piece, index) => {
    if (piece.is !== 'same' && ++changes > MANY) more++
    if (more > 0) return
    if (piece.is !== 'same') shown.push(...folded(piece, WIDE[piece.is], BESIDE))
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
