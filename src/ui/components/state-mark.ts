import { css, html, nothing, type TemplateResult } from 'lit'
import type { Saving } from '../controllers/saving-mark.ts'
import { stateIcon } from '../icons.ts'
import type { RecordView } from '../model.ts'
import { briefly } from '../summary.ts'

/** In a list: an icon with words for who cannot see it, and nothing to see when all is well. */
export const stateMark = (view: RecordView): TemplateResult =>
  html`<span class="state-mark ${view.state}" data-sync-state=${view.state} title=${view.stateText}
    >${view.state === 'synced' ? nothing : stateIcon(view.state)}<span class="visually-hidden">${view.stateText}</span></span
  >`

/**
 * In an editor: the same in words, and what is true of a text that the store has not yet. Most writes last some
 * milliseconds: while nothing `lasts`, the eyes keep the words from before, or they would jump at every key. Where it is
 * `narrow` they get the beginning.
 */
export function stateLine(
  view: RecordView,
  saving: Saving | null,
  lasts: boolean,
  narrow: boolean,
): TemplateResult {
  const looks = saving !== null && view.state === 'synced' ? 'pending' : view.state
  const words = saving === null ? view.stateText : SAVING[saving]
  const still = saving === 'saving' && !lasts && view.state !== 'synced' ? view.stateText : words
  // What waits for a person has a row of its own there, and is said whole.
  const seen = narrow && looks !== 'failed' && looks !== 'conflict' ? briefly(still) : still
  const held = seen === words ? '' : seen
  return html`<span class="state-line ${looks}" data-sync-state=${saving === null ? view.state : 'pending'} title=${words}
    >${stateIcon(looks)}<span class=${held === '' ? '' : 'visually-hidden'}>${words}</span
    ><span class="held" aria-hidden="true" data-words=${held}></span
  ></span>`
}

const SAVING: Readonly<Record<Saving, string>> = { saving: 'Saving…', refused: 'Not saved yet' }

export const stateStyles = css`
  .state-mark {
    display: inline-flex;
    color: var(--ink-soft);
  }
  .state-mark .icon {
    width: 18px;
    height: 18px;
  }
  .state-line {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-width: 0;
    color: var(--ink-soft);
    font-size: var(--text-13);
    line-height: 1.25;
  }
  .state-line .icon {
    width: 18px;
    height: 18px;
  }
  .state-line span {
    overflow: hidden;
    text-overflow: ellipsis;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  /* Drawn, not written: whoever reads the line reads what is true now. */
  .state-line .held {
    display: block;
    max-height: 2.5em;
  }
  .state-line .held[data-words=''] {
    display: none;
  }
  /* Where there is no pointer to ask for the rest. */
  @media (max-width: 699px) {
    .state-line span {
      -webkit-line-clamp: 4;
    }
    .state-line .held {
      max-height: 5em;
    }
  }
  .held::before {
    content: attr(data-words);
  }
  .state-line.synced .icon {
    color: var(--ok);
  }
  .failed,
  .state-mark.failed {
    color: var(--bad);
  }
  .conflict,
  .state-mark.conflict {
    color: var(--warn);
  }
`
