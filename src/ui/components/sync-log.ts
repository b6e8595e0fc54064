import { css, html } from 'lit'
import { type JournalLevel, type JournalRow, levelOf, recordOf } from '../../core/journal.ts'
import { titleOf } from '../../core/records.ts'
import { PawkitElement } from '../element.ts'
import { journalText } from '../journal-words.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { panelPart } from '../styles/panel-part.ts'
import { clockTime, fullTime } from '../words.ts'

/** As many rows as a person reads; the export has them all. */
const SHOWN = 200

/** Region `Sync log`: every step of sync, newest first, by record and level. Live while it is open. */
export class SyncLog extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    rows: { state: true },
    level: { state: true },
    record: { state: true },
  }
  declare rows: readonly JournalRow[]
  declare level: JournalLevel | 'all'
  declare record: string

  static override styles = [
    base,
    controls,
    panelPart,
    css`
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
      }
      .filters {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
        gap: 12px;
        margin: 12px 0 16px;
      }
      .filters label {
        margin: 0;
        color: var(--ink-soft);
        font-weight: 400;
      }
      select {
        display: block;
        width: 100%;
        margin-top: 4px;
        min-height: 36px;
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 0 8px;
        background: var(--surface);
        color: var(--ink);
        font: inherit;
      }
      ol {
        display: grid;
        gap: 6px;
        font-size: var(--text-13);
      }
      li {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 8px;
        overflow-wrap: anywhere;
      }
      time {
        color: var(--ink-soft);
        font-variant-numeric: tabular-nums;
      }
      .warn {
        color: var(--warn);
      }
      .error {
        color: var(--bad);
      }
    `,
  ]

  constructor() {
    super()
    this.rows = []
    this.level = 'all'
    this.record = ''
    this.watch('summary')
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#read()
    this.model.addEventListener('summary', this.#read)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.model.removeEventListener('summary', this.#read)
  }

  override render() {
    const named = [...new Set(this.rows.flatMap(({ event }) => recordOf(event) ?? []))]
    const shown = this.rows.filter(
      ({ event }) =>
        (this.level === 'all' || levelOf(event) === this.level) &&
        (this.record === '' || recordOf(event) === this.record),
    )
    return html`<section role="region" aria-label="Sync log">
      <header>
        <h3>Sync log</h3>
        <button class="outlined" @click=${() => void this.model.log.exportFile()}>Export</button>
      </header>
      <div class="filters">
        <label>Level
          <select @change=${this.#onLevel}>
            <option value="all">All</option>
            <option value="info">Steps</option>
            <option value="warn">Warnings</option>
            <option value="error">Errors</option>
          </select></label
        >
        <label>Record
          <select @change=${this.#onRecord}>
            <option value="">All</option>
            ${named.map((id) => html`<option value=${id}>${this.#title(id)}</option>`)}
          </select></label
        >
      </div>
      ${
        shown.length === 0
          ? html`<p>Nothing yet. Every step of sync is written down here, without what you wrote.</p>`
          : html`<ol role="list">${shown.slice(0, SHOWN).map((row) => this.#row(row))}</ol>`
      }
    </section>`
  }

  #row({ at, event }: JournalRow) {
    const level = levelOf(event)
    return html`<li class=${level}>
      <time title=${fullTime(at)}>${clockTime(at)}</time>
      <span>${journalText(event, this.#title(recordOf(event) ?? ''))}</span>
    </li>`
  }

  #title(id: string): string {
    const view = this.model.records.get(this.model.resolveId(id))
    return view ? titleOf(view.record) : id.slice(0, 8)
  }

  readonly #read = async (): Promise<void> => {
    this.rows = await this.model.log.read()
  }

  readonly #onLevel = (event: Event): void => {
    this.level = (event.target as HTMLSelectElement).value as JournalLevel | 'all'
  }

  readonly #onRecord = (event: Event): void => {
    this.record = (event.target as HTMLSelectElement).value
  }
}

customElements.define('pawkit-sync-log', SyncLog)
