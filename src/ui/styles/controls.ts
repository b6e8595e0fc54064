import { css } from 'lit'

/** Buttons and fields, alike everywhere. A plain `<button>` is quiet; `primary` is the one thing to do here. */
export const controls = css`
  button,
  .button {
    appearance: none;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-height: var(--target);
    min-width: var(--target);
    margin: 0;
    padding: 0 12px;
    border: 1px solid transparent;
    border-radius: var(--radius-control);
    background: transparent;
    color: inherit;
    font: var(--weight-strong) var(--text-15) / 1.2 var(--font);
    text-decoration: none;
    text-align: start;
    cursor: pointer;
    user-select: none;
    -webkit-tap-highlight-color: transparent;
    transition: background-color var(--quick), border-color var(--quick);
  }
  @media (hover: hover) {
    button:hover,
    .button:hover {
      background: var(--hover);
    }
  }
  button:active,
  .button:active {
    background: color-mix(in oklab, var(--ink) 10%, transparent);
  }
  .outlined {
    border-color: var(--line);
    background: var(--surface);
  }
  .primary,
  .primary:active {
    background: var(--accent);
    color: var(--on-accent);
  }
  @media (hover: hover) {
    .primary:hover {
      background: color-mix(in oklab, var(--accent) 88%, var(--ink));
    }
    .outlined:hover {
      background: color-mix(in oklab, var(--ink) 4%, var(--surface));
    }
  }
  .danger {
    color: var(--bad);
  }
  .link {
    min-width: 0;
    padding: 0 4px;
    color: var(--accent);
  }
  .bare {
    padding: 0;
  }
  button[aria-pressed='true'] {
    background: var(--selected);
    color: var(--accent);
  }
  button[aria-busy='true'] {
    cursor: progress;
    opacity: 0.7;
  }

  label,
  .label {
    display: block;
    margin-bottom: 4px;
    font-size: var(--text-13);
    font-weight: var(--weight-strong);
  }
  .field + .field {
    margin-top: 16px;
  }
  input[type='checkbox'],
  input[type='radio'] {
    flex: none;
    width: 18px;
    height: 18px;
    margin: 0;
    accent-color: var(--accent);
  }
  .input {
    display: block;
    width: 100%;
    min-height: max(var(--target), 40px);
    margin: 0;
    padding: 8px 12px;
    border: 1px solid var(--field-line);
    border-radius: var(--radius-control);
    background: var(--surface);
    color: inherit;
    font: 400 var(--text-15) / 1.45 var(--font);
    transition: border-color var(--quick);
  }
  textarea.input {
    resize: vertical;
    field-sizing: content;
    min-height: 88px;
    max-height: 40vh;
  }
  .input:focus-visible {
    border-color: var(--accent);
    outline-offset: -1px;
  }
  .input[aria-invalid='true'] {
    border-color: var(--bad);
  }
  ::placeholder {
    color: var(--ink-soft);
    opacity: 1;
  }
  /* Below 16 px iOS zooms the page into a field that takes the focus. */
  @media (pointer: coarse) {
    .input {
      font-size: 1rem;
    }
  }
  .problem {
    display: flex;
    gap: 6px;
    margin-top: 8px;
    color: var(--bad);
    font-size: var(--text-13);
    font-weight: var(--weight-strong);
  }
  .hint {
    margin-top: 4px;
    color: var(--ink-soft);
    font-size: var(--text-13);
  }
`
