import { css, html, nothing } from 'lit'
import { live } from 'lit/directives/live.js'
import { createRef, ref } from 'lit/directives/ref.js'
import { list, type RecordState, titleOf } from '../../core/records.ts'
import { PawkitElement } from '../element.ts'
import { onBeforeToggle, onToggle } from '../floating.ts'
import { icon } from '../icons.ts'
import { collectionNames, collections } from '../library.ts'
import { tellProblem } from '../outcome.ts'
import { barButton } from '../styles/bar-button.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { floating } from '../styles/floating.ts'

/** Button `Collections` with a checkbox for each. An id whose collection is not there is kept and not shown. */
export class CollectionsPicker extends PawkitElement {
  static override properties = { ...PawkitElement.properties, recordId: {} }
  declare recordId: string
  readonly #button = createRef<HTMLButtonElement>()

  static override styles = [
    base,
    controls,
    floating,
    barButton,
    css`
      :host {
        display: block;
      }
      .menu label {
        display: flex;
        align-items: center;
        gap: 10px;
        min-height: var(--target);
        margin: 0;
        padding: 4px 10px;
        border-radius: var(--radius-control);
        font-size: var(--text-15);
        font-weight: 400;
        overflow-wrap: anywhere;
        cursor: pointer;
      }
      .menu label:hover {
        background: var(--hover);
      }
      legend {
        padding: 6px 10px;
        font-size: var(--text-12);
        font-weight: var(--weight-strong);
        color: var(--ink-soft);
      }
      .none {
        padding: 4px 10px 10px;
        max-width: 260px;
        text-wrap: pretty;
      }
      /* By CSS, so that the button's name stays the one word. */
      [data-many]::after {
        content: attr(data-many);
        color: var(--accent);
        font-variant-numeric: tabular-nums;
      }
    `,
  ]

  constructor() {
    super()
    this.watch('records')
  }

  override render() {
    const record = this.model.records.get(this.recordId)?.record
    if (!record) return html``
    const inside = list(record.fields.collectionIds)
    const names = collectionNames(this.model.records, record)
    const all = collections(this.model.records)
    return html`<button
        ${ref(this.#button)}
        class="bar-button ${names.length > 0 ? 'on' : ''}"
        popovertarget="menu"
        aria-haspopup="true"
        aria-expanded="false"
        aria-label="Collections"
        data-many=${names.length || nothing}
        title=${names.length > 0 ? `In ${names.join(', ')}` : 'Collections'}
      >
        ${icon('collection')}<span class="bar-words">Collections</span>
      </button>
      <div id="menu" class="menu" popover @beforetoggle=${onBeforeToggle} @toggle=${(event: Event) => onToggle(event, this.#button.value ?? null)}>
        <fieldset>
          <legend>In collections</legend>
          ${
            all.length === 0
              ? html`<p class="none soft">There is no collection yet. Make one with “New collection”, then put this into it here.</p>`
              : all.map(
                  (view) => html`<label>
                    <input
                      type="checkbox"
                      .checked=${live(inside.includes(view.record.id))}
                      @change=${(event: Event) => this.#put(record, view.record.id, event)}
                    />${titleOf(view.record)}
                  </label>`,
                )
          }
        </fieldset>
      </div>`
  }

  #put(record: RecordState, collection: string, event: Event): void {
    const shown = list(record.fields.collectionIds)
    const put = event.target instanceof HTMLInputElement && event.target.checked
    const typed = put ? [...shown, collection] : shown.filter((id) => id !== collection)
    const write = this.model.edit(record.id, { collectionIds: shown }, { collectionIds: typed })
    // What was not written is not ticked either.
    void tellProblem(this.model, titleOf(record), write).then(() => this.requestUpdate())
  }
}

customElements.define('pawkit-collections-picker', CollectionsPicker)
