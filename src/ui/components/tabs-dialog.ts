import { css, html } from 'lit'
import { pathOf } from '../router.ts'
import { type Refused, TAKE_CONTROL } from '../session-model.ts'
import { DialogElement } from './dialog-element.ts'

/** Dialog `Another tab is editing`: what becomes of an edit that this tab may not make. */
export class TabsDialog extends DialogElement {
  static override properties = {
    ...DialogElement.properties,
    refused: { attribute: false },
    settle: { attribute: false },
  }
  declare refused: Refused
  /** The other tab has gone, and this one has the right: there is nothing left to ask. */
  declare settle: () => void
  protected override readonly heading = 'Another tab is editing'

  static override styles = [
    ...DialogElement.styles,
    css`
      dialog {
        /* Its three buttons stand in one row. */
        width: min(480px, calc(100vw - 32px));
      }
      .lead {
        outline: none;
        text-wrap: pretty;
      }
    `,
  ]

  constructor() {
    super()
    this.addEventListener('keydown', this.#onKey)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // One that asks though it may write, as it is refused all the same, waits for a person.
    if (this.model.tabs.control !== 'active') this.model.tabs.addEventListener('change', this.#onChange)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.model.tabs.removeEventListener('change', this.#onChange)
  }

  protected override body() {
    return html`<p class="lead" tabindex="-1" autofocus>
        Pawkit is written in one tab at a time, so that no tab overwrites another. Take control to go on here; what is
        typed there is saved first.
      </p>
      ${this.problemLine()}
      <div class="actions stack">
        <button @click=${this.#viewOnly}>View only</button>
        <button class="outlined" @click=${this.#openTab}>Open in new tab</button>
        <button class="primary" aria-busy=${this.busy ? 'true' : 'false'} @click=${this.#take}>Take control</button>
      </div>`
  }

  protected override cancelled(): void {
    this.#viewOnly()
  }

  readonly #viewOnly = (): void => {
    if (this.busy) return
    this.refused.drop()
    this.close()
  }

  readonly #openTab = (): void => {
    if (this.busy) return
    const { record } = this.refused
    const held = record === null ? undefined : this.model.records.get(record)?.record
    const path = held ? pathOf(held) : location.pathname
    window.open(`${path}?${TAKE_CONTROL}`, '_blank', 'noopener')
    this.#viewOnly()
  }

  readonly #onChange = (): void => {
    if (!this.busy && this.model.tabs.control === 'active') this.#closed(this.settle)
  }

  /** First: the focus goes back to the field that the edit is for. */
  #closed(then: () => void): void {
    this.model.tabs.removeEventListener('change', this.#onChange)
    this.close()
    then()
  }

  readonly #take = (): Promise<void> => {
    const { refused } = this
    const go = (): void => this.#closed(() => refused.go())
    return this.attempt(async () => {
      if (!(await this.model.tabs.takeControl({ ...refused, go })))
        this.problem = 'Another tab took control at the same moment. Try again.'
    }, 'That did not work. Try again, or reload the page.')
  }

  /** Whoever types on while the dialog opens means the text behind it, and no shortcut of the page. */
  readonly #onKey = (event: KeyboardEvent): void => {
    event.stopPropagation()
    const letter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey
    if (!letter || event.composedPath()[0] instanceof HTMLButtonElement) return
    event.preventDefault()
    this.refused.more?.(event.key)
  }
}

customElements.define('pawkit-tabs-dialog', TabsDialog)

declare global {
  interface HTMLElementTagNameMap {
    'pawkit-tabs-dialog': TabsDialog
  }
}
