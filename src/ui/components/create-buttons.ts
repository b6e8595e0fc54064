import { css, html } from 'lit'
import { PawkitElement } from '../element.ts'
import { icon } from '../icons.ts'
import { ask } from '../requests.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'

/** `New note`, `New card`, `New collection`: once a page, as a block, a row or the phone's menu. */
export class CreateButtons extends PawkitElement {
  static override properties = { ...PawkitElement.properties, form: { reflect: true } }
  declare form: 'block' | 'row' | 'menu'

  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        gap: 8px;
        /* As the words are long. */
        grid-template-columns: 5fr 7fr;
      }
      .note {
        grid-column: 1 / -1;
      }
      :host([form='block']) .outlined {
        min-width: 0;
        padding: 0 4px;
        font-size: var(--text-13);
      }
      :host([form='row']) {
        display: flex;
      }
      :host([form='row']) .note {
        flex: 1;
      }
      :host([form='menu']) {
        grid-template-columns: 1fr;
        gap: 2px;
      }
      :host([form='menu']) button {
        justify-content: flex-start;
        background: transparent;
        color: inherit;
        border-color: transparent;
        gap: 10px;
        padding: 0 10px;
      }
    `,
  ]

  override render() {
    const menu = this.form === 'menu'
    return html`<button class="note primary" @click=${() => ask(this, { do: 'new-note' })}>
        ${icon(menu ? 'note' : 'plus')}New note
      </button>
      <button class="outlined" aria-label="New card" title="New card: save a link" @click=${() => ask(this, { open: { is: 'new-card' } })}>
        ${icon('card')}${menu ? 'New card' : 'Card'}
      </button>
      <button class="outlined" aria-label="New collection" title="New collection" @click=${() => ask(this, { open: { is: 'new-collection' } })}>
        ${icon('collection')}${menu ? 'New collection' : this.form === 'row' ? '' : 'Collection'}
      </button>`
  }
}

customElements.define('pawkit-create-buttons', CreateButtons)
