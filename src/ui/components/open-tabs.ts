import { css, html, type TemplateResult } from 'lit'
import { PawkitElement } from '../element.ts'
import type { SessionView } from '../session-model.ts'
import { base } from '../styles/base.ts'
import { clockTime, fullTime, momentOf } from '../words.ts'

/** Which tab it is, and which of them may write, in words. */
const words = ({ own, active, visible }: SessionView): string =>
  [
    own ? 'This tab' : 'Another tab',
    active ? 'writes here' : 'read-only',
    visible ? 'in sight' : 'hidden',
  ].join(', ')

/** In `Sync status`: the tabs of this browser, and which of them may write. */
export class OpenTabs extends PawkitElement {
  static override styles = [
    base,
    css`
      section {
        margin-top: 20px;
        border-top: 1px solid var(--line);
        padding-top: 16px;
        font-size: var(--text-13);
      }
      li {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        margin-top: 6px;
      }
      .own {
        font-weight: var(--weight-strong);
      }
      time {
        flex: none;
      }
    `,
  ]

  constructor() {
    super()
    this.watch('tabs', 'devices')
  }

  override render(): TemplateResult {
    const { sessions } = this.model.tabs
    const device = this.model.devices.name ?? this.model.tabs.device
    return html`<section role="region" aria-label="Open tabs">
      <h3>Open in ${device}</h3>
      <ul role="list">
        ${sessions.map(
          (session) => html`<li>
            <span class=${session.own ? 'own' : ''}>${words(session)}</span>
            <time class="soft numbers" title=${fullTime(session.since)}>since ${since(session.since)}</time>
          </li>`,
        )}
      </ul>
    </section>`
  }
}

const since = (at: number): string => (at > 0 ? momentOf(at, Date.now()) : clockTime(Date.now()))

customElements.define('pawkit-open-tabs', OpenTabs)
