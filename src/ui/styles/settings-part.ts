import { css } from 'lit'

/** A section of the settings: its heading, and words of a length that one reads. */
export const settingsPart = css`
  h3 {
    margin-bottom: 6px;
    font-size: var(--text-17);
  }
  p {
    max-width: 44em;
    text-wrap: pretty;
  }
`
