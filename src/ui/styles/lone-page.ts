import { css } from 'lit'

/** What stands in place of the app: one column of words under its mark. */
export const lonePage = css`
  :host {
    display: block;
    height: 100dvh;
    overflow: auto;
    background: var(--paper);
  }
  main {
    max-width: 36em;
    margin-inline: auto;
    padding: 13vh 24px 48px;
    text-wrap: pretty;
  }
  .app-mark {
    width: 48px;
    height: 48px;
    margin-bottom: 16px;
    color: var(--accent);
  }
  .paw {
    fill: var(--paper);
  }
  h1 {
    margin-bottom: 12px;
  }
  p + p {
    margin-top: 8px;
  }
`
