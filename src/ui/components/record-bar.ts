import { css, html, nothing, type PropertyValues } from 'lit'
import './collections-picker.ts'
import { titleOf } from '../../core/records.ts'
import type { Layout } from '../controllers/layout-controller.ts'
import type { SavingMark } from '../controllers/saving-mark.ts'
import { PawkitElement } from '../element.ts'
import { icon } from '../icons.ts'
import { tellProblem } from '../outcome.ts'
import { ask } from '../requests.ts'
import { barButton } from '../styles/bar-button.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { showVersions } from '../version-button.ts'
import { resolveButton, resolveStyles } from './resolve-button.ts'
import { stateLine, stateStyles } from './state-mark.ts'

/** A write that lasts longer is worth a word, ms. */
const LASTING = 250

/** Above an open record: its state in words, and what one can do with it. */
export class RecordBar extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    recordId: {},
    layout: {},
    saving: { attribute: false },
    lasts: { state: true },
  }
  declare recordId: string
  declare layout: Layout
  declare saving: SavingMark
  /** What is being written has been for a while. */
  declare lasts: boolean
  #timer: ReturnType<typeof setTimeout> | undefined

  static override styles = [
    base,
    controls,
    barButton,
    stateStyles,
    resolveStyles,
    css`
      :host {
        position: sticky;
        z-index: 1;
        top: 0;
        display: flex;
        align-items: center;
        gap: 2px;
        min-height: 56px;
        /* In line with the text below. */
        padding: 6px max(14px, calc((100% - 40rem) / 2 - 10px)) 6px max(24px, calc((100% - 40rem) / 2));
        background: var(--surface);
      }
      .state {
        flex: 1;
        min-width: 0;
        display: flex;
        align-items: center;
        gap: 16px;
      }
      .state .resolve {
        flex: none;
      }
      .state:has(.resolve) .state-line span {
        -webkit-line-clamp: 3;
      }
      /* Its words need the room. */
      .state:has(.resolve) ~ .bar-button .bar-words {
        display: none;
      }
      @media (max-width: 699px) {
        :host {
          padding: 3px 8px 3px 16px;
          flex-wrap: wrap;
        }
        .back:has(~ .state > :is(.resolve, .failed)) {
          margin-inline-end: auto;
        }
        .state:has(.resolve, .failed) {
          order: 1;
          flex: 1 0 100%;
          justify-content: space-between;
          padding: 0 8px 8px 0;
        }
      }
      .back {
        margin-inline-start: -10px;
      }
    `,
  ]

  constructor() {
    super()
    this.lasts = false
    this.watch('records')
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('saving')) return
    changed.get('saving')?.removeEventListener('change', this.#onSaving)
    this.saving.addEventListener('change', this.#onSaving)
  }

  readonly #onSaving = (): void => {
    clearTimeout(this.#timer)
    this.lasts = false
    if (this.saving.now === 'saving') this.#timer = setTimeout(() => (this.lasts = true), LASTING)
    this.requestUpdate()
  }

  override render() {
    const view = this.model.records.get(this.recordId)
    const back =
      this.layout === 'phone'
        ? html`<a class="button bare back" href="/" data-back aria-label="Back" title="Back">${icon('back')}</a>`
        : nothing
    if (!view) return html`${back}`
    const { record } = view
    const pinned = record.fields.pinned === true
    return html`${back}
      <div class="state">${stateLine(view, this.saving.now, this.lasts, back !== nothing)}${resolveButton(view)}</div>
      ${
        record.kind === 'collection'
          ? nothing
          : html`<button class="bar-button" aria-label="Pin" title=${pinned ? 'Pinned to the top' : 'Pin to the top'} aria-pressed=${pinned ? 'true' : 'false'} @click=${() => this.#pin(pinned)}>
                ${icon('pin')}<span class="bar-words">Pin</span>
              </button>
              <pawkit-collections-picker .model=${this.model} .recordId=${this.recordId}></pawkit-collections-picker>`
      }
      <button class="bar-button" aria-label="Version history" title="Version history" @click=${this.#versions}>
        ${icon('history')}<span class="bar-words">History</span>
      </button>
      <button class="bar-button" aria-label="Delete" title="Move to Trash" @click=${this.#delete}>
        ${icon('trash')}<span class="bar-words">Delete</span>
      </button>`
  }

  get #title(): string {
    const view = this.model.records.get(this.recordId)
    return view ? titleOf(view.record) : 'This record'
  }

  #pin(pinned: boolean): void {
    const write = this.model.edit(this.recordId, { pinned }, { pinned: !pinned })
    void tellProblem(this.model, this.#title, write)
  }

  readonly #versions = (): void => void showVersions(this, this.recordId)

  // The shell's work: with the record gone, this element is no longer in the page to say what comes next.
  readonly #delete = (): void => {
    ask(this, { remove: this.recordId })
  }
}

customElements.define('pawkit-record-bar', RecordBar)
