import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { list, text } from '../../core/records.ts'
import { PawkitElement } from '../element.ts'
import { focusIsLost } from '../floating.ts'
import { ask } from '../requests.ts'
import { pathOf } from '../router.ts'
import type { DraftView } from '../session-model.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { panelPart } from '../styles/panel-part.ts'
import { momentOf } from '../words.ts'

/** As much of a text as one recognises it by, and of what is around it. */
const EXCERPT = 200
const AROUND = 40

/** Region `Drafts`: what was typed in tabs that had lost control, to take in or to give up. */
export class TabDrafts extends PawkitElement {
  static override styles = [
    base,
    controls,
    panelPart,
    css`
      li {
        margin-top: 12px;
      }
      .text {
        margin-block: 2px;
        overflow-wrap: anywhere;
        font-size: var(--text-13);
      }
    `,
  ]

  constructor() {
    super()
    this.watch('tabs', 'records')
  }

  override render() {
    const { drafts } = this.model.tabs
    if (drafts.length === 0) return nothing
    return html`<section role="region" aria-label="Drafts">
      <h3>Drafts</h3>
      <p class="soft small">Typed in a tab without control, and in no record yet.</p>
      <ul role="list">
        ${repeat(
          drafts,
          ({ id }) => id,
          (draft) => this.#entry(draft),
        )}
      </ul>
    </section>`
  }

  #entry(draft: DraftView) {
    const { id, recordId, title, at } = draft
    const record = this.model.records.get(recordId)?.record
    return html`<li>
      <p class="title" dir="auto">${record ? html`<a href=${pathOf(record)}>${title}</a>` : title}</p>
      <p class="text" dir="auto">${excerptOf(draft)}</p>
      <p class="soft small">${momentOf(at, Date.now())}</p>
      <div class="what">
        <button class="outlined" aria-description=${title} @click=${() => this.#take(id)}>Take in</button>
        <button class="outlined" aria-description=${title} @click=${() => ask(this, { open: { is: 'draft', id } })}>Discard</button>
      </div>
    </li>`
  }

  async #take(id: string): Promise<void> {
    await this.model.tabs.takeDraft(id)
    await this.updateComplete
    if (focusIsLost()) this.dispatchEvent(new Event('closed'))
  }
}

/** What was typed, with some of the text that it was typed into. */
function excerptOf({ typed, shown }: DraftView): string {
  const texts = Object.entries(typed)
    .filter(([field]) => field !== 'createdAt')
    .map(([field, value]) =>
      typeof value === 'string' ? changedPart(text(shown[field]), value) : list(value).join(', '),
    )
  return texts.filter((one) => one !== '').join(' · ')
}

function changedPart(from: string, to: string): string {
  const shorter = Math.min(from.length, to.length)
  let start = 0
  while (start < shorter && from[start] === to[start]) start++
  let end = 0
  while (end < shorter - start && from.at(-1 - end) === to.at(-1 - end)) end++
  const begin = Math.max(0, start - AROUND)
  const stop = Math.min(to.length, to.length - end + AROUND, begin + EXCERPT)
  return `${begin > 0 ? '… ' : ''}${to.slice(begin, stop).trim()}${stop < to.length ? ' …' : ''}`
}

customElements.define('pawkit-tab-drafts', TabDrafts)
