import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { PageModel } from '../model.ts'

export type ModelEvent = 'records' | 'summary' | 'notices' | 'update' | 'rescue' | 'tabs' | 'devices'

/** Renders the host anew when the model says that something it shows has changed. Elements keep no copies. */
export class ModelController implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #model: () => PageModel
  readonly #events: readonly ModelEvent[]
  #bound: PageModel | null = null

  constructor(host: ReactiveControllerHost, model: () => PageModel, events: readonly ModelEvent[]) {
    this.#host = host
    this.#model = model
    this.#events = events
    host.addController(this)
  }

  hostConnected(): void {
    this.#bound = this.#model()
    for (const name of this.#events) this.#bound.addEventListener(name, this.#render)
    // What changed while the element was out of the document was not heard.
    this.#host.requestUpdate()
  }

  hostDisconnected(): void {
    for (const name of this.#events) this.#bound?.removeEventListener(name, this.#render)
    this.#bound = null
  }

  readonly #render = (): void => this.#host.requestUpdate()
}
