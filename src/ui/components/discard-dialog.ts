import { html } from 'lit'
import { titleOf } from '../../core/records.ts'
import { DialogElement } from './dialog-element.ts'

const IN_CONFLICT =
  'It was changed in two places meanwhile, so nothing was given up. See both versions with “Resolve conflict” and choose.'

/** Asks before a failed change is given up, and says where its text stays. */
class DiscardDialog extends DialogElement {
  static override properties = { ...DialogElement.properties, recordId: {}, where: { state: true } }
  declare recordId: string
  declare where: string
  protected override readonly heading = 'Discard change'

  constructor() {
    super()
    this.where = ''
  }

  protected override async prepare(): Promise<void> {
    // What cannot be read cannot be discarded either, and that is said then.
    this.where = await this.model.failed.discardWords(this.recordId).catch(() => '')
  }

  protected override body() {
    const record = this.model.records.get(this.recordId)?.record
    const title = record ? `“${titleOf(record)}”` : 'this record'
    if (this.problem === IN_CONFLICT)
      return html`${this.problemLine()}
        <div class="actions"><button id="close" @click=${() => this.close()}>Close</button></div>`
    return html`<p>The unsent change of ${title} will not be sent. ${this.where}</p>
      ${this.problemLine()}
      <div class="actions">
        <button autofocus @click=${() => this.close()}>Cancel</button>
        <button class="outlined danger" @click=${this.#discard}>Discard</button>
      </div>`
  }

  /** The button that was pressed goes, and the keyboard goes on from the one that is left. */
  async #inConflict(): Promise<void> {
    this.problem = IN_CONFLICT
    await this.updateComplete
    this.focusOn('close')
  }

  readonly #discard = (): Promise<void> =>
    this.attempt(async () => {
      if (await this.model.failed.discard(this.recordId)) this.close()
      else await this.#inConflict()
    }, 'That did not work; the change is still here. Try again, or reload the page.')
}

customElements.define('pawkit-discard-dialog', DiscardDialog)
