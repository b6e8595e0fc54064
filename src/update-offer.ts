const HIDDEN = 'pawkit-update-hidden'
/** A version that the server cannot be asked about now. */
const UNKNOWN = 'unknown'

/**
 * A new version is offered once, not once a tab: who has put the offer off in one tab is not asked in another, nor in
 * one that is opened later, until a further version comes. Says `change`.
 */
export class UpdateOffer extends EventTarget {
  readonly #memory: () => Pick<Storage, 'getItem' | 'setItem'>
  readonly #version: () => Promise<string>
  #waiting: string | null = null

  /**
   * @param memory where all tabs of this browser look
   * @param version names the version that the server has now; rejects where it cannot be asked
   */
  constructor(memory: () => Pick<Storage, 'getItem' | 'setItem'>, version: () => Promise<string>) {
    super()
    this.#memory = memory
    this.#version = version
  }

  /** Whether a new version waits that nobody has put off. */
  get open(): boolean {
    const hidden = this.#hidden()
    if (this.#waiting === null) return false
    return hidden === null || (hidden !== this.#waiting && ![hidden, this.#waiting].includes(UNKNOWN))
  }

  /** Every version that comes to wait, however many; workbox-window stops listening after the second. */
  watch(registration: ServiceWorkerRegistration): void {
    const found = (worker: ServiceWorker): void => void this.#found(() => registration.waiting === worker)
    if (registration.waiting) found(registration.waiting)
    registration.addEventListener('updatefound', () => {
      const { installing } = registration
      installing?.addEventListener('statechange', () => installing.state === 'installed' && found(installing))
    })
  }

  /** @param waits the first version of all, or one that no page holds up, is only on its way through */
  async #found(waits: () => boolean): Promise<void> {
    const version = await this.#version().catch(() => UNKNOWN)
    if (!waits()) return
    this.#waiting = version
    this.dispatchEvent(new Event('change'))
  }

  /** A person does not want it now. */
  hide(): void {
    if (this.#waiting === null) return
    try {
      this.#memory().setItem(HIDDEN, this.#waiting)
    } catch {
      // Storage can be forbidden by a strict privacy setting: then it is this tab's alone.
      this.#waiting = null
    }
    this.dispatchEvent(new Event('change'))
  }

  /** Another tab has written where all look. */
  heard(): void {
    this.dispatchEvent(new Event('change'))
  }

  #hidden(): string | null {
    try {
      return this.#memory().getItem(HIDDEN)
    } catch {
      return null
    }
  }
}

/** The version of the app at `script`: the worker names every file of it, so its digest changes with any of them. */
export async function versionAt(script: string): Promise<string> {
  const answer = await fetch(script, { cache: 'no-store' })
  if (!answer.ok) throw new TypeError(`${script}: ${answer.status}`)
  const digest = await crypto.subtle.digest('SHA-256', await answer.arrayBuffer())
  return [...new Uint8Array(digest, 0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
