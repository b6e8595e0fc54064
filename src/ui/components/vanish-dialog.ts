import { css, html, nothing } from 'lit'
import type { VanishingRecord } from '../model.ts'
import { count } from '../words.ts'
import { DialogElement } from './dialog-element.ts'

/** As many titles as one reads; the rest is a number. */
const TITLES = 10

/** Asks what becomes of records that were deleted for good elsewhere, many at once (design.md, "When a request fails"). */
class VanishDialog extends DialogElement {
  protected override readonly heading = 'Records would vanish'
  #records: readonly VanishingRecord[] = []

  static override styles = [
    ...DialogElement.styles,
    css`
      ul {
        margin: 12px 0;
        border-block: 1px solid var(--line);
        padding: 8px 0;
      }
      li {
        padding: 2px 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .more {
        color: var(--ink-soft);
      }
    `,
  ]

  protected override async prepare(): Promise<void> {
    this.#records = await this.model.vanishing.read()
    this.requestUpdate()
  }

  protected override body() {
    const many = this.#records.length
    const more = many - TITLES
    return html`<p>
        <b class="numbers">${count(many, 'record')}</b> ${many === 1 ? 'was' : 'were'} deleted for good on another
        device, or ${many === 1 ? 'is' : 'are'} not on the server any more. So many at once may be a mistake, so this
        device still has them.
      </p>
      <ul role="list">
        ${this.#records.slice(0, TITLES).map(({ title }) => html`<li>${title}</li>`)}
        ${more > 0 ? html`<li class="more">and ${more} more</li>` : nothing}
      </ul>
      <p class="soft">
        Removing takes them from this device too, and cannot be undone. Keeping sends them to the server, and they come
        back on your other devices.
      </p>
      ${this.problemLine()}
      <div class="actions stack">
        <button autofocus @click=${() => this.close()}>Not now</button>
        <button class="outlined danger" @click=${() => this.#answer('remove')}>Remove them</button>
        <button class="primary" @click=${() => this.#answer('keep')}>Keep them</button>
      </div>`
  }

  #answer(answer: 'remove' | 'keep'): Promise<void> {
    return this.attempt(async () => {
      const ids = this.#records.map(({ id }) => id)
      await this.model.vanishing.answer(answer, ids)
      this.close()
    }, 'That did not work; nothing was removed. Reload the page and try again.')
  }
}

customElements.define('pawkit-vanish-dialog', VanishDialog)
