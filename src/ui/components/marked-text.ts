import { css, html, type TemplateResult } from 'lit'
import type { Piece } from '../../core/word-diff.ts'
import { folded, type Shown } from '../merge/folded.ts'
import { count } from '../words.ts'

/**
 * A text with what changed in it marked: underlined or struck through, said to who cannot see it, and coloured.
 * No white space of the template's own: the text is shown as it is.
 */
export const markedText = (parts: readonly Piece[], whole = false): TemplateResult =>
  html`<div class="marked" dir="auto">${(whole ? parts : folded(parts)).map(marked)}</div>`

function marked(part: Shown): TemplateResult | string {
  switch (part.is) {
    case 'same':
      return part.text
    case 'ins':
    case 'del': {
      // A break before a new line is not what one wants to see underlined.
      const [breaks = ''] = /^\n*/.exec(part.text) ?? []
      const words = part.text.slice(breaks.length)
      if (words === '') return html`${breaks}`
      return part.is === 'ins' ? html`${breaks}<ins>${words}</ins>` : html`${breaks}<del>${words}</del>`
    }
    case 'skipped':
      return html`<span class="skipped">${count(part.lines, 'line')} without a change</span>`
  }
}

/** A set in which each word is there, came or went. */
export const markedSet = (items: readonly Piece[]): TemplateResult =>
  html`<ul class="set" role="list">${items.map((item) => html`<li>${marked(item)}</li>`)}</ul>`

export const markedStyles = css`
  .marked {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    tab-size: 4;
  }
  /* Not the marks that an editor beside it makes in the same way. */
  :is(.marked, .set) {
    ins,
    del {
      padding: 1px 2px;
      margin: 0 -1px;
      border-radius: 3px;
      box-decoration-break: clone;
      -webkit-box-decoration-break: clone;
    }
    ins {
      background: color-mix(in oklab, var(--ok) 17%, transparent);
      text-decoration: underline 2px color-mix(in oklab, var(--ok) 75%, transparent);
      text-underline-offset: 3px;
      text-decoration-skip-ink: none;
    }
    del {
      background: color-mix(in oklab, var(--bad) 11%, transparent);
      color: var(--ink-soft);
      text-decoration: line-through 1.5px;
    }
    del + ins {
      margin-inline-start: 2px;
    }
    /* Not all screen readers say that a word is an insertion or a deletion. */
    ins::before,
    ins::after,
    del::before,
    del::after {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
      white-space: nowrap;
    }
    ins::before {
      content: ' [added: ';
    }
    del::before {
      content: ' [removed: ';
    }
    ins::after,
    del::after {
      content: '] ';
    }
  }
  .skipped {
    display: block;
    margin: 6px 0;
    padding: 2px 0;
    border-block: 1px dashed var(--line);
    color: var(--ink-soft);
    font-size: var(--text-12);
    text-align: center;
  }
  .set {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .set li {
    padding: 2px 8px;
    border-radius: 999px;
    background: color-mix(in oklab, var(--ink) 6%, transparent);
  }
`
