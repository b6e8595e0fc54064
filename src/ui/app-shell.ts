import { html, nothing, type TemplateResult } from 'lit'
import { createRef, ref } from 'lit/directives/ref.js'
import './components/bottom-bar.ts'
import './components/list-pane.ts'
import type { ListPane } from './components/list-pane.ts'
import './components/notices.ts'
import { rescueFrame } from './components/rescue-region.ts'
import './components/sidebar.ts'
import './components/sync-panel.ts'
import { titleOf } from '../core/records.ts'
import { FocusKeeper } from './app-shell.focus.ts'
import { shellStyles } from './app-shell.styles.ts'
import { LayoutController } from './controllers/layout-controller.ts'
import { ShortcutController } from './controllers/shortcut-controller.ts'
import { TabsController } from './controllers/tabs-controller.ts'
import { dialogFor, type ShownDialog } from './dialogs.ts'
import { PawkitElement } from './element.ts'
import { EVERYTHING, type Filter } from './library.ts'
import { problemOf, tellProblem } from './outcome.ts'
import { detailFor, openRecordId } from './pages.ts'
import { type Request, RequestEvent } from './requests.ts'
import { Router } from './router.ts'
import { base } from './styles/base.ts'
import { controls } from './styles/controls.ts'
import { applyTheme } from './theme.ts'

/** The frame of the page: which panes there are, what is open in them, and where the focus goes. */
export class AppShell extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    filter: { state: true },
    dialog: { state: true },
    drawer: { state: true },
    statusOpen: { state: true },
  }
  declare filter: Filter
  declare dialog: ShownDialog | null
  declare drawer: boolean
  declare statusOpen: boolean
  readonly #router = new Router(this)
  readonly #layout = new LayoutController(this)
  readonly #tabs = new TabsController(this, (path) => this.#router.go(path))
  readonly #detail = createRef<HTMLElement>()
  readonly #drawer = createRef<HTMLDialogElement>()
  readonly #list = createRef<ListPane>()
  readonly #panel = createRef<HTMLElement>()
  readonly #shell = createRef<HTMLElement>()
  readonly #focus = new FocusKeeper(() => [this.#panel.value, this.#list.value, this.#detail.value])
  /** New notes whose editor is open before the store has them, so that no letter waits for it. */
  readonly #arriving = new Set<string>()
  /** Who opened the sync status, and so gets the focus back. */
  #opener: HTMLElement | null = null
  #lastPath = location.pathname
  #arrived = false

  static override styles = [base, controls, shellStyles, rescueFrame]

  constructor() {
    super()
    this.filter = EVERYTHING
    this.dialog = null
    this.drawer = false
    this.statusOpen = false
    this.watch('records')
    new ShortcutController(this, {
      undo: () => !this.#modal && this.model.undo(),
      find: () => this.#find(),
      escape: () => this.#onEscape(),
    })
    applyTheme()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.addEventListener(RequestEvent.type, this.#onRequest)
    this.addEventListener('pawkit-arrived', this.#onArrived)
    this.addEventListener('pawkit-modal', this.#onModal)
    this.dialog = this.model.unfinished.open
    this.model.vanishing.addEventListener('look', () => this.#open({ is: 'vanishing' }, null))
  }

  override render(): TemplateResult {
    const { layout } = this.#layout
    const { route } = this.#router
    const path = location.pathname
    const shared = { layout, path, filter: this.filter, statusOpen: this.statusOpen }
    return html`<button class="skip" @click=${this.#focusDetail}>Skip to what is open</button>
      <pawkit-rescue-region .model=${this.model} @closed=${this.#focusDetail}></pawkit-rescue-region>
      <pawkit-tabs-banner .model=${this.model} @closed=${this.#focusDetail}></pawkit-tabs-banner>
      <div ${ref(this.#shell)} class="shell ${layout} ${route.page === 'library' ? '' : 'open'}">
        ${layout === 'wide' ? html`<aside class="side" aria-label="Sidebar">${this.#sidebar(shared)}</aside>` : nothing}
        <main>
          <h1 class="visually-hidden">Pawkit</h1>
          <div class="list">
            <pawkit-list-pane
              ${ref(this.#list)}
              .model=${this.model}
              .layout=${layout}
              .path=${path}
              .filter=${this.filter}
              .statusOpen=${this.statusOpen}
            ></pawkit-list-pane>
          </div>
          <section ${ref(this.#detail)} class="detail" tabindex="-1" aria-label=${this.#title}>
            ${detailFor(this.model, this.#router, layout, this.#arriving)}
          </section>
        </main>
        ${
          layout === 'phone'
            ? html`<pawkit-bottom-bar .model=${this.model} .path=${path} .statusOpen=${this.statusOpen}></pawkit-bottom-bar>`
            : nothing
        }
      </div>
      ${
        layout === 'wide'
          ? nothing
          : html`<dialog ${ref(this.#drawer)} class="drawer" aria-label="Menu" @close=${this.#closeDrawer} @click=${this.#onDrawerClick}>
              ${this.drawer ? this.#sidebar(shared) : nothing}
            </dialog>`
      }
      <pawkit-sync-panel ${ref(this.#panel)} .model=${this.model} .open=${this.statusOpen} @closed=${this.#closeStatus}></pawkit-sync-panel>
      ${this.dialog ? dialogFor(this.model, this.dialog, this.filter.collection, this.#closeDialog) : nothing}
      <pawkit-notices class=${layout === 'phone' ? 'above-bar' : ''} .model=${this.model} @leaving=${this.#onNotice}></pawkit-notices>`
  }

  override updated(): void {
    const title = this.#title
    document.title = title === 'Pawkit' ? title : `${title} · Pawkit`
    const drawer = this.#drawer.value
    if (drawer && drawer.open !== this.drawer) {
      if (this.drawer) drawer.showModal()
      this.#hideBehind(this.drawer)
      if (!this.drawer) drawer.close()
    }
    if (this.#arrived) this.#settle()
  }

  #sidebar(shared: { layout: string; path: string; filter: Filter; statusOpen: boolean }) {
    return html`<pawkit-sidebar
      .model=${this.model}
      .layout=${shared.layout}
      .path=${shared.path}
      .filter=${shared.filter}
      .statusOpen=${shared.statusOpen}
    ></pawkit-sidebar>`
  }

  get #title(): string {
    const { route } = this.#router
    if (route.page === 'trash') return 'Trash'
    if (route.page === 'settings') return 'Settings'
    const id = openRecordId(this.model, route)
    const record = id === null ? undefined : this.model.records.get(id)?.record
    if (record) return titleOf(record)
    return id !== null && this.#arriving.has(id) ? 'Untitled note' : 'Pawkit'
  }

  /** After going somewhere: the page begins at its top, and the keyboard goes on where the eyes are. */
  #settle(): void {
    this.#arrived = false
    const { arrival, focusField, route } = this.#router
    const left = this.#lastPath
    this.#lastPath = location.pathname
    if (left !== this.#lastPath) this.#detail.value?.scrollTo(0, 0)
    if (arrival === 'history' && this.#layout.layout !== 'phone') return
    if (route.page === 'library') this.#list.value?.focusEntry(left)
    else if (focusField === null) this.#focusDetail()
  }

  readonly #focusDetail = (): void => this.#detail.value?.focus({ preventScroll: true })

  readonly #onArrived = (): void => {
    this.#arrived = true
    this.drawer = false
    if (this.#layout.layout === 'phone') this.statusOpen = false
  }

  readonly #onRequest = (event: Event): void => {
    if (!(event instanceof RequestEvent)) return
    const [source] = event.composedPath()
    const from = source instanceof HTMLElement ? source : null
    this.#tabs.begin(event.request, () => this.#do(event.request, from))
  }

  #do(request: Request, source: HTMLElement | null): void {
    if ('open' in request) this.#open(request.open, source)
    else if ('filter' in request) {
      this.filter = { ...this.filter, ...request.filter }
      this.drawer = false
      // On a phone the list is all there is to see of a choice; elsewhere what is open stays open.
      if (this.#layout.layout === 'phone' && location.pathname !== '/') this.#router.go('/')
    } else if ('go' in request) this.#router.go(request.go)
    else if ('remove' in request) void this.#remove(request.remove)
    else if (request.do === 'new-note') this.#newNote()
    else if (request.do === 'find') this.#find()
    else if (request.do === 'menu') this.drawer = !this.drawer
    else {
      this.#opener = source
      this.statusOpen = !this.statusOpen
    }
  }

  #open(dialog: ShownDialog, source: HTMLElement | null): void {
    if (this.dialog === null) this.#focus.remember(source)
    this.drawer = false
    this.dialog = dialog
  }

  /** In the click itself: the next letter typed is the note's, whether the store has it or not. */
  #newNote(): void {
    const { collection } = this.filter
    const { id, done } = this.model.create('note', collection === null ? {} : { collectionIds: [collection] })
    this.#arriving.add(id)
    this.#router.go(`/notes/${id}`, { focus: 'title' })
    void done.then((result) => {
      const problem = problemOf(result)
      if (problem === null) this.#arriving.delete(id)
      // It stays open: what was typed is nowhere else.
      else this.model.notify('alert', `The new note was not saved. ${problem}`)
    })
  }

  async #remove(id: string): Promise<void> {
    const { pathname } = location
    const record = this.model.records.get(id)?.record
    const removing = this.model.remove(id)
    void tellProblem(this.model, record ? titleOf(record) : 'This record', removing)
    // Not where the person has gone elsewhere meanwhile.
    if ((await removing).is === 'written' && location.pathname === pathname)
      this.#router.go('/', { replace: true })
  }

  /** What is behind a modal dialog hears no key; the dialog's own are the browser's. */
  get #modal(): boolean {
    return this.dialog !== null || this.drawer
  }

  #find(): void {
    if (this.#modal) return
    if (this.#layout.layout === 'phone' && location.pathname !== '/') this.#router.go('/')
    void this.updateComplete.then(() => this.#list.value?.focusSearch())
  }

  #onEscape(): boolean {
    if (this.#modal) return false
    if (this.statusOpen) this.#closeStatus()
    else if (this.#layout.layout !== 'phone' && this.#detail.value?.matches(':focus-within')) {
      this.#list.value?.focusEntry(location.pathname)
    } else return false
    return true
  }

  readonly #closeStatus = (): void => {
    this.statusOpen = false
    this.#opener?.focus()
    this.#opener = null
  }

  readonly #closeDialog = (): void => {
    this.#hideBehind(false)
    this.dialog = null
    void this.#focus.giveBack(this.updateComplete)
  }

  readonly #closeDrawer = (): void => {
    this.drawer = false
    if (this.dialog === null) this.#hideBehind(false)
  }

  readonly #onModal = (event: Event): void => {
    if (event instanceof CustomEvent) this.#hideBehind(event.detail === true)
  }

  /** Behind a modal dialog nothing can be reached, so nothing there has a name either. */
  #hideBehind(hidden: boolean): void {
    for (const part of [this.#shell.value, this.#panel.value]) {
      if (hidden) part?.setAttribute('aria-hidden', 'true')
      else part?.removeAttribute('aria-hidden')
    }
  }

  /** A notice goes, maybe with the focus in it: on to the entry that an Undo brings back, or to the list. */
  readonly #onNotice = (): void => {
    this.#focus.follow(this.model, (path) => this.#list.value?.focusEntry(path))
  }

  /** A click beside the drawer lands on the dialog itself, which its content fills. */
  readonly #onDrawerClick = (event: Event): void => {
    if (event.target === this.#drawer.value) this.drawer = false
  }
}

customElements.define('pawkit-app', AppShell)

declare global {
  interface HTMLElementTagNameMap {
    'pawkit-app': AppShell
  }
}
