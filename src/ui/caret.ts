import type { Replacement } from '../core/merge-text.ts'

/** Where a selection begins and ends; a caret begins and ends at one place. */
export type Selection = readonly [start: number, end: number]

/**
 * A selection in a text of which a part is replaced: at what is replaced it stays at the same edge, and within it where
 * it was, as far as there is text. The browser's own `preserve` turns a caret within it into a selection of all that
 * came in its place, and the next letter would overwrite that
 * (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#dom-textarea/input-setrangetext).
 */
export function carried([from, to]: Selection, { start, end, text }: Replacement): Selection {
  const place = (at: number): number => {
    if (at <= start) return at
    if (at >= end) return at + text.length - (end - start)
    const within = text.slice(0, at - start)
    // Never between the halves of one character.
    return start + within.length - (/[\ud800-\udbff]$/.test(within) ? 1 : 0)
  }
  return [place(from), place(to)]
}
