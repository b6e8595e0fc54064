import { css, html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { PawkitElement } from '../element.ts'
import { icon } from '../icons.ts'
import type { RescuedText } from '../rescue-model.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { WORDS } from '../trouble-words.ts'

/** The shell's part: the region stands above everything and takes its room from it, so that nothing is covered. */
export const rescueFrame = css`
  :host {
    display: flex;
    flex-direction: column;
  }
  .shell {
    flex: 1;
  }
`

/** Region `Nothing more can be saved here`: what happened, what is only in memory, and the ways out. */
export class RescueRegion extends PawkitElement {
  static override properties = { ...PawkitElement.properties, said: { state: true } }
  /** What came of the last button. */
  declare said: string

  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
        flex: none;
        position: relative;
        z-index: 2;
      }
      section {
        max-height: 62dvh;
        overflow: auto;
        overscroll-behavior: contain;
        border-bottom: 1px solid var(--line);
        background: var(--raised);
        box-shadow: var(--shadow);
      }
      .inner {
        max-width: 760px;
        margin-inline: auto;
        padding: 20px 24px;
      }
      h2 {
        display: flex;
        align-items: center;
        gap: 8px;
        font-size: var(--text-20);
      }
      h2 .icon {
        color: var(--bad);
      }
      [role='alert'] p {
        margin-top: 6px;
        max-width: 44em;
        text-wrap: pretty;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        margin-top: 16px;
      }
      .said:empty {
        display: none;
      }
      .said {
        margin-top: 10px;
      }
      ul {
        display: grid;
        gap: 14px;
        margin-top: 18px;
        padding-top: 16px;
        border-top: 1px solid var(--line);
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
      }
      .head {
        margin-bottom: 6px;
      }
      .head label {
        margin: 0;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      textarea.input {
        min-height: 0;
        max-height: 22dvh;
      }
      @media (max-width: 699px) {
        .inner {
          padding: 14px 16px;
        }
      }
      @media (prefers-reduced-motion: no-preference) {
        section {
          animation: appear 160ms ease-out;
        }
        @keyframes appear {
          from {
            opacity: 0;
          }
        }
      }
    `,
  ]

  constructor() {
    super()
    this.said = ''
    this.watch('rescue')
  }

  override render() {
    const { trouble, trying } = this.model.rescue
    if (trouble === null) return nothing
    const { texts } = this.model.rescue
    const { what, remedy } = WORDS[trouble]
    const reload = html`<button class=${trouble === 'newer' ? 'primary' : 'outlined'} @click=${() => location.reload()}>Reload</button>`
    const again = html`<button
      class=${trouble === 'newer' ? 'outlined' : 'primary'}
      aria-busy=${trying ? 'true' : 'false'}
      @click=${this.#tryAgain}
    >
      Try again
    </button>`
    return html`<section aria-labelledby="heading">
      <div class="inner">
        <div role="alert">
          <h2 id="heading">${icon('alert')}Nothing more can be saved here</h2>
          <p>${what} ${remedy}</p>
        </div>
        <div class="actions">
          ${trouble === 'newer' ? [reload, again] : again}
          ${texts.length > 0 ? html`<button class="outlined" @click=${() => void this.#copy()}>Copy all</button>` : nothing}
          <button class="outlined" @click=${() => this.model.rescue.exportLibrary()}>Export library</button>
          ${trouble === 'lost' || trouble === 'broken' ? reload : nothing}
        </div>
        <p class="said soft" role="status">${this.said}</p>
        ${texts.length > 0 ? this.#list(texts) : nothing}
      </div>
    </section>`
  }

  #list(texts: readonly RescuedText[]): TemplateResult {
    return html`<ul role="list" aria-label="Not stored yet">
      ${repeat(
        texts,
        ({ title, part }, index) => `${title}/${part}/${index}`,
        (text, index) => html`<li>
          <div class="head">
            <label for="text-${index}">“${text.title}”, ${text.part}</label>
            <button class="outlined" aria-description=${`${text.title}, ${text.part}`} @click=${() => void this.#copy(text)}>Copy</button>
          </div>
          <textarea class="input" id="text-${index}" rows="2" readonly dir="auto" .value=${text.text}></textarea>
        </li>`,
      )}
    </ul>`
  }

  async #copy(text?: RescuedText): Promise<void> {
    const copied = await this.model.rescue.copy(text)
    this.said = copied
      ? 'Copied.'
      : 'The browser did not allow copying. Select the text, or use Export library.'
  }

  readonly #tryAgain = async (): Promise<void> => {
    this.said = 'Trying …'
    const well = await this.model.rescue.tryAgain()
    this.said = well ? '' : 'It did not work yet. Your texts are still here.'
    if (!well) return
    // The focus was in here, and this goes.
    this.dispatchEvent(new CustomEvent('closed'))
  }
}

customElements.define('pawkit-rescue-region', RescueRegion)
