import { css, html, nothing } from 'lit'
import { createRef, ref } from 'lit/directives/ref.js'
import type { Figures } from '../../core/status.ts'
import './failed-changes.ts'
import './tab-drafts.ts'
import './open-conflicts.ts'
import './open-tabs.ts'
import './sync-log.ts'
import { PawkitElement } from '../element.ts'
import { icon } from '../icons.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { floating } from '../styles/floating.ts'
import { clockTime, count, fullTime } from '../words.ts'

const FIGURES: readonly [figure: keyof Figures, words: string][] = [
  ['queue', 'In the queue'],
  ['pending', 'Waiting'],
  ['processing', 'Being sent'],
  ['failed', 'Failed'],
  ['conflicts', 'Conflicts'],
]

/** Region `Sync status`: one sentence, then the figures as the store has them. Stays open while one works on. */
export class SyncPanel extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    open: { type: Boolean },
    busy: { state: true },
    log: { state: true },
    devices: { state: true },
  }
  declare open: boolean
  declare busy: boolean
  declare log: boolean
  /** The part with other devices has been loaded, which few look at. */
  declare devices: boolean
  readonly #panel = createRef<HTMLElement>()

  static override styles = [
    base,
    controls,
    floating,
    css`
      .panel {
        inset: auto auto calc(12px + var(--above, 0px)) 240px;
        width: min(380px, calc(100vw - 24px));
        /* It stays open while one works on: the newest records can be reached above it. */
        max-height: max(320px, calc(100dvh - 220px));
        overflow: auto;
        padding: 20px 24px 24px;
      }
      @media (max-width: 1099px) {
        .panel {
          inset: 60px auto auto 12px;
          max-height: calc(100dvh - 76px);
        }
      }
      @media (max-width: 699px) {
        .panel {
          inset: auto 8px calc(64px + env(safe-area-inset-bottom)) 8px;
          width: auto;
        }
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        margin: -8px -8px 4px 0;
      }
      .sentence {
        font-size: var(--text-17);
        line-height: 1.4;
        text-wrap: pretty;
      }
      .alarm {
        margin-top: 8px;
        color: var(--bad);
        text-wrap: pretty;
      }
      .alarm button {
        margin-top: 8px;
        color: var(--ink);
      }
      .reload {
        margin-top: 12px;
      }
      dl {
        display: grid;
        grid-template-columns: 1fr auto;
        margin: 16px 0;
        border-block: 1px solid var(--line);
        padding: 8px 0;
      }
      dt,
      dd {
        padding: 4px 0;
      }
      dd {
        text-align: end;
        font-variant-numeric: tabular-nums;
        font-weight: var(--weight-strong);
      }
      .sum {
        font-weight: var(--weight-strong);
      }
      .part {
        padding-inline-start: 12px;
        color: var(--ink-soft);
      }
      .zero {
        color: var(--ink-soft);
        font-weight: 400;
      }
      footer {
        display: flex;
        align-items: center;
        gap: 12px;
        margin-top: 16px;
      }
      .notes {
        display: grid;
        gap: 4px;
        font-size: var(--text-13);
        color: var(--ink-soft);
      }
    `,
  ]

  constructor() {
    super()
    this.open = false
    this.busy = false
    this.log = false
    this.devices = false
    this.watch('summary', 'tabs')
  }

  override updated(): void {
    const panel = this.#panel.value
    if (!panel || panel.matches(':popover-open') === this.open) return
    if (this.open) {
      if (!this.devices) void this.#loadDevices()
      panel.showPopover()
      panel.focus({ preventScroll: true })
    } else panel.hidePopover()
  }

  /** For who has lost the focus: a button in here went with what it was about. */
  override focus(options?: FocusOptions): void {
    if (this.open) this.#panel.value?.focus(options)
  }

  override render() {
    const { summary, tabs, vanishing } = this.model
    return html`<aside
      ${ref(this.#panel)}
      class="panel"
      popover="manual"
      role="region"
      aria-label="Sync status"
      tabindex="-1"
      @keydown=${this.#onKey}
    >
      <header>
        <h2>Sync status</h2>
        <button class="bare" aria-label="Close" title="Close" @click=${this.#close}>${icon('close')}</button>
      </header>
      <p class="sentence">${summary.sentence}</p>
      ${summary.alarm === null ? nothing : html`<p class="alarm" role="alert">${summary.alarm}</p>`}
      ${
        summary.tooOld
          ? html`<p class="reload"><button class="primary" @click=${() => this.model.reload()}>Reload</button></p>`
          : nothing
      }
      ${
        vanishing.count === 0
          ? nothing
          : html`<div class="alarm">
              <p>${count(vanishing.count, 'record')} would vanish from this device.</p>
              <button class="outlined" @click=${() => vanishing.look()}>Look at them</button>
            </div>`
      }
      <dl>
        ${FIGURES.map(([figure, words]) => {
          const many = summary.figures[figure]
          return html`<dt class=${figure === 'queue' ? 'sum' : 'part'}>${words}</dt>
            <dd class=${many === 0 ? 'zero' : ''} data-sync-figure=${figure}>${many}</dd>`
        })}
        <dt class="sum">Open tabs</dt>
        <dd>
          ${tabs.control === 'active' ? nothing : html`<span class="part">(read-only)</span> `}<span data-sync-figure="sessions">${tabs.sessions.length}</span>
        </dd>
      </dl>
      <div class="notes">
        ${summary.lastSynced === null ? nothing : html`<p>Last synced <time title=${fullTime(summary.lastSynced)}>${clockTime(summary.lastSynced)}</time></p>`}
        ${summary.nextTry === null ? nothing : html`<p>Next try at ${clockTime(summary.nextTry)}</p>`}
        <p>${summary.backgroundText}</p>
        ${summary.clockText === null ? nothing : html`<p>${summary.clockText}</p>`}
      </div>
      <footer>
        <button class="outlined" aria-busy=${this.busy ? 'true' : 'false'} @click=${this.#sync}>${icon('turning')}Sync now</button>
        <button class="outlined" aria-expanded=${this.log ? 'true' : 'false'} @click=${this.#toggleLog}>Sync log</button>
      </footer>
      <pawkit-tab-drafts .model=${this.model} @closed=${() => this.focus({ preventScroll: true })}></pawkit-tab-drafts>
      <pawkit-open-conflicts .model=${this.model}></pawkit-open-conflicts>
      <pawkit-failed-changes .model=${this.model}></pawkit-failed-changes>
      <pawkit-open-tabs .model=${this.model}></pawkit-open-tabs>
      ${this.devices && this.open ? html`<pawkit-other-devices .model=${this.model}></pawkit-other-devices>` : nothing}
      ${this.log ? html`<pawkit-sync-log .model=${this.model}></pawkit-sync-log>` : nothing}
    </aside>`
  }

  async #loadDevices(): Promise<void> {
    try {
      await import('./other-devices.ts')
      this.devices = true
    } catch {
      // Not there now; the next time the panel is opened, it is tried again.
    }
  }

  readonly #toggleLog = (): void => {
    this.log = !this.log
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent('closed'))
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    this.#close()
  }

  readonly #sync = async (): Promise<void> => {
    this.busy = true
    try {
      await this.model.syncNow()
    } finally {
      this.busy = false
    }
  }
}

customElements.define('pawkit-sync-panel', SyncPanel)
