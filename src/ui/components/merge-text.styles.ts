import { css } from 'lit'

/** The blocks beside the merged text; under it on a phone. */
export const mergeTextStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
    gap: 0 24px;
    align-items: start;
  }
  :host([plain]) {
    grid-template-columns: minmax(0, 1fr);
  }
  .blocks {
    display: grid;
    gap: 12px;
  }
  .block {
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    overflow: hidden;
  }
  .block.active {
    border-color: var(--accent);
  }
  .block header {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    padding: 8px 12px;
    font-size: var(--text-13);
  }
  .block header b {
    font-weight: var(--weight-title);
  }
  .version {
    padding: 6px 12px 10px;
    border-top: 1px solid var(--line);
    line-height: 1.5;
  }
  .version .whose {
    margin-bottom: 2px;
    color: var(--ink-soft);
    font-size: var(--text-12);
    font-weight: var(--weight-strong);
  }
  .version .marked {
    max-height: 15em;
    overflow: auto;
  }
  .takes {
    display: flex;
    gap: 6px;
    padding: 8px 12px;
    border-top: 1px solid var(--line);
  }
  .takes button {
    flex: 1;
    padding-inline: 6px;
    font-size: var(--text-13);
    white-space: nowrap;
  }
  .takes button[aria-pressed='true'] {
    border-color: var(--accent);
  }
  .result {
    position: sticky;
    top: 0;
    min-width: 0;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 12px;
    margin-bottom: 8px;
  }
  .head label {
    display: flex;
    align-items: center;
    gap: 8px;
    margin: 0;
    color: var(--ink-soft);
    font-weight: 400;
  }
  select {
    min-height: var(--target);
    max-width: 15em;
    padding: 0 8px;
    border: 1px solid var(--field-line);
    border-radius: var(--radius-control);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
  }
  h4 {
    margin: 0;
    font-size: var(--text-15);
    font-weight: var(--weight-title);
  }
  .editor {
    height: clamp(180px, calc(100dvh - 400px), 560px);
    border: 1px solid var(--field-line);
    border-radius: var(--radius);
    overflow: hidden;
  }
  .lead {
    margin-bottom: 12px;
    text-wrap: pretty;
  }
  .none {
    color: var(--ink-soft);
    font-style: italic;
  }
  @media (max-width: 899px) {
    :host {
      grid-template-columns: minmax(0, 1fr);
      row-gap: 16px;
    }
    .result {
      position: static;
    }
    .editor {
      height: clamp(160px, 40dvh, 420px);
    }
  }
`
