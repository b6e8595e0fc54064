import { css } from 'lit'

/** Two versions beside each other, as wide as they need; on a phone the whole screen, one under the other. */
export const resolveStyles = css`
  dialog {
    width: min(980px, calc(100vw - 32px));
  }
  dialog:has(.merging) {
    width: min(1180px, calc(100vw - 32px));
  }
  .dialog-body {
    padding-bottom: 0;
  }
  .dialog-body h2 {
    margin-bottom: 6px;
  }
  .lead {
    max-width: 44em;
    text-wrap: pretty;
  }
  .lead:focus {
    outline: none;
  }
  .said:not(:empty) {
    display: flex;
    gap: 8px;
    margin-top: 12px;
    padding: 8px 12px;
    border-radius: var(--radius-control);
    background: color-mix(in oklab, var(--warn) 12%, var(--raised));
    font-weight: var(--weight-strong);
    /* On a phone the words may be scrolled away where one types. */
    position: sticky;
    z-index: 2;
    inset-block-start: 0;
  }
  .sides,
  .pair {
    display: grid;
    grid-template-columns: 1fr 1fr;
    column-gap: 24px;
  }
  .sides {
    position: sticky;
    z-index: 1;
    top: 0;
    margin: 16px -24px 0;
    padding: 10px 24px;
    border-bottom: 1px solid var(--line);
    background: var(--raised);
  }
  .sides b {
    display: block;
    font-weight: var(--weight-title);
    overflow-wrap: anywhere;
  }
  .field-part {
    padding-block: 16px;
  }
  .field-part + .field-part {
    border-top: 1px solid var(--line);
  }
  .field-part h3 {
    margin-bottom: 6px;
    color: var(--ink-soft);
    font-size: var(--text-13);
    font-weight: var(--weight-strong);
  }
  .cell {
    min-width: 0;
    line-height: 1.55;
  }
  .dialog-body .cell p {
    margin-top: 0;
  }
  .cell .whose {
    display: none;
  }
  .life {
    display: flex;
    align-items: center;
    gap: 8px;
    font-weight: var(--weight-strong);
  }
  .none {
    color: var(--ink-soft);
    font-style: italic;
  }
  .more {
    margin: 6px 0 0 -8px;
    padding: 0 8px;
    font-size: var(--text-13);
  }
  .bar .later {
    margin-inline: -12px auto;
  }
  @media (max-width: 699px) {
    dialog,
    dialog:has(.merging) {
      width: 100vw;
      height: 100dvh;
      max-height: none;
      margin: 0;
      border: 0;
      border-radius: 0;
    }
    .dialog-body {
      display: flex;
      flex-direction: column;
      min-height: 100%;
      padding: 16px 16px 0;
    }
    .sides {
      display: none;
    }
    .pair {
      grid-template-columns: 1fr;
      row-gap: 14px;
    }
    .cell {
      padding-inline-start: 12px;
      border-inline-start: 3px solid var(--line);
    }
    .cell .whose {
      display: block;
      margin-bottom: 2px;
      font-size: var(--text-13);
      font-weight: var(--weight-strong);
    }
    .bar {
      margin: auto -16px 0;
      padding-inline: 16px;
      display: grid;
      grid-template-columns: 1fr 1fr;
    }
    .bar button {
      padding-inline: 6px;
      font-size: var(--text-13);
    }
    .bar .problem {
      grid-column: 1 / -1;
    }
    .bar .later {
      margin-inline: 0;
      order: 1;
    }
  }
`
