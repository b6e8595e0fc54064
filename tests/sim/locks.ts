import type { Actor, Scheduler } from './scheduler.ts'

interface Waiting {
  readonly actor: Actor
  readonly run: () => void
}

/** Web Locks of one device: exclusive, granted in order, let go when the work ends or its holder dies. */
export class Locks {
  readonly #scheduler: Scheduler
  readonly #held = new Map<string, Actor>()
  readonly #queues = new Map<string, Waiting[]>()

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  request<T>(actor: Actor, name: string, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = (): void => {
        const release = (): void => this.#release(actor, name)
        work().then(resolve, reject).finally(release)
      }
      const queue = this.#queues.get(name) ?? []
      this.#queues.set(name, queue)
      queue.push({ actor, run })
      this.#grant(name)
    })
  }

  isHeld(name: string): boolean {
    return this.#held.has(name)
  }

  /** A dead holder holds nothing. */
  died(actor: Actor): void {
    for (const [name, holder] of [...this.#held]) if (holder === actor) this.#release(actor, name)
  }

  #release(actor: Actor, name: string): void {
    if (this.#held.get(name) !== actor) return
    this.#held.delete(name)
    this.#grant(name)
  }

  #grant(name: string): void {
    if (this.#held.has(name)) return
    const next = this.#queues.get(name)?.shift()
    if (!next) return
    if (next.actor.dead) this.#grant(name)
    else {
      this.#held.set(name, next.actor)
      this.#scheduler.post(next.actor, next.run)
    }
  }
}
