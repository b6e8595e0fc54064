import { type FreezingPage, watchFreezing } from './freezing.ts'

/**
 * What is said to a frozen page, kept until it goes on. Chromium hands a frozen page what comes on a BroadcastChannel, but
 * not what the store answers: a transaction that was begun then would stay open, and every tab and the worker would wait
 * for it. What was said more than once is told once.
 */
export class Asleep<T extends { readonly type: string }> {
  readonly #tell: (said: T) => void
  #kept: Map<string, T> | null = null

  constructor(page: FreezingPage, tell: (said: T) => void) {
    this.#tell = tell
    watchFreezing(
      page,
      () => (this.#kept ??= new Map()),
      () => this.#goOn(),
    )
  }

  /** Tells it now, or when the page goes on; whoever asked for a hand-over has long gone on without it by then. */
  hear(said: T): void {
    if (!this.#kept) this.#tell(said)
    else if (said.type !== 'hand-over') this.#kept.set(JSON.stringify(said), said)
  }

  #goOn(): void {
    const kept = this.#kept
    this.#kept = null
    for (const said of kept?.values() ?? []) this.#tell(said)
  }
}
