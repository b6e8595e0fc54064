import { css, html } from 'lit'
import { ref } from 'lit/directives/ref.js'
import { repeat } from 'lit/directives/repeat.js'
import { entry, entryStyles } from '../components/entry.ts'
import { stateStyles } from '../components/state-mark.ts'
import { choose } from '../library.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { page } from '../styles/page.ts'
import { keepOneLine, pasteOneLine } from '../typing.ts'
import { count } from '../words.ts'
import { RecordPage } from './record-page.ts'

/** A collection: its name, and what is in it. */
export class CollectionPage extends RecordPage {
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

  override render() {
    const { records } = this.model
    const inside = choose(records, { query: '', collection: this.recordId })
    return html`${this.bar()}
      <article>
        <label class="visually-hidden" for="name">Name</label>
        <textarea
          ${ref(this.editing.bind('name'))}
          id="name"
          class="paper title"
          dir="auto"
          rows="1"
          placeholder="Untitled collection"
          autocomplete="off"
          @beforeinput=${keepOneLine}
          @paste=${pasteOneLine}
        ></textarea>
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
