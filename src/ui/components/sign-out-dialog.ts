import { html, nothing } from 'lit'
import type { Unsynced } from '../model.ts'
import { count } from '../words.ts'
import { DialogElement } from './dialog-element.ts'

class SignOutDialog extends DialogElement {
  protected override readonly heading = 'Sign out'
  #unsynced: Unsynced = { changes: 0, keptOnlyHere: 0, drafts: 0 }

  protected override async prepare(): Promise<void> {
    this.#unsynced = await this.model.unsynced()
    this.requestUpdate()
  }

  protected override body() {
    const { changes, keptOnlyHere, drafts } = this.#unsynced
    const away =
      this.model.summary.connection === 'offline' || this.model.summary.connection === 'server-unreachable'
    return html`${
      changes === 0
        ? html`<p>${keptOnlyHere + drafts === 0 ? 'Everything' : 'Every change'} is on the server. Signing out removes the library from this device; sign in again to have it back.</p>`
        : html`<p><b class="numbers">${count(changes, 'record')}</b> with changes that are not synced yet. Signing out removes the library from this device, and these changes are lost.</p>`
    }
      ${
        drafts === 0
          ? nothing
          : html`<p><b class="numbers">${count(drafts, 'draft')}</b> of what was typed in a tab without control will be lost too.</p>`
      }
      ${
        keptOnlyHere === 0
          ? nothing
          : html`<p>${count(keptOnlyHere, 'earlier version is', 'earlier versions are')} kept only on this device and will be lost too.</p>`
      }
      ${
        away
          ? html`<p class="soft">There is no connection now: the session at the server ends with the next connection.</p>`
          : nothing
      }
      ${this.problemLine()}
      <div class="actions">
        <button autofocus @click=${() => this.close()}>Cancel</button>
        <button class="primary" aria-busy=${this.busy ? 'true' : 'false'} @click=${this.#signOut}>Sign out</button>
      </div>`
  }

  readonly #signOut = (): Promise<void> =>
    this.attempt(async () => {
      await this.model.signOut()
      this.close()
    }, 'Signing out did not work; nothing was removed. Reload the page and try again.')
}

customElements.define('pawkit-sign-out-dialog', SignOutDialog)
