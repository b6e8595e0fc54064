import { css } from 'lit'

/** The fields that a person merges, one under the other, and the record that comes of them. */
export const mergeEditorStyles = css`
  :host {
    display: flex;
    flex: 1;
    flex-direction: column;
  }
  h3 {
    margin-bottom: 10px;
    font-size: var(--text-17);
  }
  h3:focus {
    outline: none;
  }
  .part {
    padding-block: 16px;
    border-top: 1px solid var(--line);
  }
  .fields {
    margin-top: 16px;
  }
  legend,
  .name {
    padding: 0;
    margin-bottom: 8px;
    color: var(--ink-soft);
    font-size: var(--text-13);
    font-weight: var(--weight-strong);
  }
  .choice {
    display: flex;
    align-items: baseline;
    gap: 10px;
    margin: 0;
    padding: 4px 0;
    min-height: var(--target);
    font-size: var(--text-15);
    font-weight: 400;
    cursor: pointer;
  }
  .choice > span {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .choice .whose {
    display: block;
    color: var(--ink-soft);
    font-size: var(--text-12);
  }
  .choice input {
    translate: 0 3px;
  }
  .own {
    max-width: 42em;
    margin: 2px 0 4px 28px;
  }
  .sets {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 20px;
    margin-bottom: 6px;
  }
  .more {
    max-width: 26em;
  }
  .preview {
    margin-block: 16px;
    padding: 20px 24px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    font-size: var(--text-16);
  }
  .preview h3 {
    margin: 0 0 8px;
    font-size: var(--text-26);
    font-weight: var(--weight-title);
    line-height: 1.25;
    letter-spacing: -0.012em;
    overflow-wrap: anywhere;
  }
  .preview .text {
    max-width: 72ch;
    line-height: 1.6;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .preview dl {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 4px 16px;
    margin-bottom: 12px;
    font-size: var(--text-13);
    overflow-wrap: anywhere;
  }
  .preview dt {
    color: var(--ink-soft);
  }
  .bar {
    z-index: 3;
    justify-content: flex-end;
    margin: auto -24px 0;
  }
  .bar .back {
    margin-inline: -12px auto;
  }
  @media (max-width: 699px) {
    .bar {
      margin-inline: -16px;
      padding-inline: 16px;
    }
    .preview {
      padding: 16px;
    }
  }
`
