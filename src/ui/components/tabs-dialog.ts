import { css, html } from 'lit'
import { pathOf } from '../router.ts'
import { type Refused, TAKE_CONTROL } from '../session-model.ts'
import { DialogElement } from './dialog-element.ts'

/** Keys that are no letters, and edit a text all the same; the next one within so long belongs to what is typed, ms. */
const EDITS: Readonly<Record<string, string>> = { Enter: '\n', Backspace: '\b' }
const TYPES_ON = 1500

/** Dialog `Another tab is editing`: what becomes of an edit that this tab may not make. */
export class TabsDialog extends DialogElement {
  static override properties = {
    ...DialogElement.properties,
    refused: { attribute: false },
    isTyped: { attribute: false },
  }
  declare refused: Refused
  /** Whether all that waits was typed. */
  declare isTyped: () => boolean
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

  /** When a key was last taken for the text, on the page's clock; at first when the dialog was made, for a key. */
  #typedAt = performance.now()

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

  /** The page goes: nobody can answer. */
  leave(): void {
    this.close()
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
    // First: the focus goes back to the field that was typed in.
    this.close()
    this.refused.keep?.()
    window.open(`${path}?${TAKE_CONTROL}`, '_blank', 'noopener')
  }

  /**
   * The other tab has gone, and this one has the right: what was typed is written. Anything else, a deletion perhaps, waits
   * for a person's word, since they may have gone too.
   */
  readonly #onChange = (): void => {
    if (!this.busy && this.model.tabs.control === 'active' && this.isTyped()) this.#go()
  }

  readonly #go = (): void => {
    this.model.tabs.removeEventListener('change', this.#onChange)
    // First: the focus goes back to the field that the edit is for.
    this.close()
    this.refused.go()
  }

  readonly #take = (): Promise<void> => {
    return this.attempt(async () => {
      if (!(await this.model.tabs.takeControl({ ...this.refused, go: this.#go })))
        this.problem = 'Another tab took control at the same moment. Try again.'
    }, 'That did not work. Try again, or reload the page.')
  }

  /**
   * Whoever types on while the dialog is open, or while control is on its way, means the text behind it, and no shortcut of
   * the page. A button has the keys that press it.
   */
  readonly #onKey = (event: KeyboardEvent): void => {
    event.stopPropagation()
    const { key, timeStamp } = event
    const presses = key === ' ' || key === 'Enter'
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (presses && !this.busy && event.composedPath()[0] instanceof HTMLButtonElement) return
    // Alone, they may be meant for the dialog.
    const goesOn = key in EDITS && timeStamp - this.#typedAt < TYPES_ON
    if (key.length !== 1 && !goesOn) return
    event.preventDefault()
    this.#typedAt = timeStamp
    this.refused.more?.(EDITS[key] ?? key)
  }
}

customElements.define('pawkit-tabs-dialog', TabsDialog)

declare global {
  interface HTMLElementTagNameMap {
    'pawkit-tabs-dialog': TabsDialog
  }
}
