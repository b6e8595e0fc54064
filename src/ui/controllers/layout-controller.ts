import type { ReactiveController, ReactiveControllerHost } from 'lit'

export type Layout = 'wide' | 'medium' | 'phone'

const WIDE = matchMedia('(min-width: 1100px)')
const MEDIUM = matchMedia('(min-width: 700px)')

/**
 * Which of the three layouts the window has. In script and not in CSS alone, because a control exists once:
 * two buttons of one name, one of them hidden, would be two for who cannot see.
 */
export class LayoutController implements ReactiveController {
  readonly #host: ReactiveControllerHost

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  get layout(): Layout {
    return WIDE.matches ? 'wide' : MEDIUM.matches ? 'medium' : 'phone'
  }

  hostConnected(): void {
    WIDE.addEventListener('change', this.#render)
    MEDIUM.addEventListener('change', this.#render)
  }

  hostDisconnected(): void {
    WIDE.removeEventListener('change', this.#render)
    MEDIUM.removeEventListener('change', this.#render)
  }

  readonly #render = (): void => this.#host.requestUpdate()
}
