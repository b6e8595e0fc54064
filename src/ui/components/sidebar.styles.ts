import { css } from 'lit'

export const sidebarStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 16px;
    height: 100%;
    min-height: 0;
    padding: 16px 12px 12px;
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 36px;
    padding-inline: 8px 0;
    font-size: var(--text-20);
    font-weight: var(--weight-title);
    letter-spacing: -0.01em;
  }
  .brand button {
    margin-inline-start: auto;
  }
  .app-mark {
    color: var(--accent);
  }
  .app-mark .paw {
    fill: var(--paper);
  }
  nav,
  ul {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1px;
  }
  .place {
    display: flex;
    width: 100%;
    justify-content: flex-start;
    gap: 10px;
    padding: 0 10px;
    font-weight: 400;
  }
  .place .icon {
    color: var(--ink-soft);
  }
  .place[aria-current] {
    background: var(--selected);
    font-weight: var(--weight-strong);
  }
  .place[aria-current] .icon,
  .place[aria-pressed='true'] .icon {
    color: var(--accent);
  }
  .filters {
    flex: 1;
    min-height: 0;
    overflow: auto;
    overscroll-behavior: contain;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
    align-content: start;
    margin-inline: -12px;
    padding: 2px 12px;
  }
  .filters h2 {
    padding: 0 10px 4px;
    font-size: var(--text-12);
    font-weight: var(--weight-strong);
    color: var(--ink-soft);
  }
  .words {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    flex: 1;
  }
  .many {
    color: var(--ink-soft);
    font-size: var(--text-12);
    font-variant-numeric: tabular-nums;
  }
  .place[aria-pressed='true'] .many {
    color: inherit;
  }
  .foot {
    display: grid;
    gap: 1px;
    border-top: 1px solid var(--line);
    padding-top: 8px;
    margin-inline: -12px;
    padding-inline: 12px;
  }
`
