import { css } from 'lit'

/** The panel: a head that stays, a list that scrolls; on a phone it has the whole screen. */
export const panelStyles = css`
  dialog {
    width: min(720px, calc(100vw - 32px));
    height: min(860px, calc(100dvh - 48px));
    overflow: hidden;
  }
  .dialog-body {
    display: flex;
    flex-direction: column;
    height: 100%;
    padding: 0;
  }
  .dialog-body > h2 {
    margin: 0;
    padding: 20px 64px 0 24px;
  }
  .of {
    padding: 2px 64px 14px 24px;
    border-bottom: 1px solid var(--line);
    color: var(--ink-soft);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .close {
    position: absolute;
    top: 14px;
    right: 14px;
  }
  .scroll {
    flex: 1;
    min-height: 0;
    overflow: auto;
    overscroll-behavior: contain;
    padding: 20px 24px 24px;
    outline: none;
  }
  .said {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    color: var(--ink-soft);
    text-wrap: pretty;
  }
  .said button {
    color: var(--ink);
  }
  .said > p {
    flex: 1 1 20em;
  }
  .server:not(:empty) {
    margin-bottom: 20px;
    padding: 12px 16px;
    border-radius: var(--radius-control);
    background: color-mix(in oklab, var(--ink) 4%, transparent);
  }
  .older {
    margin: 4px 0 0 24px;
  }
  .not-older:not(:empty) {
    margin: 8px 0 0 24px;
    color: var(--ink-soft);
  }
  .problem {
    margin: 0 24px 12px;
  }
  .same {
    padding: 10px 24px;
    border-top: 1px solid var(--line);
  }
  .same:empty {
    display: none;
  }
  @media (max-width: 699px) {
    dialog {
      width: 100vw;
      height: 100dvh;
      max-height: none;
      border: 0;
      border-radius: 0;
    }
    .dialog-body > h2 {
      padding: 16px 60px 0 16px;
    }
    .of {
      padding: 2px 60px 12px 16px;
    }
    .close {
      top: 8px;
      right: 8px;
    }
    .scroll {
      padding: 16px 16px calc(24px + env(safe-area-inset-bottom));
    }
  }
`

/** One version a line of time: a dot for what the record was, a ring for what was put aside. */
export const versionStyles = css`
  .version {
    --dot: var(--ink-soft);
    position: relative;
    padding: 0 0 24px 24px;
    content-visibility: auto;
    contain-intrinsic-size: auto 130px;
  }
  .version::before {
    content: '';
    position: absolute;
    inset: 18px auto -18px 4px;
    width: 1px;
    background: var(--line);
  }
  .version:last-child::before {
    display: none;
  }
  .version::after {
    content: '';
    position: absolute;
    top: 13px;
    left: 0;
    width: 9px;
    height: 9px;
    border: 1.5px solid var(--dot);
    border-radius: 50%;
    background: var(--dot);
  }
  .version.aside {
    --dot: var(--warn);
  }
  .version.aside::after {
    background: var(--raised);
  }
  .version.now {
    --dot: var(--accent);
  }
  .line {
    display: flex;
    align-items: center;
    gap: 4px 12px;
    min-height: 36px;
  }
  .when {
    flex: 1;
    min-width: 0;
    color: var(--ink-soft);
    font-size: var(--text-13);
    overflow-wrap: anywhere;
  }
  .when time {
    margin-inline-end: 8px;
    color: var(--ink);
    font-size: var(--text-15);
    font-weight: var(--weight-strong);
    font-variant-numeric: tabular-nums;
  }
  .choices {
    display: flex;
    gap: 8px;
  }
  .line button {
    flex: none;
    font-size: var(--text-13);
  }
  @media (max-width: 699px) {
    .line {
      flex-wrap: wrap;
      align-items: flex-start;
    }
    .when {
      flex-basis: 8em;
      padding-top: 7px;
    }
    .choices {
      margin-inline-start: auto;
    }
    .when time {
      display: block;
    }
  }
  .says {
    font-size: var(--text-13);
    font-weight: var(--weight-strong);
  }
  .aside .says {
    color: var(--warn);
  }
  .now .says {
    color: var(--accent);
  }
  .part {
    margin-top: 8px;
  }
  .part h3 {
    margin: 0 0 2px;
    color: var(--ink-soft);
    font-size: var(--text-12);
    font-weight: 400;
  }
  .text {
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .note {
    margin-top: 6px;
    color: var(--ink-soft);
    font-size: var(--text-13);
  }
  ins,
  del {
    border-radius: 3px;
    padding: 0;
    box-decoration-break: clone;
    -webkit-box-decoration-break: clone;
  }
  ins {
    background: color-mix(in oklab, var(--ok) 15%, transparent);
    text-decoration: underline;
    text-decoration-color: color-mix(in oklab, var(--ok) 60%, transparent);
    text-decoration-thickness: 1px;
    text-underline-offset: 3px;
  }
  del {
    background: color-mix(in oklab, var(--bad) 10%, transparent);
    color: var(--ink-soft);
    text-decoration: line-through;
    text-decoration-thickness: 1px;
  }
  .fold {
    margin: 0 4px;
    padding: 0 5px;
    border-radius: 5px;
    background: color-mix(in oklab, var(--ink) 7%, transparent);
    color: var(--ink-soft);
    font-size: var(--text-12);
    letter-spacing: 1px;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 6px;
  }
  .chips > * {
    padding: 1px 8px;
    border-radius: 999px;
    overflow-wrap: anywhere;
  }
`
