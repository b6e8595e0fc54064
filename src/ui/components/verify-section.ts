import { css, html, nothing, type TemplateResult } from 'lit'
import type { Repaired } from '../../core/verify.ts'
import { PawkitElement } from '../element.ts'
import type { Verified } from '../model.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { settingsPart } from '../styles/settings-part.ts'
import { clockTime, count, number } from '../words.ts'

/** As many as a person reads; the rest are named where they are asked for. */
const SHOWN = 50

const DONE: Readonly<Record<Repaired['done'], string>> = {
  replaced:
    'Differed. The server’s version is here now; what this device had is kept in its version history.',
  merged: 'Differed. Both were brought together and sent; what gave way is kept in its version history.',
  taken: 'Was missing on this device. It has come from the server.',
  sent: 'Was missing on the server. It has been sent.',
  left: 'Was changed meanwhile and left as it is. Verify again when it is on the server.',
}

/** In settings: compares this device with the server and says what it found. */
export class VerifySection extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    step: { state: true },
    result: { state: true },
  }
  /** What it does now, in words; null: nothing. */
  declare step: string | null
  declare result: Verified | null

  static override styles = [
    base,
    controls,
    settingsPart,
    css`
      :host {
        display: block;
      }
      button {
        margin-block: 12px 4px;
      }
      button[aria-disabled='true'] {
        color: var(--ink-soft);
        cursor: default;
      }
      .said > p {
        margin-top: 8px;
        font-variant-numeric: tabular-nums;
      }
      ul {
        display: grid;
        gap: 10px;
        margin-top: 12px;
      }
      li p:first-child {
        font-weight: var(--weight-strong);
        overflow-wrap: anywhere;
      }
      .soft {
        color: var(--ink-soft);
      }
      li p + p {
        color: var(--ink-soft);
        font-size: var(--text-13);
      }
    `,
  ]

  constructor() {
    super()
    this.step = null
    this.result = null
  }

  override render() {
    const running = this.step !== null
    return html`<h3>Proof of sync</h3>
      <p class="soft">
        Compares every record on this device with the server and brings together what differs. Nothing is
        overwritten unseen.
      </p>
      <button class="outlined" aria-disabled=${running ? 'true' : 'false'} @click=${this.#verify}>Verify my data</button>
      <div class="said" role="status">
        ${this.step === null ? this.#result() : html`<p>${this.step}</p>`}
      </div>`
  }

  #result() {
    const { result } = this
    if (!result) return nothing
    const { repaired } = result
    return html`<p>${result.is === 'compared' ? comparedText(result) : result.why}</p>
      ${repaired.length === 0 ? nothing : this.#named(repaired.slice(0, SHOWN), 'Records that differed')}
      ${
        repaired.length > SHOWN
          ? html`<details>
              <summary>And ${number(repaired.length - SHOWN)} more</summary>
              ${this.#named(repaired.slice(SHOWN), 'More records that differed')}
            </details>`
          : nothing
      }`
  }

  #named(repaired: Verified['repaired'], label: string): TemplateResult {
    return html`<ul role="list" aria-label=${label}>
      ${repaired.map(({ title, done }) => html`<li><p dir="auto">${title}</p><p>${DONE[done]}</p></li>`)}
    </ul>`
  }

  readonly #verify = (): void => {
    if (this.step === null) void this.#run()
  }

  async #run(): Promise<void> {
    this.result = null
    this.step = 'Looking…'
    try {
      this.result = await this.model.verify.run((words) => {
        this.step = words
      })
    } catch {
      // The store is lost or is another library's now: the page says that elsewhere.
      this.result = {
        is: 'unable',
        why: 'The library on this device could not be read. Try again.',
        repaired: [],
      }
    }
    this.step = null
  }
}

function comparedText({ records, waiting, repaired, at }: Extract<Verified, { is: 'compared' }>): string {
  const checked = `(checked ${clockTime(at)})`
  const left =
    waiting === 0
      ? ''
      : ` ${count(waiting, 'record')} with changes that wait ${waiting === 1 ? 'was' : 'were'} left out.`
  if (repaired.length > 0)
    return `${count(repaired.length, 'record')} of ${number(records)} differed ${checked}.${left}`
  if (records === 0) return `There is nothing to compare yet ${checked}.${left}`
  return records === 1
    ? `The 1 record here is the same on the server ${checked}.${left}`
    : `All ${number(records)} records here are the same on the server ${checked}.${left}`
}

customElements.define('pawkit-verify-section', VerifySection)
