import { css, html, nothing } from 'lit'
import type { OpenReceipts } from '../device-model.ts'
import { receiptsWords } from '../device-words.ts'
import { PawkitElement } from '../element.ts'
import { base } from '../styles/base.ts'
import { fullTime } from '../words.ts'

/** Below a record's history: on which other devices it is as it is here. Nothing where none has said so. */
export class ReceiptLine extends PawkitElement {
  static override properties = { ...PawkitElement.properties, recordId: {} }
  declare recordId: string
  #watch: OpenReceipts | null = null

  static override styles = [
    base,
    css`
      p {
        padding: 10px 24px;
        border-top: 1px solid var(--line);
        color: var(--ink-soft);
        font-size: var(--text-13);
        overflow-wrap: anywhere;
        text-wrap: pretty;
      }
      @media (max-width: 699px) {
        p {
          padding: 10px 16px calc(10px + env(safe-area-inset-bottom));
        }
      }
    `,
  ]

  override firstUpdated(): void {
    void this.#open()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#watch?.close()
  }

  override render() {
    const receipts = this.#watch?.receipts ?? []
    const words = receiptsWords(receipts, Date.now())
    if (words === null) return nothing
    const times = receipts.map(({ name, since }) => `${name}: ${since === null ? '' : fullTime(since)}`)
    return html`<p title=${times.join('\n')}>${words}</p>`
  }

  async #open(): Promise<void> {
    try {
      const watch = await this.model.devices.receipts(this.recordId)
      this.#watch = watch
      if (!this.isConnected) return watch.close()
      watch.addEventListener('change', () => this.requestUpdate())
      this.requestUpdate()
    } catch {
      // Not loaded: the history itself says what it can.
    }
  }
}

customElements.define('pawkit-receipt-line', ReceiptLine)
