import { css, html, nothing } from 'lit'
import type { OpenReceipts } from '../device-model.ts'
import { receiptsWords, UNNAMED } from '../device-words.ts'
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
      div {
        padding: 10px 24px;
        border-top: 1px solid var(--line);
        color: var(--ink-soft);
        font-size: var(--text-13);
        overflow-wrap: anywhere;
        text-wrap: pretty;
      }
      summary {
        cursor: pointer;
      }
      ul {
        margin-top: 4px;
      }
      @media (max-width: 699px) {
        div {
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
    const line = words.map((part) => (typeof part === 'string' ? part : html`<bdi>${part.name}</bdi>`))
    const timed = receipts.flatMap(({ name, since }) => (since === null ? [] : { name, since }))
    return html`<div>${timed.length === 0 ? html`<p>${line}</p>` : this.#folded(line, timed)}</div>`
  }

  /** Opens to the times in full. */
  #folded(line: readonly unknown[], timed: readonly { readonly name: string; readonly since: number }[]) {
    return html`<details>
      <summary>${line}</summary>
      <ul role="list">
        ${timed.map(({ name, since }) => html`<li><bdi>${name || UNNAMED}</bdi>: ${fullTime(since)}</li>`)}
      </ul>
    </details>`
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
