import { css, html } from 'lit'
import type { OtherLibraryChoice } from '../model.ts'
import { ask, type Dialog } from '../requests.ts'
import { count, number } from '../words.ts'
import { DialogElement } from './dialog-element.ts'

type Other = Extract<Dialog, { is: 'other-library' }>

class OtherLibraryDialog extends DialogElement {
  static override properties = { ...DialogElement.properties, other: { attribute: false } }
  declare other: Other
  protected override readonly heading = "Another account's library"

  static override styles = [
    ...DialogElement.styles,
    css`
      .choices {
        display: grid;
        gap: 16px;
        margin-top: 20px;
      }
      .choices button {
        width: 100%;
        min-height: 44px;
        padding-block: 8px;
        justify-content: flex-start;
      }
      .choices .hint {
        padding-inline: 13px;
      }
    `,
  ]

  protected override cancelled(): void {
    void this.#answer('cancel')
  }

  protected override body() {
    const { email, records, unsynced } = this.other
    return html`<p>
        This device holds the library of <b>${email}</b>: ${count(records, 'record')}${
          unsynced > 0 ? html`, <b>${number(unsynced)} not synced yet</b>` : ''
        }. What should become of it?
      </p>
      <div class="choices">
        ${this.#choice('move', 'Move this library into the new account', 'Everything on this device is set up anew in the account you are signing in to.')}
        ${this.#choice('export-and-remove', 'Export and remove', 'Downloads the library as a file, then removes it from this device.')}
      </div>
      ${this.problemLine()}
      <div class="actions">
        <button autofocus @click=${() => this.#answer('cancel')}>Cancel</button>
      </div>`
  }

  #choice(choice: OtherLibraryChoice, words: string, meaning: string) {
    return html`<div>
      <button
        class="outlined"
        aria-describedby=${choice}
        aria-busy=${this.busy ? 'true' : 'false'}
        @click=${() => this.#answer(choice)}
      >
        ${words}
      </button>
      <p class="hint" id=${choice}>${meaning}</p>
    </div>`
  }

  #answer(choice: OtherLibraryChoice): Promise<void> {
    return this.attempt(async () => {
      const result = await this.model.answerOtherLibrary(choice)
      if (choice === 'cancel' || result.is === 'signed-in') {
        this.close()
        // What was open is of the library before.
        if (choice !== 'cancel') ask(this, { go: '/' })
      } else if (result.is === 'refused') this.problem = result.message
    }, 'That did not work. Reload the page and try again.')
  }
}

customElements.define('pawkit-other-library-dialog', OtherLibraryDialog)
