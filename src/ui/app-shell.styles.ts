import { css } from 'lit'

export const shellStyles = css`
  :host {
    display: block;
    height: 100dvh;
    padding: env(safe-area-inset-top) env(safe-area-inset-right) 0 env(safe-area-inset-left);
    background: var(--paper);
    color: var(--ink);
  }
  .shell {
    display: grid;
    height: 100%;
    min-height: 0;
  }
  .wide {
    grid-template-columns: 232px clamp(340px, 27vw, 400px) minmax(0, 1fr);
  }
  .medium {
    grid-template-columns: clamp(300px, 40vw, 380px) minmax(0, 1fr);
  }
  .phone {
    grid-template: minmax(0, 1fr) auto / minmax(0, 1fr);
  }
  main {
    display: contents;
  }
  .side,
  .list {
    min-height: 0;
    min-width: 0;
    border-inline-end: 1px solid var(--line);
  }
  .detail {
    min-height: 0;
    min-width: 0;
    overflow: auto;
    overscroll-behavior: contain;
    background: var(--surface);
    outline: none;
    container: detail / inline-size;
    scrollbar-gutter: stable;
  }
  .phone .list,
  .phone .detail {
    grid-area: 1 / 1;
    border: 0;
    scrollbar-gutter: auto;
  }
  /* Hidden and not removed: the list keeps its place while something is open over it. */
  .phone.open .list {
    visibility: hidden;
  }
  .phone:not(.open) .detail {
    display: none;
  }
  @media (prefers-reduced-motion: no-preference) {
    .phone.open .detail {
      animation: slide 160ms ease-out;
    }
    @keyframes slide {
      from {
        opacity: 0;
        transform: translateX(24px);
      }
    }
  }
  .skip {
    position: fixed;
    z-index: 20;
    top: 8px;
    left: 8px;
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .skip:not(:focus-visible) {
    clip-path: inset(50%);
    pointer-events: none;
  }
  .drawer {
    position: fixed;
    inset: 0 auto 0 0;
    width: min(300px, calc(100vw - 48px));
    height: 100dvh;
    max-height: none;
    margin: 0;
    padding: 0;
    border: 0;
    border-inline-end: 1px solid var(--line);
    background: var(--paper);
    color: inherit;
    box-shadow: var(--shadow);
  }
  .drawer::backdrop {
    background: var(--scrim);
  }
  @media (prefers-reduced-motion: no-preference) {
    .drawer[open] {
      animation: drawer 160ms ease-out;
    }
    @keyframes drawer {
      from {
        opacity: 0;
        transform: translateX(-24px);
      }
    }
  }
  .above-bar {
    --above: calc(60px + env(safe-area-inset-bottom));
  }
`
