import { html } from 'lit'
import type { SignInResult } from '../model.ts'
import { ask } from '../requests.ts'
import { FormDialog } from './form-dialog.ts'

const SHORTEST = 8
const TOO_SHORT = `The password is too short: it needs at least ${SHORTEST} characters.`

/** The auth library's answers in our words. */
const OUR_WORDS: readonly (readonly [theirs: RegExp, ours: string])[] = [
  [/invalid.*password/i, 'Email or password is not right. Look at both, or create an account.'],
  [/password.*too short/i, TOO_SHORT],
  [/password.*too long/i, 'The password is too long: at most 128 characters.'],
  [/already exists/i, 'There is an account with this address already. Choose “Sign in”.'],
  [/invalid.*email/i, 'This is not an email address the server knows how to use.'],
]

const inOurWords = (message: string): string =>
  OUR_WORDS.find(([theirs]) => theirs.test(message))?.[1] ?? message

class SignInDialog extends FormDialog {
  protected override readonly heading = 'Sign in'
  protected override readonly form = { is: 'sign-in' } as const

  protected override body() {
    const busy = this.busy ? 'true' : 'false'
    return html`<form novalidate @submit=${this.#signIn}>
      <p class="soft">Your library goes on working without an account. With one, it is on all your devices.</p>
      <br />
      <div class="field">
        <label for="email">Email</label>
        <input id="email" class="input" type="email" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus
          .defaultValue=${this.model.summary.account?.email ?? ''} />
      </div>
      <div class="field">
        <label for="password">Password</label>
        <input id="password" class="input" type="password" autocomplete="current-password" aria-describedby="hint" />
        <p class="hint" id="hint">For a new account: at least 8 characters.</p>
      </div>
      ${this.problemLine()}
      <div class="actions stack">
        <button type="button" @click=${() => this.close()}>Cancel</button>
        <button type="button" class="outlined" aria-busy=${busy} @click=${this.#create}>Create account</button>
        <button class="primary" aria-busy=${busy}>Sign in</button>
      </div>
    </form>`
  }

  readonly #signIn = (event: Event): void => {
    event.preventDefault()
    void this.#send((email, password) => this.model.signIn(email, password))
  }

  readonly #create = (): void => {
    void this.#send((email, password) => this.model.createAccount(email, password), SHORTEST)
  }

  async #send(send: (email: string, password: string) => Promise<SignInResult>, shortest = 0): Promise<void> {
    if (this.busy) return
    const email = this.fieldText('email').trim()
    const password = this.fieldText('password')
    if (!/^\S+@\S+$/.test(email)) {
      this.problem = 'Type the email address of your account.'
      this.focusOn('email')
      return
    }
    if (!password) {
      this.problem = 'Type the password too.'
      this.focusOn('password')
      return
    }
    if (password.length < shortest) {
      this.problem = TOO_SHORT
      this.focusOn('password')
      return
    }
    return this.attempt(async () => {
      const result = await send(email, password)
      if (result.is === 'signed-in') this.close()
      else if (result.is === 'refused') this.problem = inOurWords(result.message)
      else {
        const { records, unsynced } = result
        this.model.unfinished.drop(this.form)
        ask(this, { open: { is: 'other-library', email: result.email, records, unsynced } })
      }
    }, 'That did not work. Reload the page and try again; what is on this device is kept.')
  }
}

customElements.define('pawkit-sign-in-dialog', SignInDialog)
