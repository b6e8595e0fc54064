import { html, nothing } from 'lit'
import type { Fields } from '../../core/records.ts'
import { hostOf, titleOf } from '../../core/records.ts'
import { problemOf } from '../outcome.ts'
import { pathOf } from '../router.ts'
import { FormDialog } from './form-dialog.ts'

/** The address as typed, with https:// where no scheme was given; null where it can be none. */
export function addressOf(typed: string): string | null {
  const trimmed = typed.trim()
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`
  if (/\s/.test(url) || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return null
  const host = hostOf(url)
  return host.includes('.') || host.startsWith('[') || host === 'localhost' ? url : null
}

class NewCardDialog extends FormDialog {
  static override properties = {
    ...FormDialog.properties,
    /** The collection that the list shows now: what is made goes into it. */
    inside: { attribute: false },
  }
  declare inside: string | null
  protected override readonly heading = 'New card'
  protected override readonly form = { is: 'new-card' } as const

  protected override values() {
    return { ...super.values(), inside: this.inside }
  }

  protected override fill(values: ReturnType<NewCardDialog['values']>): void {
    super.fill(values)
    this.inside = values.inside
  }

  protected override body() {
    return html`<form novalidate @submit=${this.#save}>
      <div class="field">
        <label for="url">URL</label>
        <input id="url" class="input" type="url" inputmode="url" autocomplete="off" autocapitalize="none" spellcheck="false"
          placeholder="example.com/a-page" autofocus
          aria-invalid=${this.problem ? 'true' : nothing} aria-describedby="problem" />
        <div id="problem">${this.problemLine()}</div>
      </div>
      <div class="field">
        <label for="title">Title</label>
        <input id="title" class="input" dir="auto" autocomplete="off" />
      </div>
      <div class="field">
        <label for="description">Description</label>
        <textarea id="description" class="input" dir="auto" rows="3"></textarea>
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
    const url = addressOf(this.fieldText('url'))
    if (url === null) {
      this.problem = this.fieldText('url').trim()
        ? 'This does not look like a web address. One looks like “example.com” or “https://example.com/page”.'
        : 'A card needs the address that it leads to.'
      this.focusOn('url')
      return
    }
    const fields: Fields = {
      url,
      title: this.fieldText('title').trim(),
      description: this.fieldText('description'),
      ...(this.inside === null ? {} : { collectionIds: [this.inside] }),
    }
    await this.attempt(async () => {
      const result = await this.model.create('card', fields).done
      if (result.is === 'written') {
        this.close()
        this.model.notify('status', `“${titleOf(result.record)}” is saved.`)
      } else if (result.is === 'duplicate') {
        const { record } = result
        this.problem = html`This link is in your library already:
          <a href=${pathOf(record)} @click=${() => this.close()}>${titleOf(record)}</a>`
      } else this.problem = problemOf(result)
    }, 'This device could not save it. Try again, or reload the page.')
  }
}

customElements.define('pawkit-new-card-dialog', NewCardDialog)
