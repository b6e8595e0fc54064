import { css } from 'lit'

/** What every shadow root begins with. */
export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure,
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1,
  h2,
  h3 {
    font-weight: var(--weight-title);
    line-height: 1.25;
    text-wrap: balance;
    overflow-wrap: anywhere;
  }
  h1,
  .headline {
    font-size: var(--text-26);
    letter-spacing: -0.012em;
  }
  h2 {
    font-size: var(--text-17);
  }
  a {
    color: inherit;
  }
  .icon {
    display: block;
    flex: none;
  }
  .soft {
    color: var(--ink-soft);
  }
  .small {
    font-size: var(--text-13);
  }
  .numbers {
    font-variant-numeric: tabular-nums;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  /* Where the system chooses the colours, a tint is no sign. */
  @media (forced-colors: active) {
    [aria-current],
    [aria-pressed='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
`
