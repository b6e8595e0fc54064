import type { Resolution } from '../../src/core/conflict.ts'
import type { Announcement, ToWorker, WakeReason } from '../../src/core/messages.ts'
import type { Change } from '../../src/core/write.ts'
import type { StoredConflict } from '../../src/store/conflicts.ts'
import type { Refused } from '../../src/ui/session-model.ts'
import { onSync } from '../../sw/sync-event.ts'
import type { Disks } from './disk.ts'
import { Link, type LinkHost, type LinkRequest } from './link.ts'
import { Locks } from './locks.ts'
import { NativeSync } from './native-sync.ts'
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
  drafted(device: SimDevice, actor: Actor, change: Change): void
  handedOver(device: SimDevice, tab: SimTab): void
  resolving(device: SimDevice, shown: StoredConflict, resolution: Resolution): void
  resolved(device: SimDevice, actor: Actor, said: Answered): void
  /** A request leaves the worker: what a checker may say to it. */
  asked(device: SimDevice, request: LinkRequest): void
  failed(why: string): void
}

/** Wakes that may send where the browser says offline, or before a pause is over. */
const HASTY: ReadonlySet<WakeReason> = new Set(['online', 'sync-now', 'retry', 'signed-in'])
const TIMER = 45_000
/** A person who is asked may take so long, ms. */
const THINKS = 20_000
/** A person looks at a tab for so long, and up to twice as long; ms. */
const LOOKS = 8000

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
  /** Whether pages ask who may write; those of an older Pawkit all do. */
  readonly rights: boolean
  /** A person who is asked takes control; else they now and then leave it. */
  insists = false
  /** When something last woke the engine that may send where the browser says offline. */
  hastyAt = -Infinity
  offlineSince = -Infinity
  readonly #host: DeviceHost
  readonly #random: Random
  #lives = 0
  readonly #looks = new WeakMap<SimTab, number>()
  readonly #sync: NativeSync

  constructor(host: DeviceHost, name: string, rights: boolean) {
    this.#host = host
    this.name = name
    this.rights = rights
    this.#random = host.random.fork()
    this.link = new Link({ ...host.link, random: this.#random.fork() })
    this.locks = new Locks(host.scheduler)
    this.#sync = new NativeSync(
      host.scheduler,
      () => this.link.online,
      () => {
        const worker = this.worker()
        return {
          by: worker.actor,
          attempt: () => onSync(worker.engine, worker.world, () => worker.active, 0),
        }
      },
    )
  }

  /** Those that live: a page may also die in the midst of opening. */
  get tabs(): readonly SimTab[] {
    this.#opened = this.#opened.filter(({ actor }) => !actor.dead)
    return this.#opened
  }

  get now(): number {
    return this.#host.scheduler.now + this.skew
  }

  /** @param kept the session of the page that was here before a reload */
  openTab(kept: string | null = null): SimTab {
    const { scheduler } = this.#host
    const tab: SimTab = new SimTab(
      {
        scheduler,
        random: this.#random.fork(),
        deviceName: this.name,
        rights: this.rights,
        now: () => this.now,
        broadcast: (from, said) => {
          if (said.type === 'handed-over') this.#host.handedOver(this, tab)
          this.#broadcast(from, said)
        },
        tell: (message) => {
          if (!tab.actor.dead) this.tell(message)
        },
        ask: (actor, message, limit) => this.#ask(actor, message, limit),
        arm: () => this.#sync.arm(),
        heldLocks: () => this.heldLocks(),
        library: () => this.#host.disks.library(this.name),
        refused: (from, edit) => this.#refused(from, edit),
        drafted: (actor, change) => this.#host.drafted(this, actor, change),
        issued: (id, before, after) => this.#host.issued(this, id, before, after),
        saved: (actor, id, before, after) => this.#host.saved(this, actor, id, before, after),
        resolving: (shown, resolution) => this.#host.resolving(this, shown, resolution),
        resolved: (actor, said) => this.#host.resolved(this, actor, said),
      },
      `${this.name}/tab${++this.#lives}`,
      kept,
    )
    this.#opened.push(tab)
    this.attend(tab)
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
    if (!crash) {
      tab.handOver()
      tab.presence.there = false
      if (this.rights) this.#broadcast(tab.actor, { v: 1, type: 'right-changed' })
    }
    this.#host.disks.kill(tab.actor)
  }

  /** Names of the locks that are held in this browser: what has died holds none. */
  heldLocks(): readonly string[] {
    return this.tabs.flatMap(({ presence }) => presence.locks)
  }

  /** Somebody looks at this tab, for a while; mostly at no other then. */
  attend(tab: SimTab): void {
    if (!this.rights) return
    for (const other of this.tabs) if (other !== tab && this.#random.chance(0.8)) other.show(false)
    tab.show(true)
    const until = this.now + LOOKS + this.#random.below(LOOKS)
    this.#looks.set(tab, until)
    this.#host.scheduler.after(until - this.now, tab.actor, () => {
      if (this.#looks.get(tab) === until) tab.show(false)
    })
  }

  /** An edit is wanted where another tab has control. */
  #refused(tab: SimTab, edit: Refused): void {
    const takes = this.insists || this.#random.chance(0.7)
    this.#host.trace(`${tab.actor.name} is asked, and ${takes ? 'takes control' : 'leaves it'}`)
    const answer = (): void => {
      if (!takes) edit.drop()
      else
        tab.page.tabs.takeControl(edit).then(
          (taken) => taken || edit.drop(),
          (error: unknown) => this.#rejected(tab.actor, error),
        )
    }
    if (this.insists || this.#random.chance(0.5)) answer()
    else this.#host.scheduler.after(this.#random.below(THINKS), tab.actor, answer)
  }

  /** What the worker answers on a port; null: nothing within `limit` ms. A browser may start it late. */
  #ask(actor: Actor, message: ToWorker, limit: number): Promise<unknown> {
    const { scheduler } = this.#host
    return new Promise((resolve) => {
      const timer = scheduler.after(limit, actor, () => resolve(null))
      const postMessage = (answer: unknown): void =>
        scheduler.post(actor, () => {
          scheduler.cancel(timer)
          resolve(answer)
        })
      const late = this.#random.chance(0.1) ? this.#random.below(3000) : 0
      const send = (): void => this.worker().dispatch('message', message, [{ postMessage }])
      if (late > 0) scheduler.after(late, scheduler.root, send)
      else send()
    })
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
        heldLocks: () => this.heldLocks(),
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
    this.#sync.failed(actor)
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
    this.#sync.fire()
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
    for (const worker of this.workers)
      if (worker.actor !== from && !worker.actor.dead)
        scheduler.after(0, worker.actor, () => worker.hear(said))
  }

  #rejected(actor: Actor, error: unknown): void {
    if (actor.dead) return
    this.#host.failed(
      `${actor.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
  }
}
