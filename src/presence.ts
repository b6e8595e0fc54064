import { presenceLock, visibleLock } from './core/session.ts'

const KEPT = 'pawkit-session'
/** A page that reloads finds its lock free within this time; one that was duplicated does not (traces.md, 29); ms. */
const CLAIM_LIMIT = 300
const CLAIM_TRIES = 6

/**
 * This page among the sessions of its browser: two locks, one as long as it lives, one while it is visible. A crashed
 * tab leaves by itself, and nothing has to say that it is still there.
 */
export class Presence {
  readonly #newId: () => string
  #id = ''
  #returned = false
  #leave: (() => void) | null = null
  #hide: (() => void) | null = null
  #claiming: Promise<string> | null = null
  /** Not on its way into the cache. */
  #here = false

  constructor(newId: () => string) {
    this.#newId = newId
  }

  /** The session's id; another one after a page that was taken for this one's copy came back. */
  get id(): string {
    return this.#id
  }

  /** Whether this is a page that was here before, and has been reloaded. */
  get returned(): boolean {
    return this.#returned
  }

  get visible(): boolean {
    return document.visibilityState === 'visible'
  }

  /** Whether a person's keys go to it: a window that is uncovered is visible, and no more. */
  get focused(): boolean {
    return document.hasFocus()
  }

  /** Holds the session's lock, with the id of the page before a reload where it is free, else with a new one. */
  claim(): Promise<string> {
    this.#here = true
    this.#claiming ??= this.#claim().finally(() => {
      this.#claiming = null
    })
    return this.#claiming
  }

  async #claim(): Promise<string> {
    if (this.#leave) return this.#id
    const kept = this.#id || (sessionStorage.getItem(KEPT) ?? '')
    let mine: (() => void) | null = null
    for (let tries = 0; kept !== '' && mine === null && tries <= CLAIM_TRIES; tries++) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, CLAIM_LIMIT / CLAIM_TRIES))
      mine = await hold(presenceLock(kept))
    }
    this.#returned = mine !== null
    this.#id = mine ? kept : this.#newId()
    this.#leave = mine ?? (await hold(presenceLock(this.#id)))
    sessionStorage.setItem(KEPT, this.#id)
    // Gone again meanwhile.
    if (!this.#here) this.#letGo()
    this.shown()
    return this.#id
  }

  /** Whether it is visible has changed. */
  shown(): void {
    const visible = this.visible && this.#leave !== null
    if (visible === (this.#hide !== null)) return
    this.#hide?.()
    this.#hide = null
    if (visible) this.#hide = holdNow(visibleLock(this.#id))
  }

  /** The page goes into the back-forward cache or away: there it keeps its locks, and would count as open. */
  leave(): void {
    this.#here = false
    // A claim under way could not be called off, and lets go as it ends.
    if (!this.#claiming) this.#letGo()
  }

  #letGo(): void {
    this.#hide?.()
    this.#leave?.()
    this.#hide = null
    this.#leave = null
  }

  /** Names of all locks that are held in this browser. */
  async held(): Promise<readonly string[]> {
    const { held = [] } = await navigator.locks.query()
    return held.map(({ name }) => name ?? '')
  }
}

/**
 * Asked and answered, however long a busy browser takes for it: a time limit on the request would take slowness for a
 * lock that another page holds.
 * @returns how to let go; null: it is held
 */
function hold(name: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const taken = navigator.locks.request(name, { ifAvailable: true }, (lock) =>
      lock ? new Promise<void>((letGo) => resolve(letGo)) : resolve(null),
    )
    taken.catch(() => resolve(null))
  })
}

function holdNow(name: string): () => void {
  const stop = new AbortController()
  let letGo: () => void = () => stop.abort()
  navigator.locks
    .request(name, { signal: stop.signal }, () => new Promise<void>((done) => (letGo = done)))
    .catch(() => {
      // Hidden again before it was granted.
    })
  return () => letGo()
}
