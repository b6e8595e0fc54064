import { css, html, nothing, type TemplateResult } from 'lit'
import { PawkitElement } from '../element.ts'
import type { StorageFacts } from '../model.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { settingsPart } from '../styles/settings-part.ts'
import { ago, bytes } from '../words.ts'

/** The estimate and the age of what waits go on by themselves, ms. */
const LOOK_AGAIN = 20_000

/** Section `Storage` of the settings: how safe and how large the library is on this device, and what is only here. */
export class StorageSection extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    facts: { state: true },
    refused: { state: true },
  }
  declare facts: StorageFacts | null
  declare refused: boolean
  #timer: ReturnType<typeof setInterval> | undefined
  readonly #look = (): void => void this.#read()

  static override styles = [
    base,
    controls,
    settingsPart,
    css`
      p + p {
        margin-top: 6px;
      }
      button {
        margin-block: 12px;
      }
    `,
  ]

  constructor() {
    super()
    this.facts = null
    this.refused = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.model.addEventListener('summary', this.#look)
    this.#timer = setInterval(this.#look, LOOK_AGAIN)
    this.#look()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.model.removeEventListener('summary', this.#look)
    clearInterval(this.#timer)
  }

  override render() {
    const { facts } = this
    return html`<section aria-labelledby="heading">
      <h3 id="heading">Storage</h3>
      ${facts === null ? nothing : html`${this.#safety(facts)}${this.#size(facts)}${this.#waiting(facts)}`}
    </section>`
  }

  #safety({ persistent }: StorageFacts): TemplateResult {
    if (persistent === null)
      return html`<p>This browser does not say whether it may remove what is stored here.</p>`
    if (persistent) return html`<p>Kept safe: the browser does not remove your library by itself.</p>`
    return html`<p>
        Not kept safe: when room runs out, or after weeks without a visit, the browser may remove your library from this
        device.
      </p>
      <button class="outlined" @click=${this.#keepSafe}>Keep it safe</button>
      ${
        this.refused
          ? html`<p class="soft" role="status">
              The browser did not agree. It does so more readily for an installed app, a bookmarked page, or one that you use
              often.
            </p>`
          : nothing
      }`
  }

  #size({ used, available }: StorageFacts): TemplateResult | typeof nothing {
    if (used === null) return nothing
    const of = available === null ? '' : ` of about ${bytes(available)} that the browser allows`
    return html`<p class="soft numbers">About ${bytes(used)} used${of}.</p>`
  }

  #waiting({ oldestUnsynced }: StorageFacts): TemplateResult | typeof nothing {
    if (!this.model.summary.account) return nothing
    return html`<p class="soft numbers">
      ${
        oldestUnsynced === null
          ? 'No change waits to be sent to the server.'
          : `The oldest change that the server does not have was made ${ago(Date.now() - oldestUnsynced)}.`
      }
    </p>`
  }

  async #read(): Promise<void> {
    // What cannot be read now is told by the page as a whole; the figures stay as they were.
    this.facts = await this.model.storage.facts().catch(() => this.facts)
  }

  readonly #keepSafe = async (): Promise<void> => {
    this.refused = !(await this.model.storage.keepSafe())
    await this.#read()
  }
}

customElements.define('pawkit-storage-section', StorageSection)
