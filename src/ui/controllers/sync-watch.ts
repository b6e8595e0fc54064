import { ENGINE_LOCK } from '../../core/messages.ts'
import type { Entry } from '../../core/outbox.ts'
import { readSyncState, type SyncState } from '../../store/read.ts'
import type { SyncSummary } from '../model.ts'
import { type Facts, summarize, untilAlarm } from '../summary.ts'
import type { PageWorld } from './page-world.ts'

/** While the engine seems to run, the page looks again this often, ms. */
const LOOK_AGAIN = 3000
/** Reading the outbox at every key would cost more than the key. */
const TYPING_PAUSE = 250
/** How late a hint may come, ms; doubled for each one that changed nothing, up to the second. */
const HINT_PAUSE = [250, 60_000] as const

/** What the watch tells its page: `learnt` brings the records' states up to date and counts the live ones. */
export interface SyncWatchHost {
  /** The library that the page works on; null: not to be compared just now. */
  library(): string | null
  /**
   * Another one is on this device, and nobody has told the page.
   * @param moved the page's own, with all that is in it, into another account
   */
  replaced(moved: boolean): void
  learnt(entries: ReadonlyMap<string, Entry>, facts: Facts): number
  titlesOf(ids: readonly string[]): ReadonlyMap<string, string>
  changed(): void
}

/** The page's view of sync as a whole, read from the store, and the hints it gives the worker in return. */
export class SyncWatch {
  readonly #world: PageWorld
  readonly #host: SyncWatchHost
  #refreshing: Promise<void> | null = null
  #stale = false
  #looked = 0
  #soon: ReturnType<typeof setTimeout> | null = null
  #armedAtStart = false
  #retry: ReturnType<typeof setTimeout> | undefined
  /** Of which failure the last hint was, by its time, and how long the next of the same waits. */
  #hinted = { failed: 0, pause: 0 }
  #again: ReturnType<typeof setTimeout> | undefined
  #alarm: ReturnType<typeof setTimeout> | undefined
  facts: Facts
  summary: SyncSummary

  constructor(world: PageWorld, host: SyncWatchHost, state: SyncState) {
    this.#world = world
    this.#host = host
    this.facts = this.#factsOf(state, false)
    this.summary = summarize(this.facts, 0, new Map())
  }

  /** Reads the state of sync again; calls while one is under way are served by one more read. */
  refresh(): Promise<void> {
    this.#stale = true
    this.#refreshing ??= this.#loop().finally(() => (this.#refreshing = null))
    return this.#refreshing
  }

  /** As refresh, for writes that come at every key: the first at once, then at most one each quarter of a second. */
  refreshSoon(): void {
    if (this.#soon) return
    const wait = Math.max(0, this.#looked + TYPING_PAUSE - this.#world.now())
    const look = (): void => {
      this.#soon = null
      // What fails here fails again at the next look, and is told where it matters: at the next write.
      this.refresh().catch(() => {})
    }
    this.#soon = setTimeout(look, Math.min(wait, TYPING_PAUSE))
  }

  async #loop(): Promise<void> {
    while (this.#stale) {
      this.#stale = false
      this.#looked = this.#world.now()
      const library = this.#host.library()
      const [state, running] = await Promise.all([readSyncState(this.#world.db), engineRuns()])
      // A page that was frozen may have missed it. One whose library was replaced here meanwhile has read too early.
      const other = library !== null && state.library !== null && state.library.id !== library
      if (other && this.#host.library() === library)
        return this.#host.replaced(state.library?.movedFrom === library)
      this.#learn(state, running)
    }
  }

  #learn(state: SyncState, running: boolean): void {
    this.facts = this.#factsOf(state, running)
    const live = this.#host.learnt(new Map(state.entries.map((entry) => [entry.id, entry])), this.facts)
    const titles = this.#host.titlesOf(state.entries.map(({ id }) => id))
    this.summary = summarize(this.facts, live, titles)
    this.#host.changed()
    this.#hint(running)
  }

  /** The worker may be asleep when its time has come, or dead: a page reminds it. Only hints, all times are stored. */
  #hint(running: boolean): void {
    const { worker, stream, now } = this.#world
    const { account, connection, nextTry, figures } = this.summary
    const signedIn = account !== null && connection !== 'signed-out'
    const { connection: row, library } = this.facts.state
    const asked = row.is === 'failing' ? row.asked : null
    stream?.follow(signedIn ? account.id : null, library?.id ?? '', asked)
    clearTimeout(this.#retry)
    if (nextTry !== null) this.#remind(nextTry - now())
    clearTimeout(this.#alarm)
    const until = untilAlarm(this.facts)
    if (until !== null) this.#alarm = setTimeout(() => this.refreshSoon(), until)
    clearTimeout(this.#again)
    if (running) this.#again = setTimeout(() => void this.#lookAgain(), LOOK_AGAIN)
    if (signedIn && figures.queue > 0 && !this.#armedAtStart) {
      // Once a page: a failed attempt asks again at the next write or when the page hides, not at every look.
      this.#armedAtStart = true
      worker?.arm()
    }
  }

  /** What the worker rests for may be nothing that this page knows of: one that goes on resting is asked ever more rarely. */
  #remind(wait: number): void {
    const { connection } = this.facts.state
    const failed = connection.is === 'failing' ? connection.wait.start : 0
    const [first, longest] = HINT_PAUSE
    const pause = failed === this.#hinted.failed ? this.#hinted.pause : first
    const hint = (): void => {
      this.#hinted = { failed, pause: Math.min(2 * pause, longest) }
      this.#world.worker?.wake('timer')
    }
    this.#retry = setTimeout(hint, Math.max(pause, wait))
  }

  /** A worker that dies says nothing (traces.md, 40): what it left on the way is taken up by the next. */
  async #lookAgain(): Promise<void> {
    await this.refresh()
    const { running, state } = this.facts
    if (!running && state.entries.some(({ flight }) => flight)) this.#world.worker?.wake('timer')
  }

  #factsOf(state: SyncState, running: boolean): Facts {
    const { worker, now } = this.#world
    const background = worker?.background ?? 'missing'
    return { state, running, online: navigator.onLine, background, now: now() }
  }
}

/** Whether the engine holds its lock now, in whichever worker. */
async function engineRuns(): Promise<boolean> {
  const { held } = await navigator.locks.query()
  return held?.some(({ name }) => name === ENGINE_LOCK) ?? false
}
