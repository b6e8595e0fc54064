/** The page's document, as far as it says that the page is frozen or goes on. */
type Lifecycle = Pick<EventTarget, 'addEventListener'>

/**
 * What is said to a frozen page, kept until it goes on. Chromium hands a frozen page what comes on a BroadcastChannel, but
 * not what the store answers: a transaction that was begun then would stay open, and every tab and the worker would wait
 * for it. What was said more than once is told once.
 */
export class Asleep<T> {
  readonly #tell: (said: T) => void
  #kept: Map<string, T> | null = null

  constructor(page: Lifecycle, tell: (said: T) => void) {
    this.#tell = tell
    page.addEventListener('freeze', () => {
      this.#kept ??= new Map()
    })
    page.addEventListener('resume', () => {
      const kept = this.#kept
      this.#kept = null
      for (const said of kept?.values() ?? []) tell(said)
    })
  }

  /** Tells it now, or when the page goes on. */
  hear(said: T): void {
    if (this.#kept) this.#kept.set(JSON.stringify(said), said)
    else this.#tell(said)
  }
}
