import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { PawkitElement } from '../element.ts'
import type { FailedChange } from '../model.ts'
import { ask } from '../requests.ts'
import { pathOf } from '../router.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { panelPart } from '../styles/panel-part.ts'
import { clockTime, fullTime } from '../words.ts'

/** Region `Failed changes`: every failed entry with its reason, what happens next and what a person can do. */
export class FailedChanges extends PawkitElement {
  static override styles = [
    base,
    controls,
    panelPart,
    css`
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
      }
      ul {
        display: grid;
        gap: 16px;
        margin-top: 12px;
      }
      .what .bare {
        padding-inline: 8px;
      }
    `,
  ]

  constructor() {
    super()
    this.watch('summary')
  }

  override render() {
    const { failed } = this.model.summary
    if (failed.length === 0) return nothing
    return html`<section role="region" aria-label="Failed changes">
      <header>
        <h3>Failed changes</h3>
        <button class="outlined" @click=${() => void this.model.failed.retry()}>Retry all</button>
      </header>
      <ul role="list">
        ${repeat(
          failed,
          ({ id }) => id,
          (change) => this.#entry(change),
        )}
      </ul>
    </section>`
  }

  #entry(change: FailedChange) {
    const { id, kind, title, reason, at, attempts, nextTry, waits } = change
    const tries = attempts === 1 ? 'tried once' : `tried ${attempts} times`
    const next = nextTry === null ? waits : `Next try at ${clockTime(nextTry)}.`
    return html`<li>
      <p class="title" dir="auto">${
        this.model.records.has(id) ? html`<a href=${pathOf({ kind, id })}>${title}</a>` : title
      }</p>
      <p class="why">${reason} <time title=${fullTime(at)}>${clockTime(at)}</time>, ${tries}. ${next}</p>
      <div class="what">
        <button class="outlined" aria-description=${title} @click=${() => void this.model.failed.retry(id)}>Retry</button>
        <button class="outlined" aria-description=${title} @click=${() => ask(this, { open: { is: 'discard', id } })}>Discard</button>
        ${this.model.records.has(id) ? this.#texts(id, title) : nothing}
      </div>
    </li>`
  }

  /** Not of a record that was deleted for good here: its texts are in no view any more. */
  #texts(id: string, title: string) {
    return html`<button class="bare" aria-description=${title} @click=${() => void this.#copy(id)}>Copy</button>
      <button class="bare" aria-description=${title} @click=${() => this.model.failed.exportFile(id)}>Export</button>`
  }

  async #copy(id: string): Promise<void> {
    const copied = await this.model.failed.copy(id)
    this.model.notify(
      copied ? 'status' : 'alert',
      copied ? 'Copied.' : 'The browser did not allow copying. Use Export.',
    )
  }
}

customElements.define('pawkit-failed-changes', FailedChanges)
