import { html, nothing, type PropertyValues } from 'lit'
import { live } from 'lit/directives/live.js'
import { createRef, ref } from 'lit/directives/ref.js'
import { repeat } from 'lit/directives/repeat.js'
import './account-button.ts'
import './create-buttons.ts'
import './sync-button.ts'
import { titleOf } from '../../core/records.ts'
import type { Layout } from '../controllers/layout-controller.ts'
import { PawkitElement } from '../element.ts'
import { icon } from '../icons.ts'
import { choose, collectionCounts, type Filter } from '../library.ts'
import { ask } from '../requests.ts'
import { pathOf } from '../router.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { count, number } from '../words.ts'
import { type EntryContext, entry, entryStyles } from './entry.ts'
import { listPaneStyles } from './list-pane.styles.ts'
import { stateStyles } from './state-mark.ts'

/** The list begins with as many entries as fill any window, and grows by as many as one comes near its end. */
const STEP = 150

/** The list `Library` and what stands above it. */
export class ListPane extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    layout: {},
    path: {},
    filter: { attribute: false },
    statusOpen: { type: Boolean },
    limit: { state: true },
  }
  declare layout: Layout
  declare path: string
  declare filter: Filter
  declare statusOpen: boolean
  /** How many of the chosen entries are in the page. */
  declare limit: number
  readonly #scroll = createRef<HTMLElement>()
  readonly #end = createRef<HTMLElement>()
  #watcher: IntersectionObserver | null = null

  static override styles = [base, controls, stateStyles, entryStyles, listPaneStyles]

  constructor() {
    super()
    this.limit = STEP
    this.watch('records')
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#watcher?.disconnect()
    this.#watcher = null
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('filter')) return
    this.limit = STEP
    this.#scroll.value?.scrollTo(0, 0)
  }

  override updated(): void {
    const end = this.#end.value
    if (!end) return
    this.#watcher ??= new IntersectionObserver(this.#onEnd, {
      root: this.#scroll.value ?? null,
      rootMargin: '1600px 0px',
    })
    // Observed anew: an end that is still near after growing says so again.
    this.#watcher.disconnect()
    this.#watcher.observe(end)
  }

  override focus(): void {
    this.focusEntry(location.pathname)
  }

  focusSearch(): void {
    this.renderRoot.querySelector<HTMLInputElement>('input[type=search]')?.focus()
  }

  /** Puts the focus back on the entry that was open, or on the list. */
  focusEntry(path: string): void {
    const shown = choose(this.model.records, this.filter)
    const at = shown.findIndex(({ record }) => pathOf(record) === path)
    if (at >= this.limit) {
      this.limit = at + STEP
      this.performUpdate()
    }
    const link = this.renderRoot.querySelector<HTMLElement>(`a.title[href="${CSS.escape(path)}"]`)
    const target = link ?? this.renderRoot.querySelector<HTMLElement>('.scroll')
    target?.focus({ preventScroll: link === null })
  }

  override render() {
    const { records } = this.model
    const shown = choose(records, this.filter)
    const counts = collectionCounts(records)
    const context: EntryContext = {
      records,
      current: this.path,
      inside: this.filter.collection,
      holds: (id) => counts.get(id) ?? 0,
    }
    return html`<header>
        ${this.layout === 'wide' ? nothing : this.#top()}
        <div class="search">
          ${icon('search')}
          <input
            class="input"
            type="search"
            aria-label="Search"
            placeholder="Search"
            autocomplete="off"
            spellcheck="false"
            enterkeyhint="search"
            .value=${live(this.filter.query)}
            @input=${this.#onSearch}
            @keydown=${this.#onSearchKey}
          />
        </div>
        ${this.layout === 'medium' ? html`<pawkit-create-buttons .model=${this.model} form="row"></pawkit-create-buttons>` : nothing}
        ${this.#heading(shown.length)}
      </header>
      <div ${ref(this.#scroll)} class="scroll" tabindex="-1" @keydown=${this.#onListKey}>
        <ul role="list" aria-label="Library">
          ${repeat(
            shown.length > this.limit ? shown.slice(0, this.limit) : shown,
            (view) => view.record.id,
            (view) => entry(view, context),
          )}
        </ul>
        ${shown.length > this.limit ? html`<div ${ref(this.#end)} class="end"></div>` : nothing}
        ${shown.length === 0 ? this.#empty() : nothing}
      </div>`
  }

  #top() {
    return html`<div class="top">
      <button class="bare" aria-label="Menu" title="Menu" @click=${() => ask(this, { do: 'menu' })}>${icon('menu')}</button>
      <span class="name">Pawkit</span>
      ${
        this.layout === 'medium'
          ? html`<pawkit-sync-button .model=${this.model} form="icon" .expanded=${this.statusOpen}></pawkit-sync-button>`
          : nothing
      }
      <pawkit-account .model=${this.model} form="icon"></pawkit-account>
    </div>`
  }

  #heading(many: number) {
    const inside =
      this.filter.collection === null ? undefined : this.model.records.get(this.filter.collection)
    return html`<div class="heading">
      <h2>${inside ? titleOf(inside.record) : 'Library'}</h2>
      <span class="soft small numbers" aria-live="polite">${this.filter.query ? `${number(many)} found` : many > 0 ? count(many, 'record') : ''}</span>
      ${
        inside
          ? html`<button class="bare clear" aria-label="Show everything" title="Show everything" @click=${() => ask(this, { filter: { collection: null } })}>
              ${icon('close')}
            </button>`
          : nothing
      }
    </div>`
  }

  #empty() {
    if (this.filter.query) {
      return html`<div class="empty">
        <p>Nothing has “${this.filter.query}” in it.</p>
        <p class="soft">Search looks at titles, addresses, tags and text.</p>
        <button class="link" @click=${() => ask(this, { filter: { query: '' } })}>Clear the search</button>
      </div>`
    }
    if (this.filter.collection !== null) {
      return html`<div class="empty">
        <p>Nothing in this collection yet.</p>
        <p class="soft">A note made now goes into it; for another, open it and choose Collections.</p>
      </div>`
    }
    // In a wider window the space beside the list teaches the first step.
    if (this.layout !== 'phone') return nothing
    return html`<div class="empty">
      <p>A quiet place for what you want to keep.</p>
      <p class="soft">Tap <b>New</b> below to write a first note. It is saved on this device as you type.</p>
    </div>`
  }

  readonly #onEnd = (entries: readonly IntersectionObserverEntry[]): void => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) this.limit += STEP
  }

  readonly #onSearch = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) ask(this, { filter: { query: event.target.value } })
  }

  readonly #onSearchKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.filter.query !== '') {
      event.preventDefault()
      ask(this, { filter: { query: '' } })
    }
    if (event.key === 'ArrowDown') this.#step(event, 1)
  }

  readonly #onListKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') this.#step(event, 1)
    if (event.key === 'ArrowUp') this.#step(event, -1)
  }

  /** Arrow keys walk the entries, from the search field into them and back. */
  #step(event: KeyboardEvent, by: 1 | -1): void {
    const links = [...this.renderRoot.querySelectorAll<HTMLElement>('a.title')]
    const at = links.indexOf(event.target as HTMLElement)
    if (at + by >= links.length) {
      this.limit += STEP
      this.performUpdate()
      links.push(...[...this.renderRoot.querySelectorAll<HTMLElement>('a.title')].slice(links.length))
    }
    const next = links[at + by]
    event.preventDefault()
    if (next) next.focus()
    else if (at === 0 && by === -1) this.focusSearch()
  }
}

customElements.define('pawkit-list-pane', ListPane)
