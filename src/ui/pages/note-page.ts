import { css, html } from 'lit'
import { ref } from 'lit/directives/ref.js'
import '../components/tags-field.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { page } from '../styles/page.ts'
import { keepOneLine, pasteOneLine, TabKey } from '../typing.ts'
import { RecordPage } from './record-page.ts'

/** A note in its editor. The texts belong to RecordEditing: this element never writes their value. */
export class NotePage extends RecordPage {
  readonly #tab = new TabKey()

  static override styles = [
    base,
    controls,
    page,
    css`
      .content {
        flex: 1 0 auto;
        min-height: 50vh;
        white-space: pre-wrap;
        overflow-wrap: break-word;
        tab-size: 4;
      }
      @supports not (field-sizing: content) {
        .content {
          flex: 1 1 60vh;
        }
      }
    `,
  ]

  override render() {
    return html`${this.bar()}
      <article>
        <label class="visually-hidden" for="title">Title</label>
        <textarea
          ${ref(this.editing.bind('title'))}
          id="title"
          class="paper title"
          dir="auto"
          rows="1"
          placeholder="Untitled note"
          autocomplete="off"
          enterkeyhint="next"
          @keydown=${this.#onTitleKey}
          @beforeinput=${keepOneLine}
          @paste=${pasteOneLine}
        ></textarea>
        <pawkit-tags-field class="tags" .model=${this.model} .recordId=${this.recordId} .saving=${this.saving}></pawkit-tags-field>
        <label class="visually-hidden" for="content">Content</label>
        <textarea
          ${ref(this.editing.bind('content'))}
          id="content"
          class="paper content"
          dir="auto"
          placeholder="Write …"
          aria-describedby="tab-key"
          @keydown=${this.#tab.onKeydown}
          @blur=${this.#tab.onBlur}
        ></textarea>
        <span id="tab-key" class="visually-hidden">Escape, then Tab leaves the text.</span>
      </article>`
  }

  readonly #onTitleKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing) return
    event.preventDefault()
    this.editing.focus('content')
  }
}

customElements.define('pawkit-note-page', NotePage)
