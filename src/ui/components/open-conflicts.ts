import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { sidesOf } from '../conflict-words.ts'
import { PawkitElement } from '../element.ts'
import type { ConflictView } from '../model.ts'
import { ask } from '../requests.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { panelPart } from '../styles/panel-part.ts'

/** Region `Open conflicts`: every record that was changed in two places and waits for a person. */
export class OpenConflicts extends PawkitElement {
  static override styles = [
    base,
    controls,
    panelPart,
    css`
      li {
        display: flex;
        align-items: center;
        gap: 12px;
        margin-top: 12px;
      }
      li > div {
        flex: 1;
        min-width: 0;
      }
      .title {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ]
  readonly #render = (): void => this.requestUpdate()

  override connectedCallback(): void {
    super.connectedCallback()
    this.model.conflicts.addEventListener('change', this.#render)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.model.conflicts.removeEventListener('change', this.#render)
  }

  override render() {
    const { open } = this.model.conflicts
    if (open.length === 0) return nothing
    return html`<section role="region" aria-label="Open conflicts">
      <h3>Conflicts</h3>
      <ul role="list">
        ${repeat(
          open,
          ({ id }) => id,
          (view) => this.#entry(view),
        )}
      </ul>
    </section>`
  }

  #entry(view: ConflictView) {
    const { where, theirs } = sidesOf(view, this.model.summary.account, Date.now())
    return html`<li>
      <div>
        <p class="title" dir="auto">${view.title}</p>
        <p class="why">Also changed ${where}${theirs === '' ? '' : `: ${theirs}`}</p>
      </div>
      <button
        class="outlined"
        aria-label="Resolve conflict"
        aria-description=${view.title}
        @click=${() => ask(this, { open: { is: 'resolve', id: view.id } })}
      >
        Resolve
      </button>
    </li>`
  }
}

customElements.define('pawkit-open-conflicts', OpenConflicts)
