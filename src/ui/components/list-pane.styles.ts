import { css } from 'lit'

export const listPaneStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    height: 100%;
  }
  header {
    display: grid;
    gap: 10px;
    padding: 16px 16px 6px;
  }
  .top {
    display: flex;
    align-items: center;
    gap: 4px;
    margin: -6px -6px -2px;
  }
  .name {
    flex: 1;
    font-size: var(--text-20);
    font-weight: var(--weight-title);
    letter-spacing: -0.01em;
  }
  .search {
    position: relative;
  }
  .search .icon {
    position: absolute;
    left: 10px;
    top: calc(50% - 10px);
    color: var(--ink-soft);
    pointer-events: none;
  }
  .search .input {
    padding-inline-start: 38px;
    min-height: var(--target);
    border-color: transparent;
    background: color-mix(in oklab, var(--ink) 6%, var(--paper));
    appearance: none;
  }
  @media (prefers-contrast: more) {
    .search .input {
      border-color: var(--field-line);
    }
  }
  .heading {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 32px;
    padding-inline-start: 12px;
    margin-inline: -4px;
  }
  .heading h2 {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .heading .numbers {
    white-space: nowrap;
  }
  .clear {
    margin-inline-start: auto;
    min-height: 32px;
  }
  .scroll {
    flex: 1;
    min-height: 0;
    overflow: auto;
    overscroll-behavior: contain;
    padding: 0 12px 16px;
    outline: none;
  }
  .end {
    height: 1px;
  }
  .empty {
    display: grid;
    gap: 8px;
    justify-items: start;
    padding: 24px 12px;
    text-wrap: pretty;
  }
  .empty .link {
    margin-inline-start: -4px;
  }
`
