import { css } from 'lit'

/** Pages in the detail pane: one measure, one rhythm; fields that look like the paper they are written on. */
export const page = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 100%;
  }
  article {
    flex: 1;
    display: flex;
    flex-direction: column;
    width: 100%;
    max-width: calc(40em + 48px);
    margin-inline: auto;
    padding: 8px 24px 48px;
    font-size: var(--text-16);
  }
  /* Under the record bar, and in sight while one writes far below. */
  .trouble {
    position: sticky;
    z-index: 1;
    top: 56px;
    padding: 0 max(24px, calc((100% - 40rem) / 2)) 8px;
    background: var(--surface);
  }
  .trouble .problem {
    margin: 0;
  }
  @media (max-width: 699px) {
    article {
      padding: 4px 16px 24px;
    }
    .trouble {
      padding-inline: 16px;
    }
  }
  .paper {
    display: block;
    width: calc(100% + 16px);
    margin: 0 -8px;
    padding: 6px 8px;
    border: 0;
    border-radius: var(--radius-control);
    background: transparent;
    color: inherit;
    font: 400 var(--text-16) / 1.6 var(--font);
    resize: none;
    field-sizing: content;
    transition: background-color var(--quick);
  }
  input.paper {
    field-sizing: fixed;
    min-height: var(--target);
  }
  @media (hover: hover) {
    .paper:hover:not(.content, :focus-visible) {
      background: var(--hover);
    }
  }
  .paper:focus-visible {
    outline: none;
  }
  /* A short field shows where the focus is; in the one long text the caret does. */
  .paper:focus-visible:not(.content) {
    background: var(--hover);
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  .paper.title {
    padding-block: 6px;
    font: var(--weight-title) var(--text-26) / 1.25 var(--font);
    letter-spacing: -0.012em;
    overflow: hidden;
  }
  .tags {
    margin: 0 0 12px;
    min-height: var(--target);
  }
  .part {
    margin-top: 12px;
  }
  .part label {
    margin: 0 0 2px;
    color: var(--ink-soft);
    font-weight: 400;
  }
`
