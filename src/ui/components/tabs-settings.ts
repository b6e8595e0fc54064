import { css, html } from 'lit'
import { PawkitElement } from '../element.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { settingsPart } from '../styles/settings-part.ts'
import { problemLine } from './problem.ts'

/** Section `Tabs` of the settings: whether a tab asks before it takes control. */
export class TabsSettings extends PawkitElement {
  static override properties = { ...PawkitElement.properties, problem: { state: true } }
  declare problem: string | null

  static override styles = [
    base,
    controls,
    settingsPart,
    css`
      label {
        display: inline-flex;
        align-items: center;
        gap: 10px;
        min-height: max(var(--target), 40px);
        margin: 6px 0 0;
        font-size: var(--text-15);
        font-weight: 400;
        cursor: pointer;
      }
    `,
  ]

  constructor() {
    super()
    this.problem = null
    this.watch('tabs')
  }

  override render() {
    return html`<section aria-labelledby="heading">
      <h3 id="heading">Tabs</h3>
      <p class="soft" id="what">
        With several tabs open, one of them may write and the others show every change. Without this choice a tab asks
        before it takes control.
      </p>
      <label>
        <input
          type="checkbox"
          aria-describedby="what"
          .checked=${this.model.tabs.taking === 'focus'}
          @change=${this.#choose}
        />Take control when a tab is focused
      </label>
      ${problemLine(this.problem)}
    </section>`
  }

  readonly #choose = async (event: Event): Promise<void> => {
    const take = event.target instanceof HTMLInputElement && event.target.checked
    this.problem = null
    try {
      await this.model.tabs.setTaking(take ? 'focus' : 'ask')
    } catch {
      this.problem = 'That choice was not saved. Try it again.'
      this.requestUpdate()
    }
  }
}

customElements.define('pawkit-tabs-settings', TabsSettings)
