import { css, html, nothing } from 'lit'
import { PawkitElement } from '../element.ts'
import { KEEPS, type Keeps } from '../history.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { settingsPart } from '../styles/settings-part.ts'
import { problemLine } from './problem.ts'

const WORDS: Readonly<Record<Keeps, string>> = { '90': '90 days', '365': 'a year', always: 'for ever' }

/** Section `Version history` of the settings: how long this device keeps what it had to put aside. */
export class HistorySettings extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    keeps: { state: true },
    problem: { state: true },
  }
  /** Null: not read yet. */
  declare keeps: Keeps | null
  declare problem: string | null

  static override styles = [
    base,
    controls,
    settingsPart,
    css`
      label {
        display: inline-flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 10px;
        margin: 12px 0;
        font-size: var(--text-15);
        font-weight: 400;
      }
      select {
        min-height: max(var(--target), 36px);
        border: 1px solid var(--line);
        border-radius: var(--radius-control);
        padding: 0 8px;
        background: var(--surface);
        color: var(--ink);
        font: inherit;
      }
    `,
  ]

  constructor() {
    super()
    this.keeps = null
    this.problem = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#read()
  }

  override render() {
    return html`<section aria-labelledby="heading">
      <h3 id="heading">Version history</h3>
      <p class="soft" id="what">
        What lost, and what this device had before a merge or a restore, stays here at least so long, and the newest 100
        versions of each record in any case. The versions on the server are kept as its owner has set.
      </p>
      ${
        this.keeps === null
          ? nothing
          : html`<label>
              Keep what was put aside
              <select aria-describedby="what" @change=${this.#choose}>
                ${KEEPS.map((keeps) => html`<option value=${keeps} ?selected=${keeps === this.keeps}>${WORDS[keeps]}</option>`)}
              </select>
            </label>`
      }
      ${problemLine(this.problem)}
    </section>`
  }

  async #read(): Promise<void> {
    // What cannot be read now is told by the page as a whole.
    this.keeps = await this.model.history.keeps().catch(() => null)
  }

  readonly #choose = async (event: Event): Promise<void> => {
    const chosen = KEEPS.find(
      (keeps) => event.target instanceof HTMLSelectElement && event.target.value === keeps,
    )
    if (!chosen) return
    this.problem = null
    try {
      await this.model.history.keep(chosen)
    } catch {
      this.problem = 'That choice was not saved. Try it again.'
    }
  }
}

customElements.define('pawkit-history-settings', HistorySettings)
