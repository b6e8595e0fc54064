import { css, html, nothing, type TemplateResult } from 'lit'
import { titleOf } from '../../core/records.ts'
import { resolveButton, resolveStyles } from '../components/resolve-button.ts'
import type { Layout } from '../controllers/layout-controller.ts'
import { PawkitElement } from '../element.ts'
import { icon, mark } from '../icons.ts'
import { isLive } from '../library.ts'
import { tellProblem } from '../outcome.ts'
import type { Route } from '../router.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'

/** The detail pane with no record open in it: the first step, what is in the Trash, what is not here. */
export class QuietPage extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    route: { attribute: false },
    recordId: {},
    layout: {},
  }
  declare route: Route
  /** The id the address leads to; null where it names none. */
  declare recordId: string | null
  declare layout: Layout

  static override styles = [
    base,
    controls,
    resolveStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 100%;
      }
      .back {
        align-self: flex-start;
        margin: 6px;
      }
      .quiet {
        flex: 1;
        display: grid;
        justify-items: center;
        align-content: center;
        gap: 12px;
        padding: 24px 32px 12vh;
        text-align: center;
        text-wrap: balance;
      }
      .quiet p {
        max-width: 28em;
      }
      h2 {
        font-size: var(--text-20);
        max-width: 22em;
      }
      .app-mark {
        width: 56px;
        height: 56px;
        margin-bottom: 4px;
        color: color-mix(in oklab, var(--ink) 18%, var(--surface));
      }
      .paw {
        fill: var(--surface);
      }
      .quiet .outlined {
        margin-top: 8px;
      }
    `,
  ]

  constructor() {
    super()
    this.watch('records', 'summary')
  }

  override render() {
    return html`${
      this.layout === 'phone'
        ? html`<a class="button bare back" href="/" data-back aria-label="Back" title="Back">${icon('back')}</a>`
        : nothing
    }
      <div class="quiet">${mark()}${this.#words()}</div>`
  }

  #words(): TemplateResult {
    if (this.route.page === 'library') return this.#start()
    if (this.recordId === null) {
      return html`<h2>There is nothing at this address</h2>
        <p class="soft">The link may be cut short. Everything you have is in the list.</p>`
    }
    const view = this.model.records.get(this.recordId)
    if (view) {
      const { record } = view
      const title = titleOf(record)
      return html`<h2 id="gone">“${title}” is in the Trash</h2>
        <p class="soft">It can be read and changed again once it is restored.</p>
        <button class="outlined" aria-description=${title} @click=${() => void tellProblem(this.model, title, this.model.restore(record.id))}>
          ${icon('restore')}Restore
        </button>${resolveButton(view)}`
    }
    const { account, connection } = this.model.summary
    return html`<h2>This is not on this device (yet)</h2>
      <p class="soft">
        ${
          !account
            ? 'It may have been made on another device. Sign in there and here with one account, and it comes.'
            : connection === 'online'
              ? 'It may be on its way from another device; it appears here by itself.'
              : 'It may be on another device. It appears here once this one is connected again.'
        }
      </p>`
  }

  #start(): TemplateResult {
    const empty = ![...this.model.records.values()].some(isLive)
    return empty
      ? html`<h2>A quiet place for what you want to keep</h2>
          <p class="soft">Choose <b>New note</b> and begin to write. It is saved on this device with every letter, online or not.</p>`
      : html`<p class="soft">Open something from the list, or begin a new note.</p>`
  }
}

customElements.define('pawkit-quiet-page', QuietPage)
