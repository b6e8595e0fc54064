import { css } from 'lit'

/** A region of the sync panel, and its entries: what it is about, why it is there, what can be done. */
export const panelPart = css`
  section {
    margin-top: 20px;
    border-top: 1px solid var(--line);
    padding-top: 16px;
  }
  .title {
    font-weight: var(--weight-strong);
    overflow-wrap: anywhere;
  }
  .why {
    font-size: var(--text-13);
    color: var(--ink-soft);
    text-wrap: pretty;
  }
  .what {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 8px;
  }
`
