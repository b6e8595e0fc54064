import { presenceLock, visibleLock } from '../../src/core/session.ts'
import type { PageWorld } from '../../src/ui/controllers/page-world.ts'

/** The one page of its browser, visible, as the platform would say it. */
export const aloneHere: PageWorld['presence'] = {
  id: 'the-only-page',
  visible: true,
  focused: true,
  returned: false,
  claim: async () => 'the-only-page',
  shown: () => {},
  held: async () => [presenceLock('the-only-page')],
}

/** One of several pages of a browser, whose locks are a set. */
export class TabPresence implements Required<PageWorld['presence']> {
  id: string
  readonly #locks: Set<string>
  visible = true
  /** A person's keys go to it. */
  focused = true
  returned = false

  constructor(locks: Set<string>, id: string) {
    this.#locks = locks
    this.id = id
    this.come()
  }

  come(): void {
    this.#locks.add(presenceLock(this.id))
    this.shown()
  }

  /** The page closes, crashes or reloads. */
  leave(): void {
    this.#locks.delete(presenceLock(this.id))
    this.#locks.delete(visibleLock(this.id))
  }

  async claim(): Promise<string> {
    this.come()
    return this.id
  }

  shown(): void {
    if (this.visible) this.#locks.add(visibleLock(this.id))
    else this.#locks.delete(visibleLock(this.id))
  }

  async held(): Promise<readonly string[]> {
    return [...this.#locks]
  }
}
