import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { KIND_NAMES, type Kind } from '../core/records.ts'

export type Route =
  | { readonly page: 'library' | 'trash' | 'settings' | 'nowhere' }
  | { readonly page: 'record'; readonly kind: Kind; readonly id: string }

/** How the person got here: decides where the focus goes. */
export type Arrival = 'start' | 'link' | 'history'

export const pathOf = (record: { readonly kind: string; readonly id: string }): string =>
  `/${record.kind}s/${record.id}`

export function parsePath(path: string): Route {
  const [first = '', id = '', ...rest] = path.split('/').filter((part) => part !== '')
  if (first === '') return { page: 'library' }
  if (id === '' && (first === 'trash' || first === 'settings')) return { page: first }
  const kind = KIND_NAMES.find((name) => `${name}s` === first)
  if (kind && id !== '' && rest.length === 0) return { page: 'record', kind, id }
  return { page: 'nowhere' }
}

interface Place {
  /** How many places of this app lie behind this one; Back is the browser's only where there is one. */
  readonly depth: number
}

/** Addresses and the page: real links, the browser's own back and forward, nothing else. */
export class Router implements ReactiveController {
  route: Route = parsePath(location.pathname)
  arrival: Arrival = 'start'
  /** A field that the page opened now should put the focus in. */
  focusField: string | null = null
  readonly #host: ReactiveControllerHost & HTMLElement

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    window.addEventListener('popstate', this.#onPop)
    this.#host.addEventListener('click', this.#onClick)
  }

  hostDisconnected(): void {
    window.removeEventListener('popstate', this.#onPop)
    this.#host.removeEventListener('click', this.#onClick)
  }

  go(path: string, options: { readonly focus?: string; readonly replace?: boolean } = {}): void {
    const depth = this.#depth
    if (options.replace || path === location.pathname) history.replaceState({ depth }, '', path)
    else history.pushState({ depth: depth + 1 } satisfies Place, '', path)
    this.#arrive('link', options.focus ?? null)
  }

  back(): void {
    if (this.#depth > 0) history.back()
    else this.go('/', { replace: true })
  }

  get #depth(): number {
    const place: unknown = history.state
    return typeof place === 'object' && place !== null && 'depth' in place && typeof place.depth === 'number'
      ? place.depth
      : 0
  }

  #arrive(arrival: Arrival, focusField: string | null): void {
    this.route = parsePath(location.pathname)
    this.arrival = arrival
    this.focusField = focusField
    this.#host.requestUpdate()
    this.#host.dispatchEvent(new CustomEvent('pawkit-arrived'))
  }

  readonly #onPop = (): void => this.#arrive('history', null)

  /** A plain click on a link of ours stays in the page; every other way to open it is the browser's. */
  readonly #onClick = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement)
    if (link?.target !== '' || link.origin !== location.origin || link.hasAttribute('download')) return
    event.preventDefault()
    if (link.hasAttribute('data-back')) this.back()
    else this.go(link.pathname)
  }
}
