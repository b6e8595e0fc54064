import { hastened } from '../src/core/backoff.ts'
import type { Announcement, WakeReason } from '../src/core/messages.ts'
import { decide, type Step } from '../src/core/sync-machine.ts'
import type { Database } from '../src/store/database.ts'
import type { Journal } from '../src/store/journal.ts'
import { OtherLibrary } from '../src/store/library.ts'
import { type OutboxState, readOutbox } from '../src/store/outbox.ts'
import { isolate } from './halve.ts'
import { pullOnce } from './pull.ts'
import { pushBatch, type Task } from './push.ts'
import { endSession } from './sign-out.ts'
import { forget, type Notices, tellGathered } from './tell.ts'
import type { Transport } from './transport.ts'

/** Everything of the outside that the engine uses; handed in by sw.ts, or by a test. */
export interface EngineWorld {
  readonly database: () => Promise<Database>
  readonly transport: Transport
  readonly now: () => number
  /** In [0, 1), for jitter. */
  readonly random: () => number
  readonly newId: () => string
  readonly online: () => boolean
  /** Resolves after `ms`, or at once when the signal, which has not yet, aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Runs the work alone among all workers and tabs of this origin. */
  readonly alone: (work: () => Promise<void>) => Promise<void>
  /** Whether any engine of this origin holds the lock now. */
  readonly running: () => Promise<boolean>
  readonly journal: Journal
  readonly announce: (announcement: Announcement) => void
}

const HASTY: ReadonlySet<WakeReason> = new Set(['online', 'sync-now', 'retry', 'signed-in'])
/** Nobody may be there to go on typing, or a person wants it now: what waits for a pause goes at once. */
const IMPATIENT: ReadonlySet<WakeReason> = new Set(['hidden', 'sync-now', 'retry'])
/** Haste that has waited longer than this for another worker to let go of the lock is nobody's any more, ms. */
const HASTE = 180_000
const NO_PULL: ReadonlySet<WakeReason> = new Set(['changed', 'hidden'])

/**
 * A fault of the storage is in the sync log like every failure (P11), once there is room for it. So is one of our own,
 * by its name alone, since its message may quote what a person wrote; and it is thrown on.
 */
export function logFault(world: EngineWorld, error: unknown): void {
  const { name, message } = error as Error
  const ours = !(error instanceof DOMException)
  world.journal.add({
    what: 'failed',
    doing: ours ? 'code' : 'storage',
    failure: name,
    why: ours ? '' : message,
  })
  if (!ours) return
  // Nobody flushes after what is thrown on, and the worker may be ended.
  void world.journal.flush()
  throw error
}

/**
 * Drains the outbox and reads what is new: one at a time, woken at any time by anything, with no lost wake-up.
 * All state is in the store; what is held here is only who asked for what since the last look.
 */
export class Engine {
  readonly #world: EngineWorld
  #running: Promise<void> | null = null
  /** Something asked since the engine last looked. */
  #asked = false
  #pullWanted = false
  readonly #reasons = new Set<WakeReason>()
  #hasty = false
  /** When it was asked for last, ms. */
  #hastyAt = 0
  #impatient = false
  #opened = false
  #signedIn = false
  #patientUntil = 0
  /** Why it last rested, as the log says; null: something was tried since. */
  #rested: string | null = null
  readonly #notices: Notices = { refused: [], outage: null }
  #nap = new AbortController()
  #abort = new AbortController()

  constructor(world: EngineWorld) {
    this.#world = world
  }

  /**
   * @param patience how long the caller keeps the worker alive, ms
   * @returns when the drain has come to rest
   */
  wake(reason: WakeReason, patience: number): Promise<void> {
    this.#asked = true
    this.#reasons.add(reason)
    this.#pullWanted ||= !NO_PULL.has(reason)
    if (HASTY.has(reason)) {
      this.#hasty = true
      this.#hastyAt = this.#world.now()
    }
    this.#impatient ||= IMPATIENT.has(reason)
    this.#opened ||= reason === 'opened'
    this.#signedIn ||= reason === 'signed-in'
    this.#patientUntil = Math.max(this.#patientUntil, this.#world.now() + patience)
    this.#nap.abort()
    this.#running ??= this.#run()
    return this.#running
  }

  /** Aborted with the drain that runs now or ran last. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Gives up the request in flight and comes to rest: the library is about to be replaced. */
  abort(): void {
    this.#patientUntil = 0
    this.#asked = false
    this.#abort.abort()
    this.#nap.abort()
  }

  async #run(): Promise<void> {
    try {
      // The check and the end of the run are one step: a wake after it starts the next run.
      while (this.#asked) await this.#world.alone(() => this.#drain())
    } catch (error) {
      // Everything is kept as it was; the next trigger tries again.
      logFault(this.#world, error)
    } finally {
      this.#running = null
      void this.#world.journal.flush()
      this.#world.announce({ v: 1, type: 'status-changed' })
    }
  }

  async #drain(): Promise<void> {
    this.#abort = new AbortController()
    const db = await this.#world.database()
    // By distance: a clock that was set back by a little is no long wait.
    if (Math.abs(this.#world.now() - this.#hastyAt) > HASTE) this.#hasty = false
    for (;;) {
      this.#asked = false
      const now = this.#world.now()
      const outbox = await readOutbox(db, now, this.#impatient)
      // Given up, since another library is about to come: what was gathered is not that one's.
      if (!outbox || this.#abort.signal.aborted) return forget(this.#notices)
      // Asked while it read: it looks again. From here to the step nothing comes between.
      if (this.#asked) continue
      const step = decide(this.#situation(outbox, now), now)
      // A wake for every key would drown the log: it is told with what comes of it.
      const rest = step.do === 'rest' ? step.why : null
      const quiet = step.do === 'wait' || rest === 'later' || (rest !== null && rest === this.#rested)
      if (!quiet) {
        this.#logWaking(outbox)
        this.#rested = rest
      }
      if (step.do === 'wait' || step.do === 'rest') tellGathered(this.#world, this.#notices)
      if (step.do === 'rest') {
        if (!quiet && step.why !== 'done') this.#world.journal.add({ what: 'rested', why: step.why })
        this.#hasty = false
        this.#impatient = false
        this.#opened = false
        this.#signedIn = false
        return
      }
      // Begun before the step, so that a worker that dies in it leaves a trace; not awaited, for nothing may come between.
      void this.#world.journal.flush()
      await this.#take(step, db, outbox)
    }
  }

  #logWaking(outbox: OutboxState): void {
    const { due, sendable } = outbox
    for (const reason of this.#reasons)
      this.#world.journal.add({ what: 'woken', reason, due: due.length, waiting: sendable - due.length })
    this.#reasons.clear()
  }

  #situation(outbox: OutboxState, now: number) {
    return {
      ...outbox,
      hasAccount: outbox.library.account !== null,
      rereading: outbox.library.reread !== null,
      pullWanted: this.#pullWanted,
      online: this.#world.online(),
      hasty: this.#hasty,
      opened: this.#opened,
      signedIn: this.#signedIn,
      patience: Math.max(0, this.#patientUntil - now),
    }
  }

  async #take(step: Exclude<Step, { do: 'rest' }>, db: Database, outbox: OutboxState): Promise<void> {
    const hasty = this.#hasty
    let connection = hasty ? hastened(outbox.connection, this.#world.now()) : outbox.connection
    // Should this push fail: whether all that is due is known to fail alone.
    if (connection.is === 'failing' && step.do === 'push')
      connection = { ...connection, apart: outbox.due.length === outbox.alone.size }
    const task = {
      world: this.#world,
      db,
      account: outbox.library.account?.id ?? '',
      outbox: { ...outbox, connection },
      signal: this.#abort.signal,
      hasty,
      notices: this.#notices,
    }
    try {
      if (step.do === 'wait') {
        this.#impatient = false
        this.#hasty = false
        return await this.#sleep(step.ms)
      }
      this.#hasty = false
      this.#opened = false
      this.#signedIn = false
      if (step.do === 'sign-out') return await endSession(task)
      const through = step.do === 'push' ? await this.#push(task, step.ids) : await this.#pull(task)
      // Haste lasts while the server answers: the browser that says offline is wrong (traces.md, 55).
      this.#hasty ||= hasty && through
    } catch (error) {
      // Another library now: this answer, and all that this drain knew, was the old one's.
      if (!(error instanceof OtherLibrary)) throw error
      forget(this.#notices)
    }
  }

  async #push(task: Task, ids: readonly string[]): Promise<boolean> {
    const pushed = await pushBatch(task, ids)
    if (pushed === 'through') this.#pullWanted = true
    if (typeof pushed === 'string') return pushed === 'through'
    // It may be the network that has gone.
    if (!task.hasty && !this.#world.online()) return false
    // A push that fails does not keep the pull from being tried, once a round (traces.md, 27); and where that goes
    // through, the fault is with something in the batch.
    return (await this.#pull(task, true)) && (await isolate(task, ids, pushed)) === 'through'
  }

  /** A poke that comes while the answer is on its way may tell of something that is not in it: it stays wanted. */
  async #pull(task: Task, aside = false): Promise<boolean> {
    this.#pullWanted = false
    const read = await pullOnce(task, aside)
    if (read !== 'up-to-date') this.#pullWanted = true
    return read !== 'failed'
  }

  async #sleep(ms: number): Promise<void> {
    this.#nap = new AbortController()
    await this.#world.sleep(ms, this.#nap.signal)
  }
}
