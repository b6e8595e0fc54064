import { css, html, nothing, type TemplateResult } from 'lit'
import { stateIcon } from '../icons.ts'
import type { RecordView } from '../model.ts'

/** In a list: an icon with words for who cannot see it, and nothing to see when all is well. */
export const stateMark = (view: RecordView): TemplateResult =>
  html`<span class="state-mark ${view.state}" data-sync-state=${view.state} title=${view.stateText}
    >${view.state === 'synced' ? nothing : stateIcon(view.state)}<span class="visually-hidden">${view.stateText}</span></span
  >`

/** In an editor: the same in words. */
export const stateLine = (view: RecordView): TemplateResult =>
  html`<span class="state-line ${view.state}" data-sync-state=${view.state}
    >${stateIcon(view.state)}<span>${view.stateText}</span></span
  >`

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
