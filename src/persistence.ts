const ASKED = 'pawkit-keep-asked'
/** Beside the library: where it is alone, the library has been lost. */
const HELD = 'pawkit-held'

/** What of the browser this uses; a test hands in its own. */
export interface StorageWorld {
  readonly manager: StorageManager | undefined
  /** May throw: a strict setting forbids it. */
  readonly memory: () => Pick<Storage, 'getItem' | 'setItem'>
}

/** Asks the browser never to remove what is stored here by itself. It may ask the person, so it is asked once. */
export class Persistence {
  readonly #world: StorageWorld
  #asked = false

  constructor(world: StorageWorld) {
    this.#world = world
  }

  /** Whether it is so; null: this browser does not say. */
  async persistent(): Promise<boolean | null> {
    try {
      return (await this.#world.manager?.persisted?.()) ?? null
    } catch {
      return null
    }
  }

  async estimate(): Promise<{ used: number | null; available: number | null }> {
    try {
      const { usage, quota } = (await this.#world.manager?.estimate?.()) ?? {}
      return { used: usage ?? null, available: quota ?? null }
    } catch {
      return { used: null, available: null }
    }
  }

  /** Once a device, whatever the answer was: asking again and again is begging. */
  askOnce(): void {
    if (this.#asked) return
    this.#asked = true
    this.hold()
    if (this.#recall(ASKED) === null) void this.ask()
  }

  /** @returns whether the browser agreed */
  async ask(): Promise<boolean> {
    try {
      const agreed = (await this.#world.manager?.persist?.()) ?? false
      this.#remember(ASKED, agreed ? 'yes' : 'no')
      return agreed
    } catch {
      // Not allowed here: it is asked again with the next page.
      return false
    }
  }

  /** Whether a library with something in it was ever here. */
  get held(): boolean {
    return this.#recall(HELD) !== null
  }

  hold(): void {
    this.#remember(HELD, 'yes')
  }

  #recall(key: string): string | null {
    try {
      return this.#world.memory().getItem(key)
    } catch {
      return null
    }
  }

  #remember(key: string, value: string): void {
    try {
      this.#world.memory().setItem(key, value)
    } catch {
      // Then it is asked again, and a loss is not noticed.
    }
  }
}
