import { presenceLock, visibleLock } from '../../src/core/session.ts'

/** One page among the sessions of its browser, whose locks are the device's: what has died holds none. */
export class SimPresence {
  readonly id: string
  readonly returned: boolean
  readonly #held: () => readonly string[]
  /** Not while it lies in the back-forward cache, or has yet to be opened. */
  there = false
  /** Somebody looks at it. */
  visible = false

  /** @param kept the session of the page that was here before a reload */
  constructor(newId: () => string, kept: string | null, held: () => readonly string[]) {
    this.returned = kept !== null
    this.id = kept ?? newId()
    this.#held = held
  }

  get locks(): readonly string[] {
    if (!this.there) return []
    return this.visible ? [presenceLock(this.id), visibleLock(this.id)] : [presenceLock(this.id)]
  }

  get focused(): boolean {
    return this.visible
  }

  async claim(): Promise<string> {
    this.there = true
    return this.id
  }

  shown(): void {}

  async held(): Promise<readonly string[]> {
    return this.#held()
  }
}
