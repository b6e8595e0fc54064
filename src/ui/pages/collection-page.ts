import { css, html, nothing, type PropertyValues } from 'lit'
import { ref } from 'lit/directives/ref.js'
import { repeat } from 'lit/directives/repeat.js'
import '../components/record-bar.ts'
import { entry, entryStyles } from '../components/entry.ts'
import { stateStyles } from '../components/state-mark.ts'
import type { Layout } from '../controllers/layout-controller.ts'
import { RecordEditing } from '../controllers/record-editing.ts'
import { PawkitElement } from '../element.ts'
import { icon } from '../icons.ts'
import { choose } from '../library.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { page } from '../styles/page.ts'
import { keepOneLine, pasteOneLine } from '../typing.ts'
import { count } from '../words.ts'

/** A collection: its name, and what is in it. */
export class CollectionPage extends PawkitElement {
  static override properties = { ...PawkitElement.properties, recordId: {}, layout: {}, focusField: {} }
  declare recordId: string
  declare layout: Layout
  declare focusField: string | null
  readonly editing = new RecordEditing(this, () => this.model)

  static override styles = [
    base,
    controls,
    page,
    stateStyles,
    entryStyles,
    css`
      .holds {
        margin: 0 0 12px;
      }
      ul {
        margin-inline: -12px;
        font-size: var(--text-15);
      }
      .empty {
        max-width: 34em;
        padding-block: 12px;
        font-size: var(--text-15);
      }
    `,
  ]

  constructor() {
    super()
    this.watch('records')
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('recordId')) this.editing.open(this.recordId)
  }

  override firstUpdated(): void {
    if (this.focusField) this.editing.focus(this.focusField)
  }

  override render() {
    const { records } = this.model
    const inside = choose(records, { query: '', collection: this.recordId })
    return html`<pawkit-record-bar .model=${this.model} .recordId=${this.recordId} .layout=${this.layout}></pawkit-record-bar>
      <article>
        <label class="visually-hidden" for="name">Name</label>
        <textarea
          ${ref(this.editing.bind('name'))}
          id="name"
          class="paper title"
          rows="1"
          placeholder="Untitled collection"
          autocomplete="off"
          @beforeinput=${keepOneLine}
          @paste=${pasteOneLine}
        ></textarea>
        ${this.editing.problem ? html`<p class="problem" role="alert">${icon('alert')}${this.editing.problem}</p>` : nothing}
        <p class="holds soft small numbers">${count(inside.length, 'record')}</p>
        ${
          inside.length === 0
            ? html`<p class="empty soft">Nothing is in here yet. Open a note or a card, choose Collections above it, and tick this one.</p>`
            : html`<ul role="list" aria-label="In this collection">
                ${repeat(
                  inside,
                  (view) => view.record.id,
                  (view) => entry(view, { records, current: '', inside: this.recordId, holds: () => 0 }),
                )}
              </ul>`
        }
      </article>`
  }
}

customElements.define('pawkit-collection-page', CollectionPage)
