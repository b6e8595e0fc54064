import { html, nothing } from 'lit'
import { problemOf } from '../outcome.ts'
import { FormDialog } from './form-dialog.ts'

class NewCollectionDialog extends FormDialog {
  protected override readonly heading = 'New collection'
  protected override readonly form = { is: 'new-collection' } as const

  protected override body() {
    return html`<form novalidate @submit=${this.#save}>
      <div class="field">
        <label for="name">Name</label>
        <input id="name" class="input" dir="auto" autocomplete="off" placeholder="Recipes, Reading, Garden …" autofocus
          aria-invalid=${this.problem ? 'true' : nothing} aria-describedby="problem" />
        <div id="problem">${this.problemLine()}</div>
      </div>
      <div class="actions">
        <button type="button" @click=${() => this.close()}>Cancel</button>
        <button class="primary">Save</button>
      </div>
    </form>`
  }

  readonly #save = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (this.busy) return
    const name = this.fieldText('name').trim()
    if (!name) {
      this.problem = 'Give the collection a name, so that you find it again.'
      this.focusOn('name')
      return
    }
    await this.attempt(async () => {
      this.problem = problemOf(await this.model.create('collection', { name }).done)
      if (this.problem !== null) return
      this.close()
      this.model.notify('status', `“${name}” is saved.`)
    }, 'This device could not save it. Try again, or reload the page.')
  }
}

customElements.define('pawkit-new-collection-dialog', NewCollectionDialog)
