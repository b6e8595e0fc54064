import { html, nothing } from 'lit'
import { titleOf } from '../../core/records.ts'
import './account-button.ts'
import './create-buttons.ts'
import './sync-button.ts'
import type { Layout } from '../controllers/layout-controller.ts'
import { PawkitElement } from '../element.ts'
import { type IconName, icon, mark } from '../icons.ts'
import { collectionCounts, collections, type Filter, tagCounts } from '../library.ts'
import { ask } from '../requests.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { number } from '../words.ts'
import { sidebarStyles } from './sidebar.styles.ts'

/** Where one can go, and what narrows the list: a column of its own in a wide window, a drawer else. */
export class Sidebar extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    layout: {},
    path: {},
    filter: { attribute: false },
    statusOpen: { type: Boolean },
  }
  declare layout: Layout
  declare path: string
  declare filter: Filter
  declare statusOpen: boolean

  static override styles = [base, controls, sidebarStyles]

  constructor() {
    super()
    this.watch('records')
  }

  override render() {
    const wide = this.layout === 'wide'
    return html`<div class="brand">${mark()}<span>Pawkit</span>${
      wide
        ? nothing
        : html`<button class="bare" aria-label="Close menu" @click=${() => ask(this, { do: 'menu' })}>${icon('close')}</button>`
    }</div>
      ${wide ? html`<pawkit-create-buttons .model=${this.model} form="block"></pawkit-create-buttons>` : nothing}
      <nav aria-label="Places">
        ${this.layout === 'phone' ? nothing : this.#link('/', 'Library', 'library')}
        ${this.#link('/trash', 'Trash', 'trash')} ${this.#link('/settings', 'Settings', 'settings')}
      </nav>
      <div class="filters">${this.#collections()} ${this.#tags()}</div>
      ${
        wide
          ? html`<div class="foot">
              <pawkit-sync-button .model=${this.model} form="row" .expanded=${this.statusOpen}></pawkit-sync-button>
              <pawkit-account .model=${this.model} form="row"></pawkit-account>
            </div>`
          : nothing
      }`
  }

  #link(path: string, words: string, name: IconName) {
    return html`<a class="button place" href=${path} aria-current=${this.path === path ? 'page' : nothing}>${icon(name)}${words}</a>`
  }

  #collections() {
    const all = collections(this.model.records)
    if (all.length === 0) return nothing
    const counts = collectionCounts(this.model.records)
    return html`<section aria-labelledby="collections">
      <h2 id="collections">Collections</h2>
      <ul role="list" aria-labelledby="collections">
        ${all.map(({ record }) => {
          const on = this.filter.collection === record.id
          return this.#narrow(titleOf(record), counts.get(record.id) ?? 0, 'collection', on, {
            collection: on ? null : record.id,
          })
        })}
      </ul>
    </section>`
  }

  #tags() {
    const tags = tagCounts(this.model.records)
    if (tags.length === 0) return nothing
    return html`<section aria-labelledby="tags">
      <h2 id="tags">Tags</h2>
      <ul role="list" aria-labelledby="tags">
        ${tags.map(([tag, many]) => {
          const query = `#${tag}`
          const on = this.filter.query === query
          return this.#narrow(tag, many, 'tag', on, { query: on ? '' : query })
        })}
      </ul>
    </section>`
  }

  #narrow(
    words: string,
    many: number,
    name: IconName,
    on: boolean,
    filter: { readonly query?: string; readonly collection?: string | null },
  ) {
    return html`<li>
      <button class="place" aria-pressed=${on ? 'true' : 'false'} @click=${() => ask(this, { filter })}>
        ${icon(name)}<span class="words" dir="auto">${words}</span><span class="many">${number(many)}</span>
      </button>
    </li>`
  }
}

customElements.define('pawkit-sidebar', Sidebar)
