import { css, html, nothing, type TemplateResult } from 'lit'
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts'
import { PawkitElement } from '../element.ts'
import { POLICY_ROWS } from '../policy-words.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { settingsPart } from '../styles/settings-part.ts'
import { problemLine } from './problem.ts'

/** Section `Conflicts` of the settings: what is done where two sides changed the same, one choice a kind. */
export class ConflictSettings extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    policy: { state: true },
    problem: { state: true },
    saved: { state: true },
  }
  /** Null: not read yet. */
  declare policy: Policy | null
  declare problem: string | null
  /** The newest choice is stored. */
  declare saved: boolean
  /** How many choices were made here. */
  #choices = 0

  static override styles = [
    base,
    controls,
    settingsPart,
    css`
      fieldset {
        margin-top: 20px;
      }
      legend {
        padding: 0;
        margin-bottom: 4px;
        font-weight: var(--weight-strong);
      }
      label {
        display: grid;
        grid-template-columns: 18px minmax(0, 1fr);
        gap: 0 10px;
        align-items: center;
        max-width: 44em;
        min-height: max(var(--target), 36px);
        margin: 0;
        padding: 6px 10px;
        border-radius: var(--radius-control);
        font-size: var(--text-15);
        font-weight: 400;
        cursor: pointer;
      }
      label:has(:checked) {
        background: var(--selected);
      }
      .saved {
        min-height: 1.45em;
        margin-top: 8px;
        color: var(--ink-soft);
        font-size: var(--text-13);
      }
      .default {
        color: var(--ink-soft);
        font-size: var(--text-13);
      }
      .example {
        grid-column: 2;
        margin: 1px 0 2px;
        color: var(--ink-soft);
        font-size: var(--text-13);
        text-wrap: pretty;
      }
    `,
  ]

  constructor() {
    super()
    this.policy = null
    this.problem = null
    this.saved = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // Another tab may have chosen.
    this.model.addEventListener('summary', this.#read)
    void this.#read()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.model.removeEventListener('summary', this.#read)
  }

  override render(): TemplateResult {
    return html`<section aria-labelledby="heading">
      <h3 id="heading">Conflicts</h3>
      <p class="soft">
        When something is changed in two places, Pawkit brings both together: lines of text, tags, different fields. This
        is for what cannot both be true. What loses is always kept in version history.
      </p>
      ${this.policy === null ? nothing : POLICY_ROWS.map((row) => this.#row(row))} ${problemLine(this.problem)}
      <p class="saved" role="status">${this.saved ? 'Saved on this device.' : nothing}</p>
    </section>`
  }

  #row({ key, asks, choices }: (typeof POLICY_ROWS)[number]): TemplateResult {
    return html`<fieldset @change=${(event: Event) => void this.#choose(key, event)}>
      <legend>${asks}</legend>
      ${choices.map(({ value, says, example }) => {
        const chosen = this.policy?.[key] === value
        const id = `${key}-${value}`
        return html`<label>
          <input type="radio" name=${key} value=${value} .checked=${chosen} aria-labelledby=${id} aria-describedby="${id}-does" />
          <span id=${id}>${says}${DEFAULT_POLICY[key] === value ? html` <span class="default">(as it comes)</span>` : nothing}</span>
          <span id="${id}-does" class="example">${example}</span>
        </label>`
      })}
    </fieldset>`
  }

  readonly #read = async (): Promise<void> => {
    const before = this.#choices
    // What cannot be read now is told by the page as a whole.
    const policy = await this.model.conflicts.policy().catch(() => this.policy)
    // Not over what was chosen meanwhile.
    if (before === this.#choices) this.policy = policy
  }

  async #choose(key: keyof Policy, event: Event): Promise<void> {
    const chosen = event.target instanceof HTMLInputElement ? event.target.value : ''
    const known = POLICY_ROWS.find((row) => row.key === key)?.choices.some(({ value }) => value === chosen)
    if (this.policy === null || !known) return
    const choice = { [key]: chosen }
    const nth = ++this.#choices
    this.policy = { ...this.policy, ...choice }
    this.problem = null
    this.saved = false
    try {
      await this.model.conflicts.setPolicy(choice)
      this.saved = nth === this.#choices
    } catch {
      this.problem = 'That choice was not saved. Try it again.'
      await this.#read()
    }
  }
}

customElements.define('pawkit-conflict-settings', ConflictSettings)
