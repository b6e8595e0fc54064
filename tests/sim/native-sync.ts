import type { Actor, Scheduler } from './scheduler.ts'

/** A browser tries so often again, after so long; ms (platform.md, 1.1). */
const RETRIES = [300_000, 900_000] as const

/** Background Sync of one device: an attempt at once when online, two more 5 and 15 minutes after failures. */
export class NativeSync {
  readonly #scheduler: Scheduler
  readonly #online: () => boolean
  readonly #begin: () => { readonly by: Actor; readonly attempt: () => Promise<unknown> }
  /** What the page asked the browser for; `by`: the worker that is at it. */
  #sync: { attempts: number; by: Actor | null } | null = null

  /** @param begin starts a worker where there is none; `attempt` is run in a task of it */
  constructor(
    scheduler: Scheduler,
    online: () => boolean,
    begin: () => { readonly by: Actor; readonly attempt: () => Promise<unknown> },
  ) {
    this.#scheduler = scheduler
    this.#online = online
    this.#begin = begin
  }

  arm(): void {
    if (this.#sync) return
    this.#sync = { attempts: 0, by: null }
    this.fire()
  }

  fire(): void {
    const sync = this.#sync
    if (!sync || sync.by || !this.#online()) return
    const { by, attempt } = this.#begin()
    sync.by = by
    this.#scheduler.post(by, () => {
      attempt().then(
        () => {
          if (this.#sync === sync) this.#sync = null
        },
        () => this.failed(by),
      )
    })
  }

  failed(by: Actor): void {
    const sync = this.#sync
    if (sync?.by !== by) return
    sync.by = null
    const wait = RETRIES[sync.attempts++]
    if (wait === undefined) this.#sync = null
    else this.#scheduler.after(wait, this.#scheduler.root, () => this.fire())
  }
}
