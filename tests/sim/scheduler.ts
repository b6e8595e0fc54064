import type { Random } from './random.ts'

/**
 * Somebody who runs code: a tab, a worker, the server. What an actor asked for comes back to it as a task of its
 * own; a dead actor gets nothing any more.
 */
export class Actor {
  dead = false
  readonly name: string
  /** Tasks of one device run in order, as on one machine; those of different devices in any order. */
  readonly device: string
  /** Open connections to the device's database, closed when the actor dies. */
  readonly connections = new Set<IDBDatabase>()
  /** Dies in the middle of the next upgrade of the database. */
  diesAtUpgrade = false
  /** Nobody looks at it: its timers run once a minute. */
  hidden = false

  constructor(name: string, device: string) {
    this.name = name
    this.device = device
  }
}

interface Task {
  readonly actor: Actor
  /** Steps of IndexedDB go on after their page has died: the transaction is the browser's. */
  readonly always: boolean
  readonly run: () => unknown
}

interface Timer {
  at: number
  readonly order: number
  readonly actor: Actor
  readonly run: () => unknown
}

export class Livelock extends Error {}

const real = {
  setImmediate,
  clearImmediate,
  setTimeout,
  clearTimeout,
  timeout: AbortSignal.timeout.bind(AbortSignal),
}
/** So many tasks without time passing can only be a loop. */
const MOST_TASKS = 100_000

/** As Chromium does with pages that have been hidden for long, ms. */
const HIDDEN_TIMER = 60_000

/**
 * Immediates asked for at once: Node runs them in one round of its event loop, and every microtask that can run
 * between two of them. A round for each took an eighth of a run.
 */
const AT_ONCE = 32
const turns: NodeJS.Immediate[] = []
const awaited: (() => void)[] = []

function next(): void {
  turns.shift()
  const resolve = awaited.shift()
  if (resolve) resolve()
  else for (const idle of turns.splice(0)) real.clearImmediate(idle)
}

/** A turn: every microtask that can run has run. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    awaited.push(resolve)
    if (turns.length === 0) while (turns.length < AT_ONCE) turns.push(real.setImmediate(next))
  })

/**
 * The only clock and the only order of things in a run. While installed it is `setImmediate` (on which
 * fake-indexeddb runs), `setTimeout` and `AbortSignal.timeout` of the whole process, so that a seed decides every
 * interleaving.
 */
export class Scheduler {
  now: number
  current: Actor
  readonly root = new Actor('sim', 'sim')
  readonly #random: Random
  readonly #queues = new Map<string, Task[]>()
  #timers: Timer[] = []
  /** When those of hidden pages were wanted. */
  readonly #late = new WeakMap<Timer, number>()
  #order = 0
  #sinceTime = 0
  #exclusive: Promise<unknown> | null = null
  ran = 0

  constructor(random: Random, now: number) {
    this.#random = random
    this.now = now
    this.current = this.root
  }

  install(): void {
    const soon = (run: () => void): void => this.#push(this.current, run, true)
    const later = (run: () => void, ms = 0): Timer => this.#throttled(ms, this.current, run)
    globalThis.setImmediate = soon as unknown as typeof setImmediate
    globalThis.setTimeout = later as unknown as typeof setTimeout
    globalThis.clearTimeout = ((timer: unknown) => this.cancel(timer as Timer)) as typeof clearTimeout
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController()
      this.after(ms, this.root, () => controller.abort(new DOMException('timed out', 'TimeoutError')))
      return controller.signal
    }
  }

  uninstall(): void {
    globalThis.setImmediate = real.setImmediate
    globalThis.setTimeout = real.setTimeout
    globalThis.clearTimeout = real.clearTimeout
    AbortSignal.timeout = real.timeout
  }

  /** As soon as it is the actor's turn. */
  post(actor: Actor, run: () => unknown): void {
    this.#push(actor, run, false)
  }

  after(ms: number, actor: Actor, run: () => unknown): Timer {
    const timer = { at: this.now + Math.max(0, Math.ceil(ms)), order: this.#order++, actor, run }
    this.#insert(timer)
    return timer
  }

  #insert(timer: Timer): void {
    const index = this.#timers.findIndex((other) => other.at > timer.at)
    this.#timers.splice(index < 0 ? this.#timers.length : index, 0, timer)
  }

  #throttled(ms: number, actor: Actor, run: () => unknown): Timer {
    if (!actor.hidden || ms >= HIDDEN_TIMER) return this.after(ms, actor, run)
    const timer = this.after(HIDDEN_TIMER, actor, run)
    this.#late.set(timer, this.now + ms)
    return timer
  }

  /** Somebody looks at it again: what was held back is due. */
  shown(actor: Actor): void {
    actor.hidden = false
    for (const timer of this.#timers.filter((one) => one.actor === actor)) {
      const due = this.#late.get(timer)
      if (due === undefined) continue
      this.cancel(timer)
      timer.at = Math.max(this.now, due)
      this.#insert(timer)
    }
  }

  cancel(timer: Timer | undefined): void {
    this.#timers = this.#timers.filter((other) => other !== timer)
  }

  /** Runs at most so many tasks; time stands still. */
  async some(tasks: number): Promise<void> {
    for (let i = 0; i < tasks && (await this.#one()); i++);
  }

  /** Runs until nothing is left to do without time passing. */
  async quiet(): Promise<void> {
    while (await this.#one());
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms
    for (;;) {
      await this.quiet()
      const [next] = this.#timers
      if (!next || next.at > end) break
      this.#timers.shift()
      if (next.at > this.now) this.#sinceTime = 0
      this.now = Math.max(this.now, next.at)
      this.#push(next.actor, next.run, false)
    }
    this.now = end
    this.#sinceTime = 0
  }

  /** Runs tasks, and time where nothing else is left, until the promise is settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const seen = promise.finally(() => (settled = true))
    seen.catch(() => {})
    await turn()
    while (!settled) {
      if (await this.#one()) continue
      const [next] = this.#timers
      if (!next) throw new Livelock('waits for what never comes')
      await this.advance(Math.max(0, next.at - this.now))
    }
    return seen
  }

  /** Real work that takes no time here and that nothing may interleave with: the server answers a request. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    this.uninstall()
    const done = work().finally(() => {
      this.install()
      this.#exclusive = null
    })
    this.#exclusive = done
    return done
  }

  #push(actor: Actor, run: () => unknown, always: boolean): void {
    const queue = this.#queues.get(actor.device)
    if (queue) queue.push({ actor, run, always })
    else this.#queues.set(actor.device, [{ actor, run, always }])
  }

  async #one(): Promise<boolean> {
    const waiting = [...this.#queues.values()].filter((queue) => queue.length > 0)
    const task = this.#random.pick(waiting)?.shift()
    if (!task) return false
    if (task.actor.dead && !task.always) return true
    if (++this.#sinceTime > MOST_TASKS) throw new Livelock(`${task.actor.name} goes round without end`)
    this.ran++
    this.current = task.actor
    task.run()
    await turn()
    while (this.#exclusive) {
      await this.#exclusive.catch(() => {})
      await turn()
    }
    this.current = this.root
    return true
  }
}
