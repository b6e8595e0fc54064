import type { ReactiveController, ReactiveControllerHost } from 'lit'
import '../components/tabs-banner.ts'
import type { TabsDialog } from '../components/tabs-dialog.ts'
import type { PageModel } from '../model.ts'
import type { Request } from '../requests.ts'
import { type HandedOver, leave, type Refused } from '../session-model.ts'

type Host = ReactiveControllerHost &
  HTMLElement & { readonly model: PageModel; readonly renderRoot: HTMLElement | DocumentFragment }

/** What nobody would begin who may not write. */
const leadsToEdit = (request: Request): boolean =>
  'open' in request
    ? request.open.is === 'new-card' || request.open.is === 'new-collection'
    : 'do' in request && request.do === 'new-note'

/** The shell's part of many tabs: asks about edits that this tab may not make, and goes where the old tab was. */
export class TabsController implements ReactiveController {
  readonly #host: Host
  readonly #go: (path: string) => void
  #waiting: Refused[] = []
  #asking = false
  #dialog: TabsDialog | null = null

  constructor(host: Host, go: (path: string) => void) {
    this.#host = host
    this.#go = go
    host.addController(this)
  }

  /** Does what was asked for, or asks first. */
  begin(request: Request, act: () => void): void {
    if (leadsToEdit(request)) this.#host.model.tabs.begin(null, act)
    else act()
  }

  hostConnected(): void {
    this.#host.model.tabs.addEventListener('refused', this.#onRefused)
    this.#host.model.tabs.addEventListener('place', this.#onPlace)
    this.#host.addEventListener('pawkit-modal', this.#onModal)
    // Captured: before the page hands over what is not committed yet.
    window.addEventListener('pagehide', this.#onPageHide, { capture: true })
  }

  hostDisconnected(): void {
    this.#host.model.tabs.removeEventListener('refused', this.#onRefused)
    this.#host.model.tabs.removeEventListener('place', this.#onPlace)
    this.#host.removeEventListener('pawkit-modal', this.#onModal)
    window.removeEventListener('pagehide', this.#onPageHide, { capture: true })
  }

  /** Nobody can answer any more. A page that comes back from the cache finds the draft. */
  readonly #onPageHide = (): void => {
    this.#dialog?.leave()
    this.#end(leave)
    this.#host.model.tabs.keepHeld()
  }

  /** Who has the list before them goes on in the record; who has something open stays with it. */
  readonly #onPlace = (event: Event): void => {
    const { path, asked } = (event as CustomEvent<HandedOver>).detail
    if (asked && location.pathname === '/' && path !== '/') this.#go(path)
  }

  /** All that is wanted until the person has answered is one question. */
  readonly #onRefused = (event: Event): void => {
    this.#waiting.push((event as CustomEvent<Refused>).detail)
    if (this.#asking) return
    this.#asking = true
    void this.#ask()
  }

  async #ask(): Promise<void> {
    const { tabs } = this.#host.model
    const before = tabs.control
    try {
      // Few have two tabs, so it is no part of the first load.
      await import('../components/tabs-dialog.ts')
    } catch {
      this.#end(({ drop }) => drop())
      const text = 'Another tab is editing. Take control at the edge of this page to go on here.'
      this.#host.model.notify('alert', text)
      return
    }
    // The page went meanwhile, and is back.
    if (this.#waiting.length === 0) return
    const go = (): void => this.#end((one) => one.go())
    if (tabs.control === 'active' && before !== 'active' && this.#isTyped()) return go()
    const dialog = document.createElement('pawkit-tabs-dialog')
    dialog.model = this.#host.model
    dialog.refused = {
      record: this.#waiting[0]?.record ?? null,
      go,
      drop: () => this.#end((one) => one.drop()),
      keep: () => this.#end(leave),
      more: (letters) => this.#waiting[0]?.more?.(letters),
    }
    dialog.isTyped = () => this.#isTyped()
    this.#show(dialog)
  }

  #isTyped(): boolean {
    return this.#waiting.every(({ more }) => more)
  }

  #end(each: (refused: Refused) => void): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#asking = false
    for (const one of waiting) each(one)
  }

  /** Over another dialog too, and what is behind that one stays behind it. */
  #show(dialog: TabsDialog): void {
    const { renderRoot } = this.#host
    const over = renderRoot.querySelector('.shell')?.getAttribute('aria-hidden') === 'true'
    if (over) dialog.addEventListener('pawkit-modal', (event) => event.stopPropagation())
    dialog.addEventListener('closed', () => {
      dialog.remove()
      if (this.#dialog === dialog) this.#dialog = null
    })
    this.#dialog = dialog
    renderRoot.append(dialog)
  }

  /** Behind a modal dialog nothing has a name. */
  readonly #onModal = (event: Event): void => {
    const banner = this.#host.renderRoot.querySelector('pawkit-tabs-banner')
    if (event instanceof CustomEvent && event.detail === true) banner?.setAttribute('aria-hidden', 'true')
    else banner?.removeAttribute('aria-hidden')
  }
}
