import { css, html, nothing } from 'lit'
import { ref } from 'lit/directives/ref.js'
import '../components/same-link.ts'
import '../components/tags-field.ts'
import { hostOf, text } from '../../core/records.ts'
import { icon } from '../icons.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { page } from '../styles/page.ts'
import { keepOneLine, pasteOneLine } from '../typing.ts'
import { RecordPage } from './record-page.ts'

/** A card, opened: the same texts as its form, saved as one types. */
export class CardPage extends RecordPage {
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

  override render() {
    const view = this.model.records.get(this.recordId)
    const url = text(view?.record.fields.url)
    const host = hostOf(url)
    return html`${this.bar()}
      <article>
        <label class="visually-hidden" for="title">Title</label>
        <textarea
          ${ref(this.editing.bind('title'))}
          id="title"
          class="paper title"
          dir="auto"
          rows="1"
          placeholder=${host || 'Untitled card'}
          autocomplete="off"
          @beforeinput=${keepOneLine}
          @paste=${pasteOneLine}
        ></textarea>
        <pawkit-tags-field class="tags" .model=${this.model} .recordId=${this.recordId} .saving=${this.saving}></pawkit-tags-field>
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
        <pawkit-same-link .model=${this.model} .recordId=${this.recordId}></pawkit-same-link>
        <div class="part">
          <label for="description">Description</label>
          <textarea
            ${ref(this.editing.bind('description'))}
            id="description"
            class="paper description"
          dir="auto"
            placeholder="What is it, and why keep it?"
          ></textarea>
        </div>
      </article>`
  }
}

customElements.define('pawkit-card-page', CardPage)
