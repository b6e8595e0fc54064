import { css, html } from 'lit'
import { createRef, ref } from 'lit/directives/ref.js'
import { PawkitElement } from '../element.ts'
import { onBeforeToggle, onToggle } from '../floating.ts'
import { icon } from '../icons.ts'
import { ask } from '../requests.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { floating } from '../styles/floating.ts'

/** `Sign in`, or `Account` with its menu; both where the account's session has ended. */
export class AccountButton extends PawkitElement {
  static override properties = { ...PawkitElement.properties, form: { reflect: true } }
  declare form: 'row' | 'icon'
  readonly #button = createRef<HTMLButtonElement>()
  readonly #menu = createRef<HTMLElement>()

  static override styles = [
    base,
    controls,
    floating,
    css`
      :host {
        display: block;
      }
      :host([form='icon']) {
        display: flex;
      }
      :host([form='row']) button {
        width: 100%;
        justify-content: flex-start;
        gap: 10px;
        padding: 0 10px;
        font-weight: 400;
      }
      :host([form='icon']) > button {
        padding: 0 8px;
      }
      .email {
        padding: 8px 10px;
        border-bottom: 1px solid var(--line);
        margin-bottom: 6px;
        font-size: var(--text-13);
        color: var(--ink-soft);
        overflow-wrap: anywhere;
      }
    `,
  ]

  constructor() {
    super()
    this.form = 'row'
    this.watch('summary')
  }

  /** On `Account`, or on `Sign in` where there is none. */
  override focus(options?: FocusOptions): void {
    const button = this.#button.value ?? this.renderRoot.querySelector('button')
    button?.focus(options)
  }

  override render() {
    const { account, connection } = this.model.summary
    if (!account) return this.#signIn('person')
    return html`${connection === 'signed-out' ? this.#signIn('alert') : ''}
      <button ${ref(this.#button)} popovertarget="menu" aria-haspopup="menu" aria-expanded="false" aria-label="Account" title=${account.email}>
        ${icon('person')}${this.form === 'row' ? 'Account' : ''}
      </button>
      <div ${ref(this.#menu)} id="menu" class="menu" popover @beforetoggle=${onBeforeToggle} @toggle=${this.#onToggle}>
        <p class="email">${account.email}</p>
        <div role="menu" aria-label="Account">
          <button role="menuitem" @click=${this.#signOut}>${icon('out')}Sign out</button>
        </div>
      </div>`
  }

  #signIn(name: 'person' | 'alert') {
    return html`<button @click=${() => ask(this, { open: { is: 'sign-in' } })}>${icon(name)}Sign in</button>`
  }

  readonly #onToggle = (event: Event): void => {
    onToggle(event, this.#button.value ?? null)
    const item = this.#menu.value?.querySelector<HTMLElement>('[role=menuitem]')
    if (this.#menu.value?.matches(':popover-open')) item?.focus()
  }

  readonly #signOut = (): void => {
    this.#menu.value?.hidePopover()
    ask(this, { open: { is: 'sign-out' } })
  }
}

customElements.define('pawkit-account', AccountButton)
