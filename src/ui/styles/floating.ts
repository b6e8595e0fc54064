import { css } from 'lit'

/** Dialogs and popovers: one shadow, one way to appear. */
export const floating = css`
  dialog,
  [popover] {
    margin: auto;
    padding: 0;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--raised);
    color: var(--ink);
    box-shadow: var(--shadow);
    font: 400 var(--text-15) / 1.45 var(--font);
  }
  dialog {
    width: min(440px, calc(100vw - 32px));
    max-width: none;
    max-height: calc(100dvh - 32px);
    overflow: auto;
    overscroll-behavior: contain;
  }
  dialog::backdrop {
    background: var(--scrim);
  }
  .dialog-body {
    padding: 24px;
  }
  .dialog-body h2 {
    margin-bottom: 16px;
    font-size: var(--text-20);
  }
  .dialog-body p + p {
    margin-top: 8px;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    margin-top: 24px;
  }
  @media (max-width: 480px) {
    .actions.stack {
      flex-direction: column-reverse;
      gap: 10px;
    }
  }
  .menu {
    position: fixed;
    inset: auto;
    min-width: 220px;
    max-width: min(320px, calc(100vw - 16px));
    max-height: min(60vh, 420px);
    margin: 0;
    padding: 6px;
    overflow: auto;
  }
  .menu button {
    display: flex;
    width: 100%;
    justify-content: flex-start;
    font-weight: 400;
    padding: 0 10px;
    gap: 10px;
  }
  @media (prefers-reduced-motion: no-preference) {
    dialog[open],
    [popover]:popover-open {
      animation: appear 140ms ease-out;
    }
    @keyframes appear {
      from {
        opacity: 0;
        transform: translateY(4px);
      }
    }
  }
`
