import { css, html, nothing } from 'lit'
import type { ConnectionState } from '../../core/status.ts'
import { conflictsWords } from '../conflict-words.ts'
import { PawkitElement } from '../element.ts'
import { type IconName, icon } from '../icons.ts'
import type { SyncSummary } from '../model.ts'
import { ask } from '../requests.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'

const WORDS: Readonly<Record<ConnectionState, string>> = {
  online: 'Online',
  offline: 'Offline',
  'signed-out': 'Signed out',
  'server-unreachable': 'No server',
}

/** One look at how things are: what waits for a person first, then the network, then what is on its way. */
function iconOf({ account, connection, figures, alarm }: SyncSummary, asked: boolean): IconName {
  if (asked || figures.failed > 0 || alarm !== null || connection === 'signed-out') return 'alert'
  if (figures.conflicts > 0) return 'apart'
  if (connection !== 'online') return 'cloud-off'
  if (!account) return 'device'
  return figures.queue > 0 ? 'cloud-up' : 'cloud'
}

/** Button `Sync status`, quiet when all is well, and the state of the network in words. */
export class SyncButton extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    form: { reflect: true },
    expanded: { type: Boolean },
  }
  declare form: 'row' | 'icon' | 'tab'
  declare expanded: boolean

  /** So that who closes the status can give the focus back to this element. */
  static override shadowRootOptions = { ...PawkitElement.shadowRootOptions, delegatesFocus: true }

  static override styles = [
    base,
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        position: relative;
      }
      :host([form='row']) button {
        flex: 1;
        justify-content: flex-start;
        gap: 10px;
        padding: 0 10px;
        font-weight: 400;
      }
      .words {
        color: var(--ink-soft);
        font-size: var(--text-13);
        white-space: nowrap;
      }
      :host([form='icon']) .words {
        margin-inline-end: 10px;
      }
      :host([form='row']) .words {
        position: absolute;
        right: 10px;
        pointer-events: none;
      }
      :host([form='tab']) {
        flex: 1;
        flex-direction: column;
      }
      :host([form='tab']) button {
        flex-direction: column;
        gap: 2px;
        width: 100%;
        min-height: 56px;
        padding: 0 4px;
        font-size: var(--text-12);
      }
      :host([form='tab']) .words {
        position: absolute;
        top: -22px;
        padding: 1px 8px;
        border-radius: 999px;
        background: var(--ink);
        color: var(--paper);
        font-size: var(--text-12);
        pointer-events: none;
      }
      :host([form]) .online.words {
        color: var(--ink-soft);
      }
      .badge {
        position: absolute;
        top: 1px;
        left: 20px;
        min-width: 18px;
        padding: 0 5px;
        border-radius: 999px;
        background: var(--warn);
        color: var(--paper);
        font-size: var(--text-12);
        font-weight: var(--weight-title);
        line-height: 18px;
        text-align: center;
      }
      /* Drawn, not written: the button's words stay what they are. */
      .badge::before {
        content: attr(data-many);
      }
      :host([form='tab']) .badge {
        left: calc(50% + 4px);
      }
      .trouble .icon {
        color: var(--bad);
      }
      .away .icon {
        color: var(--warn);
      }
      .away ~ .words {
        color: var(--warn);
      }
      :host([form='tab']) .away ~ .words {
        color: var(--paper);
      }
    `,
  ]

  constructor() {
    super()
    this.form = 'row'
    this.expanded = false
    this.watch('summary')
  }

  override render() {
    const { summary } = this.model
    const { connection } = summary
    const { conflicts } = summary.figures
    const name = iconOf(summary, this.model.vanishing.count > 0)
    const tone = name === 'alert' ? 'trouble' : connection === 'online' ? '' : 'away'
    // In the icon's and the bar's form the word is only there to be seen when it matters.
    const seen = this.form === 'row' || connection !== 'online'
    return html`<button
        class=${tone}
        aria-label="Sync status"
        aria-expanded=${this.expanded ? 'true' : 'false'}
        aria-description=${conflicts > 0 ? conflictsWords(conflicts) : nothing}
        title=${summary.sentence}
        @click=${() => ask(this, { do: 'sync-status' })}
      >
        ${icon(name)}${this.form === 'row' ? 'Sync status' : this.form === 'tab' ? 'Status' : ''}${this.#badge()}</button
      ><span class="${seen ? 'words' : 'visually-hidden'} ${connection}" data-connection=${connection}>${WORDS[connection]}</span>`
  }

  /** How many conflicts wait for a person; the description says it in words. */
  #badge() {
    const { conflicts } = this.model.summary.figures
    return conflicts === 0
      ? nothing
      : html`<span class="badge numbers" data-many=${conflicts} aria-hidden="true"></span>`
  }
}

customElements.define('pawkit-sync-button', SyncButton)
