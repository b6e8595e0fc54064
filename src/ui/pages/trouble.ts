import { css, html, LitElement, nothing } from 'lit'
import type { RecordState } from '../../core/records.ts'
import { downloadLibrary } from '../export-library.ts'
import { mark } from '../icons.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { lonePage } from '../styles/lone-page.ts'
import { START_WORDS, type StartTrouble } from '../trouble-words.ts'

/** What stands in place of the app when the library on this device does not open or does not show: never a blank page. */
export class PawkitTrouble extends LitElement {
  static override properties = { trouble: {}, waiting: { type: Boolean }, records: { attribute: false } }
  declare trouble: StartTrouble
  /** It may still open by itself. */
  declare waiting: boolean
  /** What could be read of the library; null: nothing. */
  declare records: readonly RecordState[] | null

  static override styles = [
    base,
    controls,
    lonePage,
    css`
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 24px;
      }
    `,
  ]

  constructor() {
    super()
    this.trouble = 'broken'
    this.waiting = false
    this.records = null
  }

  override render() {
    const { what, remedy } = START_WORDS[this.trouble]
    return html`<main>
      ${mark()}
      <div role="alert">
        <h1>${this.waiting ? 'Waiting for your library' : 'Your library did not open'}</h1>
        <p>${what}</p>
        <p>${this.waiting ? 'Close other tabs with Pawkit or reload them; this one then goes on by itself.' : remedy}</p>
      </div>
      ${
        this.waiting
          ? nothing
          : html`<div class="actions">
              <button class="primary" @click=${() => location.reload()}>Try again</button>
              ${
                this.records && this.records.length > 0
                  ? html`<button class="outlined" @click=${this.#export}>Export library</button>`
                  : nothing
              }
            </div>`
      }
    </main>`
  }

  readonly #export = (): void => downloadLibrary(this.records ?? [])
}
customElements.define('pawkit-trouble', PawkitTrouble)

declare global {
  interface HTMLElementTagNameMap {
    'pawkit-trouble': PawkitTrouble
  }
}
