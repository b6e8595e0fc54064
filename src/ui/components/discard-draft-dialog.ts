import { html } from 'lit'
import { DialogElement } from './dialog-element.ts'

/** Asks before what was typed in a tab without control is given up: it is nowhere else. */
class DiscardDraftDialog extends DialogElement {
  static override properties = { ...DialogElement.properties, draftId: {} }
  declare draftId: string
  protected override readonly heading = 'Discard draft'

  protected override body() {
    const draft = this.model.tabs.drafts.find(({ id }) => id === this.draftId)
    return html`<p>What you typed in “${draft?.title ?? 'this record'}” in a tab without control is in no record yet.
        Discarded, it is gone for good.</p>
      ${this.problemLine()}
      <div class="actions">
        <button autofocus @click=${() => this.close()}>Cancel</button>
        <button class="outlined danger" @click=${this.#discard}>Discard</button>
      </div>`
  }

  readonly #discard = (): Promise<void> =>
    this.attempt(async () => {
      await this.model.tabs.dropDraft(this.draftId)
      this.close()
    }, 'That did not work; the draft is still here. Reload the page and try again.')
}

customElements.define('pawkit-discard-draft-dialog', DiscardDraftDialog)
