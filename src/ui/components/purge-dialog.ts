import { html } from 'lit'
import { titleOf } from '../../core/records.ts'
import { problemOf } from '../outcome.ts'
import { DialogElement } from './dialog-element.ts'

class PurgeDialog extends DialogElement {
  static override properties = { ...DialogElement.properties, recordId: {} }
  declare recordId: string
  protected override readonly heading = 'Delete for good'

  protected override body() {
    const view = this.model.records.get(this.recordId)
    return html`<p>“${view ? titleOf(view.record) : 'This record'}” will be gone from all your devices. This cannot be undone.</p>
      ${this.problemLine()}
      <div class="actions">
        <button autofocus @click=${() => this.close()}>Cancel</button>
        <button class="outlined danger" @click=${this.#purge}>Delete for good</button>
      </div>`
  }

  readonly #purge = (): Promise<void> =>
    this.attempt(async () => {
      this.problem = problemOf(await this.model.purge(this.recordId))
      if (this.problem === null) this.close()
    }, 'That did not work; nothing was deleted. Try again, or reload the page.')
}

customElements.define('pawkit-purge-dialog', PurgeDialog)
