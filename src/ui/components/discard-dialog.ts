import { html } from 'lit'
import { titleOf } from '../../core/records.ts'
import { DialogElement } from './dialog-element.ts'

/** Asks before a failed change is given up, and says where its text stays. */
class DiscardDialog extends DialogElement {
  static override properties = { ...DialogElement.properties, recordId: {} }
  declare recordId: string
  protected override readonly heading = 'Discard change'

  protected override body() {
    const record = this.model.records.get(this.recordId)?.record
    const title = record ? titleOf(record) : 'this record'
    const where =
      record && record.version === 0
        ? 'It was never on the server: it goes to the Trash on this device, with all its text.'
        : 'The record goes back to what the server has. Your text stays in its version history on this device.'
    return html`<p>The unsent change of “${title}” will not be sent. ${where}</p>
      ${this.problemLine()}
      <div class="actions">
        <button autofocus @click=${() => this.close()}>Cancel</button>
        <button class="outlined danger" @click=${this.#discard}>Discard</button>
      </div>`
  }

  readonly #discard = (): Promise<void> =>
    this.attempt(async () => {
      await this.model.failed.discard(this.recordId)
      this.close()
    }, 'That did not work; the change is still here. Try again, or reload the page.')
}

customElements.define('pawkit-discard-dialog', DiscardDialog)
