import { css, html, nothing } from 'lit'
import '../components/conflict-settings.ts'
import '../components/history-settings.ts'
import { pageHead } from '../components/page-head.ts'
import '../components/storage-section.ts'
import '../components/tabs-settings.ts'
import '../components/verify-section.ts'
import type { Layout } from '../controllers/layout-controller.ts'
import { PawkitElement } from '../element.ts'
import { deletedOnes, isLive } from '../library.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { plainPage } from '../styles/plain-page.ts'
import { chooseTheme, chosenTheme, THEMES, type Theme } from '../theme.ts'
import { count, number } from '../words.ts'

const THEME_WORDS: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' }

/** What there is to say of this device, and the few things to choose. */
export class SettingsPage extends PawkitElement {
  static override properties = { ...PawkitElement.properties, layout: {} }
  declare layout: Layout

  static override styles = [
    base,
    controls,
    plainPage,
    css`
      section {
        padding-block: 16px;
        border-top: 1px solid var(--line);
      }
      .head + section {
        border-top: 0;
      }
      h3 {
        font-size: var(--text-17);
        margin-bottom: 6px;
      }
      p {
        max-width: 44em;
        text-wrap: pretty;
      }
      p + p {
        margin-top: 6px;
      }
      .themes {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .themes legend {
        padding: 0;
        margin-bottom: 8px;
        font-size: var(--text-17);
        font-weight: var(--weight-title);
        line-height: 1.25;
      }
      .themes label {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: max(var(--target), 40px);
        margin: 0;
        padding: 0 16px 0 12px;
        border: 1px solid var(--line);
        border-radius: var(--radius-control);
        font-size: var(--text-15);
        font-weight: 400;
        cursor: pointer;
      }
      .themes label:has(:checked) {
        border-color: var(--accent);
        background: var(--selected);
      }
      @media (max-width: 699px) {
        .themes {
          gap: 6px;
        }
        .themes label {
          padding-inline: 10px 12px;
        }
      }
    `,
  ]

  constructor() {
    super()
    this.watch('records', 'summary')
  }

  override render() {
    const { records, summary } = this.model
    const live = [...records.values()].filter(isLive).length
    const gone = deletedOnes(records).length
    return html`<article>
      ${pageHead('Settings', this.layout)}
      <section>
        <h3>Account</h3>
        ${
          summary.account
            ? html`<p>Signed in as <b>${summary.account.email}</b>.</p>`
            : html`<p>No account: everything works, and stays on this device.</p>
                <p class="soft">Signing in puts your library on your other devices too.</p>`
        }
      </section>
      <section>
        <h3>This device</h3>
        <p class="numbers">
          ${count(live, 'record')} in the library${gone > 0 ? html`, ${number(gone)} in the Trash` : nothing}.
        </p>
        <p class="soft">${summary.sentence}</p>
      </section>
      <section>
        <h3>Sync</h3>
        <p>${summary.backgroundText}</p>
        ${summary.clockText === null ? nothing : html`<p>${summary.clockText}</p>`}
      </section>
      <section><pawkit-conflict-settings .model=${this.model}></pawkit-conflict-settings></section>
      <section><pawkit-history-settings .model=${this.model}></pawkit-history-settings></section>
      <section><pawkit-tabs-settings .model=${this.model}></pawkit-tabs-settings></section>
      <section><pawkit-storage-section .model=${this.model}></pawkit-storage-section></section>
      <section><pawkit-verify-section .model=${this.model}></pawkit-verify-section></section>
      <section>
        <fieldset class="themes" @change=${this.#onTheme}>
          <legend>Appearance</legend>
          ${THEMES.map(
            (theme) => html`<label>
              <input type="radio" name="theme" value=${theme} ?checked=${theme === chosenTheme()} />${THEME_WORDS[theme]}
            </label>`,
          )}
        </fieldset>
      </section>
      <section>
        <h3>About</h3>
        <p class="soft">Pawkit ${__APP_VERSION__}</p>
      </section>
    </article>`
  }

  readonly #onTheme = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return
    const { value } = event.target
    chooseTheme(THEMES.find((theme) => theme === value) ?? 'system')
  }
}

customElements.define('pawkit-settings-page', SettingsPage)
