import { css } from 'lit'

/** The buttons of a tall dialog: always in reach at its foot, whatever is scrolled above them. */
export const dialogBar = css`
  .bar {
    position: sticky;
    z-index: 2;
    bottom: 0;
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin: 0 -24px;
    padding: 12px 24px max(12px, env(safe-area-inset-bottom));
    border-top: 1px solid var(--line);
    background: var(--raised);
  }
  .bar .problem {
    flex: 1 0 100%;
    margin: 0;
  }
`
