import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { DEVICE_NAME_MAX } from '../../core/device-name.ts'
import type { DeviceView, OpenDevices } from '../device-model.ts'
import { asOfWords, notRenamed, presenceWords, syncedWords, UNNAMED } from '../device-words.ts'
import { PawkitElement } from '../element.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { panelPart } from '../styles/panel-part.ts'
import { fullTime } from '../words.ts'
import { problemLine } from './problem.ts'

/** So many others are shown at first. */
const SHOWN = 5

/** Region `Other devices`: those of the account, this one last, and what each is called. Not there without an account. */
export class OtherDevices extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    editing: { state: true },
    problem: { state: true },
    all: { state: true },
  }
  /** The id of the device that is being renamed. */
  declare editing: string | null
  /** What is in the way of renaming a device, in words. */
  declare problem: { readonly id: string; readonly words: string } | null
  declare all: boolean
  #open: OpenDevices | null = null
  #busy = false

  static override styles = [
    base,
    controls,
    panelPart,
    css`
      h3 {
        font-size: var(--text-15);
      }
      ul {
        display: grid;
        gap: 14px;
        margin-top: 12px;
      }
      .as-of {
        margin-top: 4px;
      }
      .line {
        display: flex;
        align-items: center;
        gap: 12px;
      }
      .who {
        flex: 1;
        min-width: 0;
      }
      .line button {
        flex: none;
        margin-inline-end: -4px;
        font-size: var(--text-13);
      }
      .dot {
        display: inline-block;
        width: 8px;
        height: 8px;
        margin-inline-end: 6px;
        border-radius: 50%;
        background: var(--ok);
        forced-color-adjust: none;
      }
      .why {
        font-variant-numeric: tabular-nums;
      }
      .all {
        margin-top: 8px;
      }
    `,
  ]

  constructor() {
    super()
    this.editing = null
    this.problem = null
    this.all = false
    this.watch('summary')
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#begin()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#open?.close()
    this.#open = null
    this.editing = null
    this.problem = null
  }

  async #begin(): Promise<void> {
    try {
      const open = await this.model.devices.open()
      if (!this.isConnected || this.#open) return open.close()
      this.#open = open
      open.addEventListener('change', () => {
        // What was in the way is over.
        if (this.editing === null && open.closed === null) this.problem = null
        this.requestUpdate()
      })
      this.requestUpdate()
    } catch {
      // The store is lost or another library's: the page says that elsewhere.
    }
  }

  override render() {
    const { account, connection } = this.model.summary
    const open = this.#open
    if (!open || !account || connection === 'signed-out') return nothing
    const now = Date.now()
    const { devices, asOf, why } = open
    const others = devices.filter(({ own }) => !own)
    const folded = !this.all && others.length > SHOWN + 1
    const shown = folded ? [...others.slice(0, SHOWN), ...devices.filter(({ own }) => own)] : devices
    return html`<section role="region" aria-label="Other devices">
      <h3>Other devices</h3>
      <p class="why as-of" role="status">${asOf === null ? nothing : asOfWords(asOf, why, now)}</p>
      ${others.length === 0 && asOf === null ? html`<p class="why">None yet. Sign in on another one, and it appears here.</p>` : nothing}
      <ul role="list">
        ${repeat(
          shown,
          ({ id }) => id,
          (device) =>
            html`<li>${device.id === this.editing ? this.#form(device) : this.#line(device, open, now)}</li>`,
        )}
      </ul>
      ${folded ? html`<button class="outlined all" @click=${this.#showAll}>Show all ${others.length}</button>` : nothing}
    </section>`
  }

  #line(device: DeviceView, open: OpenDevices, now: number) {
    const { id, name, own } = device
    return html`<div class="line" data-device=${id}>
        <div class="who">
          <p class="title" dir="auto">${name || UNNAMED}</p>
          ${own ? this.#own(open) : this.#state(device, open.asOf !== null, now)}
        </div>
        <button class="link" aria-description=${name || UNNAMED} @click=${() => this.#begun(device)}>Rename</button>
      </div>
      ${this.#trouble(id)}`
  }

  #own({ unsent }: OpenDevices) {
    return html`<p class="why">This device${unsent ? '. Its new name goes to the server with the next connection.' : nothing}</p>`
  }

  #state(device: DeviceView, past: boolean, now: number) {
    const dot = device.online && !past ? html`<span class="dot" aria-hidden="true"></span>` : nothing
    return html`<p class="why" title="Last seen ${fullTime(device.seenAt)}">${dot}${presenceWords(device, past, now)}</p>
      <p class="why">${syncedWords(device, past, now)}</p>`
  }

  #form({ id, name, own }: DeviceView) {
    return html`<form novalidate @submit=${(event: Event) => void this.#save(event, id)} @keydown=${this.#onKey}>
      <label for="name">${own ? 'Name of this device' : html`Name of <bdi>${name || UNNAMED}</bdi>`}</label>
      <input id="name" class="input" dir="auto" autocomplete="off" maxlength=${DEVICE_NAME_MAX} value=${name}
        aria-invalid=${this.problem ? 'true' : nothing} aria-describedby="problem" />
      <div id="problem">${this.#trouble(id)}</div>
      <div class="what">
        <button class="primary">Save</button>
        <button type="button" class="outlined" @click=${() => void this.#leave(id)}>Cancel</button>
      </div>
    </form>`
  }

  #trouble(id: string) {
    return problemLine(this.problem?.id === id ? this.problem.words : null)
  }

  #begun({ id, own }: DeviceView): void {
    const closed = this.#open?.closed ?? null
    // Said before anything is typed.
    if (!own && closed !== null) {
      this.problem = { id, words: notRenamed(closed) }
      return
    }
    this.problem = null
    this.editing = id
    void this.#select()
  }

  async #select(): Promise<void> {
    await this.updateComplete
    this.renderRoot.querySelector<HTMLInputElement>('#name')?.select()
  }

  async #save(event: Event, id: string): Promise<void> {
    event.preventDefault()
    const field = this.renderRoot.querySelector<HTMLInputElement>('#name')
    if (this.#busy || !field || !this.#open) return
    this.#busy = true
    const words = await this.#open
      .rename(id, field.value)
      .catch(() => 'That did not work. Try again, or reload the page.')
    this.#busy = false
    if (words === null) return this.#leave(id)
    this.problem = { id, words }
    field.focus()
  }

  /** The button is there again, and has the focus. */
  async #leave(id: string): Promise<void> {
    if (this.editing !== id) return
    this.editing = null
    this.problem = null
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>(`[data-device="${CSS.escape(id)}"] button`)?.focus()
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    // Not the panel's: it stays.
    event.stopPropagation()
    event.preventDefault()
    if (this.editing !== null) void this.#leave(this.editing)
  }

  /** The button goes as it is pressed: the focus is on the first that it has shown. */
  readonly #showAll = async (): Promise<void> => {
    this.all = true
    await this.updateComplete
    this.renderRoot.querySelectorAll<HTMLElement>('li button')[SHOWN]?.focus()
  }
}

customElements.define('pawkit-other-devices', OtherDevices)
