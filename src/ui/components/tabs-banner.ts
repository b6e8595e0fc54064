import { css, html, nothing } from 'lit'
import { PawkitElement } from '../element.ts'
import { focusIsLost } from '../floating.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { number } from '../words.ts'

/**
 * Region `Multiple tabs`: how many there are, and whether this one may write. At the foot of the window, and on a
 * phone at its head, where it takes its room from what scrolls: nothing that one reads or points at moves.
 */
export class TabsBanner extends PawkitElement {
  static override properties = { ...PawkitElement.properties, busy: { state: true } }
  declare busy: boolean

  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
        flex: none;
        order: 1;
      }
      section {
        display: flex;
        align-items: center;
        justify-content: center;
        gap: 4px 16px;
        min-height: 48px;
        padding: 2px 16px calc(2px + env(safe-area-inset-bottom));
        border-top: 1px solid var(--line);
        background: var(--raised);
        font-size: var(--text-13);
      }
      p {
        text-wrap: balance;
      }
      b {
        font-weight: var(--weight-title);
      }
      button {
        flex: none;
        font-size: var(--text-13);
      }
      @media (max-width: 699px) {
        :host {
          order: 0;
        }
        section {
          justify-content: space-between;
          padding-bottom: 2px;
          border-top: 0;
          border-bottom: 1px solid var(--line);
        }
      }
    `,
  ]

  constructor() {
    super()
    this.busy = false
    this.watch('tabs')
  }

  override updated(): void {
    const shell = this.getRootNode()
    if (!(shell instanceof ShadowRoot) || !(shell.host instanceof HTMLElement)) return
    // What floats at the foot of the window stands above it.
    shell.host.style.setProperty('--above', this.model.tabs.sessions.length > 1 ? '50px' : '0px')
  }

  override render() {
    const { sessions, control } = this.model.tabs
    if (sessions.length < 2) return nothing
    const open = `Pawkit is open in ${number(sessions.length)} tabs.`
    return html`<section role="region" aria-label="Multiple tabs">
      <p aria-live="polite">
        ${control === 'active' ? html`${open} <span class="soft">You write in this one.</span>` : html`<b>This tab is read-only</b> <span class="soft">${open}</span>`}
      </p>
      ${
        control === 'active'
          ? nothing
          : html`<button class="outlined" aria-busy=${this.busy ? 'true' : 'false'} @click=${this.#take}>Take control</button>`
      }
    </section>`
  }

  readonly #take = async (): Promise<void> => {
    if (this.busy) return
    this.busy = true
    try {
      if (!(await this.model.tabs.takeControl())) throw new Error('Another tab has control.')
      await this.updateComplete
      // The button that had it is gone, and the tab before said of no place to go on in.
      if (focusIsLost()) this.dispatchEvent(new Event('closed'))
    } catch {
      this.model.notify('alert', 'This tab could not take control. Try again, or reload the page.')
    } finally {
      this.busy = false
    }
  }
}

customElements.define('pawkit-tabs-banner', TabsBanner)
