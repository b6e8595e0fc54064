import { css } from 'lit'

/** Buttons above an open record: an icon, with its word where there is room. */
export const barButton = css`
  .bar-button {
    padding: 0 10px;
    font-size: var(--text-13);
    white-space: nowrap;
  }
  .bar-button.on .icon {
    color: var(--accent);
  }
  .bar-words {
    display: none;
  }
  @container detail (min-width: 620px) {
    .bar-words {
      display: inline;
    }
  }
`
