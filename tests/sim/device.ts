import type { Resolution } from '../../src/core/conflict.ts'
import type { Announcement, ToWorker, WakeReason } from '../../src/core/messages.ts'
import type { StoredConflict } from '../../src/store/conflicts.ts'
import { onSync } from '../../sw/sync-event.ts'
import type { Disks } from './disk.ts'
import { Link, type LinkHost, type LinkRequest } from './link.ts'
import { Locks } from './locks.ts'
import type { Random } from './random.ts'
import type { Actor, Scheduler } from './scheduler.ts'
import { type Answered, SimTab } from './tab.ts'
import { SimWorker } from './worker.ts'

export interface DeviceHost {
  readonly scheduler: Scheduler
  readonly disks: Disks
  readonly random: Random
  readonly link: LinkHost
  trace(line: string): void
  issued(device: SimDevice, id: string, before: object, after: object): void
  saved(device: SimDevice, actor: Actor, id: string, before: object, after: object): void
  resolving(device: SimDevice, shown: StoredConflict, resolution: Resolution): void
  resolved(device: SimDevice, actor: Actor, said: Answered): void
  /** A request leaves the worker: what a checker may say to it. */
  asked(device: SimDevice, request: LinkRequest): void
  failed(why: string): void
}

/** Wakes that may send where the browser says offline, or before a pause is over. */
const HASTY: ReadonlySet<WakeReason> = new Set(['online', 'sync-now', 'retry', 'signed-in'])
const TIMER = 45_000
const NATIVE_RETRIES = [300_000, 900_000] as const

/** One browser profile: a disk, tabs, the worker that the browser starts when it needs one, and a link. */
export class SimDevice {
  readonly name: string
  readonly link: Link
  readonly locks: Locks
  #opened: SimTab[] = []
  workers: SimWorker[] = []
  /** ms that this device's clock is off. */
  skew = 0
  /** Ms by which broadcasts may be late. */
  lag = 0
  /** When something last woke the engine that may send where the browser says offline. */
  hastyAt = -Infinity
  offlineSince = -Infinity
  readonly #host: DeviceHost
  readonly #random: Random
  #lives = 0
  /** What the page asked the browser for; `by`: the worker that is at it. */
  #sync: { attempts: number; by: Actor | null } | null = null

  constructor(host: DeviceHost, name: string) {
    this.#host = host
    this.name = name
    this.#random = host.random.fork()
    this.link = new Link({ ...host.link, random: this.#random.fork() })
    this.locks = new Locks(host.scheduler)
  }

  /** Those that live: a page may also die in the midst of opening. */
  get tabs(): readonly SimTab[] {
    this.#opened = this.#opened.filter(({ actor }) => !actor.dead)
    return this.#opened
  }

  get now(): number {
    return this.#host.scheduler.now + this.skew
  }

  /** A page opens; resolves when it shows the library. */
  openTab(): SimTab {
    const { scheduler } = this.#host
    const tab = new SimTab(
      {
        scheduler,
        random: this.#random.fork(),
        deviceName: this.name,
        now: () => this.now,
        broadcast: (from, said) => this.#broadcast(from, said),
        tell: (message) => {
          if (!tab.actor.dead) this.tell(message)
        },
        arm: () => this.#arm(),
        issued: (id, before, after) => this.#host.issued(this, id, before, after),
        saved: (actor, id, before, after) => this.#host.saved(this, actor, id, before, after),
        resolving: (shown, resolution) => this.#host.resolving(this, shown, resolution),
        resolved: (actor, said) => this.#host.resolved(this, actor, said),
      },
      `${this.name}/tab${++this.#lives}`,
    )
    this.#opened.push(tab)
    this.#host.trace(`${tab.actor.name} opens`)
    scheduler.post(tab.actor, () => tab.open().catch((error: unknown) => this.#rejected(tab.actor, error)))
    const look = (): void => {
      if (this.link.online) this.tell({ v: 1, type: 'wake', reason: 'timer' })
      scheduler.after(TIMER, tab.actor, look)
    }
    scheduler.after(TIMER, tab.actor, look)
    return tab
  }

  /** Closed by its person: last letters go to the worker; or its process dies. */
  closeTab(tab: SimTab, crash: boolean): void {
    this.#host.trace(`${tab.actor.name} ${crash ? 'crashes' : 'closes'}`)
    if (!crash) tab.handOver()
    this.#host.disks.kill(tab.actor)
  }

  /** The active worker, started when there is none: the browser does so for every event. */
  worker(): SimWorker {
    const living = this.workers.find(({ actor, active }) => active && !actor.dead)
    return living ?? this.startWorker(true)
  }

  startWorker(active: boolean): SimWorker {
    const { scheduler } = this.#host
    const worker = new SimWorker(
      {
        scheduler,
        locks: this.locks,
        random: this.#random.fork(),
        deviceName: this.name,
        now: () => this.now,
        online: () => this.link.online,
        fetch: (actor, path, init) => {
          const { method = 'GET', body, signal } = init
          if (!signal) throw new Error('a request without a signal')
          const request = { actor, device: this.name, method, path, body: String(body ?? ''), signal }
          this.#host.asked(this, request)
          return this.link.fetch(request)
        },
        broadcast: (from, said) => this.#broadcast(from, said),
        failed: (actor, error) => this.#rejected(actor, error),
      },
      `${this.name}/worker${++this.#lives}`,
      active,
    )
    this.workers.push(worker)
    this.#host.trace(`${worker.actor.name} starts`)
    return worker
  }

  killWorkers(): void {
    for (const { actor } of this.workers) this.killWorker(actor)
  }

  killWorker(actor: Actor): void {
    if (actor.dead) return
    this.#host.trace(`${actor.name} dies`)
    this.#host.disks.kill(actor)
    this.locks.died(actor)
    this.#syncFailed(actor)
    this.workers = this.workers.filter((worker) => worker.actor !== actor)
  }

  /** The whole browser is gone, and comes back with a page only when somebody opens one. */
  killBrowser(): void {
    this.killWorkers()
    for (const tab of [...this.tabs]) this.closeTab(tab, true)
  }

  tell(message: ToWorker): void {
    if (message.type === 'wake' && HASTY.has(message.reason)) this.hastyAt = this.#host.scheduler.now
    if (message.type === 'flush') this.hastyAt = this.#host.scheduler.now
    this.worker().dispatch('message', message)
  }

  wake(reason: WakeReason): void {
    this.tell({ v: 1, type: 'wake', reason })
  }

  setOnline(online: boolean): void {
    if (online === this.link.online) return
    this.link.online = online
    this.offlineSince = this.#host.scheduler.now
    this.#host.trace(`${this.name} ${online ? 'online' : 'offline'}`)
    if (!online) return
    if (this.tabs.length > 0) this.wake('online')
    this.#fire()
  }

  /** A poke of the stream, which only an open page has. */
  poke(): void {
    if (this.tabs.length > 0 && this.link.online) this.wake('poke')
  }

  #broadcast(from: Actor, said: Announcement): void {
    const { scheduler } = this.#host
    for (const tab of this.tabs) {
      if (tab.actor === from) continue
      scheduler.after(this.lag === 0 ? 0 : this.#random.below(this.lag), tab.actor, () => tab.hear(said))
    }
  }

  #arm(): void {
    if (this.#sync) return
    this.#sync = { attempts: 0, by: null }
    this.#fire()
  }

  /** Background Sync: an attempt at once when online, two more 5 and 15 minutes after failures (platform.md, 1.1). */
  #fire(): void {
    const sync = this.#sync
    if (!sync || sync.by || !this.link.online) return
    const worker = this.worker()
    sync.by = worker.actor
    this.#host.scheduler.post(worker.actor, () => {
      onSync(worker.engine, worker.world, () => worker.active, 0).then(
        () => {
          if (this.#sync === sync) this.#sync = null
        },
        () => this.#syncFailed(worker.actor),
      )
    })
  }

  #syncFailed(by: Actor): void {
    const sync = this.#sync
    if (sync?.by !== by) return
    sync.by = null
    const wait = NATIVE_RETRIES[sync.attempts++]
    if (wait === undefined) this.#sync = null
    else this.#host.scheduler.after(wait, this.#host.scheduler.root, () => this.#fire())
  }

  #rejected(actor: Actor, error: unknown): void {
    if (actor.dead) return
    this.#host.failed(
      `${actor.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
  }
}
