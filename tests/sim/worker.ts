import { uuidV7 } from '../../src/core/ids.ts'
import { type Announcement, ENGINE_LOCK, type ToWorker } from '../../src/core/messages.ts'
import { Database } from '../../src/store/database.ts'
import { giveRight } from '../../src/store/give-right.ts'
import { Journal } from '../../src/store/journal.ts'
import { drive, driveRights } from '../../sw/driver.ts'
import { Engine, type EngineWorld } from '../../sw/engine.ts'
import { createTransport } from '../../sw/transport.ts'
import type { Locks } from './locks.ts'
import type { Random } from './random.ts'
import { Actor, type Scheduler } from './scheduler.ts'

/** What a worker meets of its device. */
export interface WorkerHost {
  readonly scheduler: Scheduler
  readonly locks: Locks
  readonly random: Random
  readonly deviceName: string
  /** This device's clock. */
  now(): number
  online(): boolean
  fetch(actor: Actor, path: string, init: RequestInit): Promise<Response>
  broadcast(from: Actor, announcement: Announcement): void
  /** Names of the locks that pages hold. */
  heldLocks(): readonly string[]
  /** A rejection that nobody handled, in a worker that is alive. */
  failed(actor: Actor, error: unknown): void
}

type Listener = (event: { data?: unknown; ports: unknown[]; waitUntil(work: Promise<unknown>): void }) => void
type Hear = (event: MessageEvent<unknown>) => void

/**
 * One life of a service worker: the real driver, engine, transport and store in a scope of the simulator's. What
 * it holds in memory dies with it.
 */
export class SimWorker {
  readonly actor: Actor
  readonly engine: Engine
  readonly world: EngineWorld
  readonly #host: WorkerHost
  readonly #listeners = new Map<string, Listener[]>()
  readonly #hearing = new Set<Hear>()
  /** Which of several workers is the active one: another opens no database. */
  active: boolean

  constructor(host: WorkerHost, name: string, active: boolean) {
    this.#host = host
    this.actor = new Actor(name, host.deviceName)
    this.active = active
    this.world = this.#world()
    this.engine = new Engine(this.world)
    const scope = {
      addEventListener: (type: string, listener: Listener) =>
        this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]),
      clients: { claim: () => Promise.resolve() },
      skipWaiting: () => Promise.resolve(),
    }
    const self = scope as unknown as Parameters<typeof drive>[0]
    drive(self, this.engine, this.world, () => this.active)
    driveRights(
      self,
      () => this.active,
      this.world.now,
      async ({ session, wanting }) => {
        const heldLocks = async (): Promise<readonly string[]> => host.heldLocks()
        return giveRight(
          { db: await this.world.database(), heldLocks, channel: this.#channel() },
          session,
          wanting,
        )
      },
    )
  }

  #channel() {
    const channel = {
      postMessage: (said: Announcement) => this.world.announce(said),
      addEventListener: (_type: 'message', hear: Hear) => this.#hearing.add(hear),
      removeEventListener: (_type: 'message', hear: Hear) => this.#hearing.delete(hear),
    }
    return channel as unknown as BroadcastChannel
  }

  hear(said: Announcement): void {
    for (const hear of [...this.#hearing]) hear({ data: said } as MessageEvent<unknown>)
  }

  #world(): EngineWorld {
    const { scheduler, locks, random, deviceName } = this.#host
    const { actor } = this
    let opened: Promise<Database> | null = null
    const database = (): Promise<Database> => {
      if (actor.dead) return new Promise(() => {})
      opened ??= Database.open({ superseded: () => (opened = null) }, deviceName)
      opened.catch(() => (opened = null))
      return opened
    }
    const now = (): number => this.#host.now()
    const fetch = (path: string, init: RequestInit): Promise<Response> =>
      actor.dead ? new Promise(() => {}) : this.#host.fetch(actor, path, init)
    return {
      database,
      transport: createTransport({ fetch, now }),
      now,
      random: () => random.next(),
      newId: () => uuidV7(now(), random.bytes(16)),
      online: () => this.#host.online(),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) return resolve()
          const timer = scheduler.after(ms, actor, resolve)
          const wake = (): void => {
            scheduler.cancel(timer)
            resolve()
          }
          signal.addEventListener('abort', wake, { once: true })
        }),
      alone: (work) => (actor.dead ? new Promise(() => {}) : locks.request(actor, ENGINE_LOCK, work)),
      running: async () => locks.isHeld(ENGINE_LOCK),
      journal: new Journal(database, now),
      announce: (announcement) => {
        if (!actor.dead) this.#host.broadcast(actor, announcement)
      },
    }
  }

  /** An event of the browser's; its work is kept alive until it ends or the worker dies. */
  dispatch(
    type: 'message' | 'online' | 'activate' | 'periodicsync',
    data?: ToWorker,
    ports: readonly unknown[] = [],
  ): void {
    const waitUntil = (work: Promise<unknown>): void => {
      work.catch((error: unknown) => {
        if (!this.actor.dead) this.#host.failed(this.actor, error)
      })
    }
    this.#host.scheduler.post(this.actor, () => {
      for (const listener of this.#listeners.get(type) ?? []) listener({ data, ports: [...ports], waitUntil })
    })
  }
}
