import { css, html, nothing, type PropertyValues } from 'lit'
import { ref } from 'lit/directives/ref.js'
import '../components/record-bar.ts'
import '../components/tags-field.ts'
import { hostOf, text } from '../../core/records.ts'
import type { Layout } from '../controllers/layout-controller.ts'
import { RecordEditing } from '../controllers/record-editing.ts'
import { PawkitElement } from '../element.ts'
import { icon } from '../icons.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { page } from '../styles/page.ts'
import { keepOneLine, pasteOneLine } from '../typing.ts'

/** A card, opened: the same texts as its form, saved as one types. */
export class CardPage extends PawkitElement {
  static override properties = { ...PawkitElement.properties, recordId: {}, layout: {}, focusField: {} }
  declare recordId: string
  declare layout: Layout
  declare focusField: string | null
  readonly editing = new RecordEditing(this, () => this.model)

  static override styles = [
    base,
    controls,
    page,
    css`
      .address {
        display: flex;
        align-items: end;
        gap: 12px;
      }
      .address > div {
        flex: 1;
        min-width: 0;
      }
      .url {
        text-overflow: ellipsis;
      }
      .description {
        min-height: 120px;
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
    const view = this.model.records.get(this.recordId)
    const url = text(view?.record.fields.url)
    const host = hostOf(url)
    return html`<pawkit-record-bar .model=${this.model} .recordId=${this.recordId} .layout=${this.layout}></pawkit-record-bar>
      <article>
        <label class="visually-hidden" for="title">Title</label>
        <textarea
          ${ref(this.editing.bind('title'))}
          id="title"
          class="paper title"
          rows="1"
          placeholder=${host || 'Untitled card'}
          autocomplete="off"
          @beforeinput=${keepOneLine}
          @paste=${pasteOneLine}
        ></textarea>
        <pawkit-tags-field class="tags" .model=${this.model} .recordId=${this.recordId}></pawkit-tags-field>
        <div class="part address">
          <div>
            <label for="url">URL</label>
            <input
              ${ref(this.editing.bind('url'))}
              id="url"
              class="paper url"
              type="url"
              inputmode="url"
              autocomplete="off"
              autocapitalize="none"
              spellcheck="false"
            />
          </div>
          ${
            host
              ? html`<a class="button outlined" href=${url} target="_blank" rel="noopener noreferrer">${icon('open')}Open link</a>`
              : nothing
          }
        </div>
        ${this.editing.problem ? html`<p class="problem" role="alert">${icon('alert')}${this.editing.problem}</p>` : nothing}
        <div class="part">
          <label for="description">Description</label>
          <textarea
            ${ref(this.editing.bind('description'))}
            id="description"
            class="paper description"
            placeholder="What is it, and why keep it?"
          ></textarea>
        </div>
      </article>`
  }
}

customElements.define('pawkit-card-page', CardPage)
