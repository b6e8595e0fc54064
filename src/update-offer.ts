const HIDDEN = 'pawkit-update-hidden'

/**
 * A new version is offered once, not once a tab: who has put the offer off in one tab is not asked in another, nor in
 * one that is opened later, until a further version comes. Says `change`.
 */
export class UpdateOffer extends EventTarget {
  readonly #memory: () => Pick<Storage, 'getItem' | 'setItem'>
  readonly #ask: () => Promise<string>
  #registration: ServiceWorkerRegistration | null = null
  /** The one that waits. */
  #worker: ServiceWorker | null = null
  /** Its version; null: the server could not be asked yet. */
  #version: string | null = null
  #hidden = false

  /**
   * @param memory where all tabs of this browser look
   * @param ask names the version that the server has now; rejects where it cannot be asked
   */
  constructor(memory: () => Pick<Storage, 'getItem' | 'setItem'>, ask: () => Promise<string>) {
    super()
    this.#memory = memory
    this.#ask = ask
  }

  /** Whether a new version waits that nobody has put off. */
  get open(): boolean {
    if (this.#worker === null || this.#hidden) return false
    const hidden = this.#remembered()
    // Not known yet: it may be the one that was put off.
    return hidden === null || (this.#version !== null && hidden !== this.#version)
  }

  /** Every version that comes to wait, however many; workbox-window stops listening after the second. */
  watch(registration: ServiceWorkerRegistration): void {
    this.#registration = registration
    const follow = (worker: ServiceWorker | null): void =>
      worker?.addEventListener('statechange', () => worker.state === 'installed' && void this.#found(worker))
    if (registration.waiting) void this.#found(registration.waiting)
    // Begun while this page was opening: said already.
    follow(registration.installing)
    registration.addEventListener('updatefound', () => follow(registration.installing))
  }

  /** Another tab has written where all look, or the server may be asked again. */
  look(): void {
    if (this.#worker && this.#version === null) void this.#found(this.#worker)
    else this.#changed()
  }

  /** A person does not want it now. */
  hide(): void {
    this.#hidden = true
    this.#remember()
    this.#changed()
  }

  async #found(worker: ServiceWorker): Promise<void> {
    const version = await this.#ask().catch(() => null)
    // The first version of all, or one that no page holds up, is only on its way through.
    if (this.#registration?.waiting !== worker) return
    if (worker !== this.#worker) this.#hidden = false
    this.#worker = worker
    this.#version = version
    // Put off before it was known.
    if (this.#hidden && (await this.#isNewest(worker))) this.#remember()
    this.#changed()
  }

  /** The server answers for its newest version, which need not be the one that waits. */
  async #isNewest(worker: ServiceWorker): Promise<boolean> {
    const registration = this.#registration
    // What cannot be looked for is not known.
    await registration?.update().catch(() => (this.#version = null))
    return registration?.waiting === worker && !registration.installing
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'))
  }

  /** Storage can be forbidden by a strict privacy setting: it is put off in this tab alone then. */
  #remember(): void {
    if (this.#version === null) return
    try {
      this.#memory().setItem(HIDDEN, this.#version)
    } catch {}
  }

  #remembered(): string | null {
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
