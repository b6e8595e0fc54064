import { css, html, nothing } from 'lit'
import { createRef, ref } from 'lit/directives/ref.js'
import './create-buttons.ts'
import './sync-button.ts'
import { PawkitElement } from '../element.ts'
import { onBeforeToggle, onToggle } from '../floating.ts'
import { icon } from '../icons.ts'
import { ask } from '../requests.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { floating } from '../styles/floating.ts'

/** The phone's way around: Library, Search, New, Status, within a thumb's reach. */
export class BottomBar extends PawkitElement {
  static override properties = { ...PawkitElement.properties, path: {}, statusOpen: { type: Boolean } }
  declare path: string
  declare statusOpen: boolean
  readonly #new = createRef<HTMLButtonElement>()
  readonly #menu = createRef<HTMLElement>()

  static override styles = [
    base,
    controls,
    floating,
    css`
      nav {
        display: flex;
        padding: 2px 8px calc(2px + env(safe-area-inset-bottom));
        border-top: 1px solid var(--line);
        background: var(--paper);
      }
      nav > .button,
      nav > button {
        flex: 1;
        flex-direction: column;
        gap: 2px;
        min-height: 56px;
        padding: 0 4px;
        font-size: var(--text-12);
      }
      [aria-current] {
        color: var(--accent);
      }
      .new .icon {
        padding: 3px;
        width: 26px;
        height: 26px;
        margin: -3px 0;
        border-radius: 50%;
        background: var(--accent);
        color: var(--on-accent);
      }
    `,
  ]

  override render() {
    return html`<nav aria-label="Main">
        <a class="button" href="/" aria-current=${this.path === '/' ? 'page' : nothing}>${icon('library')}Library</a>
        <button @click=${() => ask(this, { do: 'find' })}>${icon('search')}Search</button>
        <button ${ref(this.#new)} class="new" popovertarget="new" aria-haspopup="true" aria-expanded="false">${icon('plus')}New</button>
        <pawkit-sync-button .model=${this.model} form="tab" .expanded=${this.statusOpen}></pawkit-sync-button>
      </nav>
      <div
        ${ref(this.#menu)}
        id="new"
        class="menu"
        popover
        @beforetoggle=${onBeforeToggle}
        @toggle=${(event: Event) => onToggle(event, this.#new.value ?? null)}
        @click=${this.#hideFirst}
      >
        <pawkit-create-buttons .model=${this.model} form="menu"></pawkit-create-buttons>
      </div>`
  }

  /** Captured, so before the button in it does its work: the focus is back on `New`, and what opens takes it. */
  readonly #hideFirst = {
    capture: true,
    handleEvent: (): void => {
      this.#menu.value?.hidePopover()
      this.#new.value?.focus()
    },
  }
}

customElements.define('pawkit-bottom-bar', BottomBar)
