import { css } from 'lit'

/** Pages that are read rather than written: trash, settings, what is not here. */
export const plainPage = css`
  :host {
    display: block;
  }
  article {
    max-width: 688px;
    margin-inline: auto;
    padding: 16px 24px 64px;
  }
  @media (max-width: 699px) {
    article {
      padding: 6px 16px 32px;
    }
  }
  .head {
    display: flex;
    align-items: center;
    min-height: 44px;
    gap: 4px;
    margin-bottom: 4px;
  }
  .head .button {
    margin-inline-start: -10px;
  }
  .lead {
    max-width: 40em;
    margin-bottom: 16px;
    color: var(--ink-soft);
    text-wrap: pretty;
  }
`
