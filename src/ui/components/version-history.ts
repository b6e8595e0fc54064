import { html, nothing, type PropertyValues } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { titleOf } from '../../core/records.ts'
import type { OpenHistory, PutBack } from '../history.ts'
import { icon } from '../icons.ts'
import { problemOf } from '../outcome.ts'
import { DialogElement } from './dialog-element.ts'
import './receipt-line.ts'
import { versionEntry } from './version-entry.ts'
import { panelStyles, versionStyles } from './version-history.styles.ts'

/** One timeline of a record: the server's revisions and the values that this device put aside. */
class VersionHistory extends DialogElement {
  static override properties = {
    ...DialogElement.properties,
    recordId: {},
    same: { state: true },
  }
  declare recordId: string
  /** A version was chosen that the record is like already: said in words. */
  declare same: string | null
  protected override readonly heading = 'Version history'
  #history: OpenHistory | null = null
  /** As the record was called when it was opened: restoring an older title renames it. */
  #title = ''

  static override styles = [...DialogElement.styles, panelStyles, versionStyles]

  constructor() {
    super()
    this.same = null
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('recordId')) return
    const record = this.model.records.get(this.recordId)?.record
    this.#title = record ? titleOf(record) : 'This record'
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#history?.close()
  }

  protected override async prepare(): Promise<void> {
    try {
      this.#history = await this.model.history.open(this.recordId)
      if (!this.isConnected) this.#history.close()
      this.#history.addEventListener('change', () => this.requestUpdate())
      this.requestUpdate()
    } catch {
      this.problem = 'The library on this device could not be read. Close this and try again.'
    }
  }

  protected override body() {
    const history = this.#history
    return html`<p class="of" id="of" dir="auto">${this.#title}</p>
      <button class="bare close" aria-label="Close" title="Close" @click=${() => this.close()}>${icon('close')}</button>
      <div class="scroll" tabindex="-1" autofocus>
        <div class="server said" role="status">${history ? this.#server(history) : nothing}</div>
        ${history ? this.#list(history) : nothing}
      </div>
      <pawkit-receipt-line .model=${this.model} .recordId=${this.recordId}></pawkit-receipt-line>
      <div class="same said" role="status">${this.same ?? nothing}</div>
      ${this.problemLine()}`
  }

  #server({ server, items }: OpenHistory) {
    if (server.is === 'reading') return html`<p>Reading the versions on the server…</p>`
    if (server.is === 'read') return items.length === 0 ? html`<p>Nothing is kept of it yet.</p>` : nothing
    return html`<p>${server.why}</p>
      ${server.again ? html`<button class="outlined" @click=${this.#again}>Try again</button>` : nothing}`
  }

  #list(history: OpenHistory) {
    const now = Date.now()
    const { items, more, readingOlder, noOlder } = history
    return html`${
      items.length === 0
        ? nothing
        : html`<ol role="list" aria-label="Versions">
            ${repeat(
              items,
              ({ key }) => key,
              (item) => versionEntry(item, 'of', now, this.#restore),
            )}
          </ol>`
    }
    ${
      more
        ? html`<button class="outlined older" aria-busy=${readingOlder ? 'true' : 'false'} @click=${() => void history.older()}>${readingOlder ? 'Reading…' : 'Show older'}</button>`
        : nothing
    }
    <p class="not-older" role="status">${noOlder ?? nothing}</p>`
  }

  readonly #again = (): void => {
    // The button goes as it is pressed.
    this.renderRoot.querySelector<HTMLElement>('.scroll')?.focus()
    void this.#history?.again()
  }

  readonly #restore = (values: PutBack): void => void this.#put(values)

  async #put(values: PutBack): Promise<void> {
    if (this.busy || !this.#history) return
    this.busy = true
    this.problem = null
    this.same = null
    try {
      const result = await this.#history.restore(values)
      if (result === 'same') this.same = `“${this.#title}” is like this already.`
      else {
        this.problem = problemOf(result)
        // What offers `Undo` is behind this dialog.
        if (this.problem === null) this.close()
      }
    } catch {
      this.problem = 'This device could not save it. Nothing was changed.'
    } finally {
      this.busy = false
    }
  }
}

customElements.define('pawkit-version-history', VersionHistory)
