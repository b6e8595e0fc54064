import 'fake-indexeddb/auto'
import type { Announcement, Write } from '../../src/core/messages.ts'
import { DEFAULTS, type Fields, isKind } from '../../src/core/records.ts'
import type { Held } from '../../src/core/settle.ts'
import { type Committed, commit } from '../../src/store/commit.ts'
import { Database } from '../../src/store/database.ts'
import { readHeld } from '../../src/store/held.ts'
import { Journal } from '../../src/store/journal.ts'
import { adoptLibrary, openLibrary } from '../../src/store/library.ts'
import { readSyncState } from '../../src/store/read.ts'
import { Engine, type EngineWorld } from '../../sw/engine.ts'
import type { Transport } from '../../sw/transport.ts'
import { idOf, T0 } from './device-records.ts'

export const ACCOUNT = { id: 'ada', email: 'ada@example.com' }
const HELD = ['records', 'bases', 'outbox', 'history'] as const

/** A tick of the real event loop, in which fake-indexeddb goes on. */
export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Waits for a condition, by ticks; throws after fifteen real seconds, which a busy machine may need. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = 'a condition',
): Promise<void> {
  const end = performance.now() + 15_000
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited for ${what}`)
    await tick()
  }
}

/** A clock that only tests move. `auto`: a sleep lets the time pass at once. */
export class Clock {
  now = T0
  auto = true
  readonly sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const sleeper = {
        at: this.now + ms,
        wake: () => {
          this.sleepers.delete(sleeper)
          resolve()
        },
      }
      if (signal.aborted) return resolve()
      this.sleepers.add(sleeper)
      signal.addEventListener('abort', sleeper.wake, { once: true })
      if (this.auto) setImmediate(() => this.sleepers.has(sleeper) && this.pass(sleeper.at - this.now))
    })

  pass(ms: number): void {
    this.now += Math.max(0, ms)
    for (const sleeper of [...this.sleepers]) if (sleeper.at <= this.now) sleeper.wake()
  }
}

/** One device: its store, its worker's engine and the page's write path. */
export class Device {
  readonly name: string
  readonly clock: Clock
  readonly announced: Announcement[] = []
  readonly world: EngineWorld
  engine: Engine
  db: Database
  library = ''
  online = true
  random = 0.5
  #ids: number
  #number = 0
  #busy = false
  #lock: Promise<void> = Promise.resolve()

  private constructor(name: string, db: Database, clock: Clock, transport: Transport, seed: number) {
    this.name = name
    this.db = db
    this.clock = clock
    this.#ids = seed
    this.world = {
      database: async () => this.db,
      transport,
      now: () => clock.now,
      random: () => this.random,
      newId: () => this.newId(),
      online: () => this.online,
      sleep: clock.sleep,
      alone: (work) => {
        const turn = this.#lock.then(() => {
          this.#busy = true
          return work()
        })
        this.#lock = turn
          .catch(() => {})
          .then(() => {
            this.#busy = false
          })
        return turn
      },
      running: async () => this.#busy,
      journal: new Journal(
        async () => this.db,
        () => clock.now,
      ),
      announce: (announcement) => void this.announced.push(announcement),
    }
    this.engine = new Engine(this.world)
  }

  static async open(
    transport: Transport,
    options: { name?: string; clock?: Clock; account?: typeof ACCOUNT | null; seed?: number } = {},
  ): Promise<Device> {
    const { name = `pawkit-${++opened}`, clock = new Clock(), account = ACCOUNT, seed = 0x100000 } = options
    const device = new Device(name, await Database.open({}, name), clock, transport, seed)
    device.library = (await openLibrary(device.db, device.newId(), `told to nobody by ${name}`)).id
    if (account) await adoptLibrary(device.db, device.library, account)
    return device
  }

  newId(): string {
    return idOf(this.#ids++)
  }

  /** What a page writes; it was showing what is stored, unless the test says otherwise. */
  /** No session has been given the right on it: whoever writes, writes under epoch 0. */
  get writing() {
    return { library: this.library, epoch: 0 }
  }

  async write(id: string, typed: Fields, rest: Partial<Write> = {}): Promise<Committed> {
    const { record } = await this.held(id)
    const kind = rest.kind ?? record?.kind ?? 'note'
    const shown = { ...(isKind(kind) ? DEFAULTS[kind] : {}), ...record?.fields }
    const write: Write = {
      id,
      kind,
      typed,
      shown,
      create: record === null,
      urgency: 'at-once',
      library: this.library,
      page: `${this.name}-page`,
      epoch: 0,
      number: ++this.#number,
      now: this.clock.now,
      ...rest,
    }
    return commit(this.db, write, 'strict')
  }

  held(id: string): Promise<Held> {
    return this.db.run(HELD, 'readonly', (tx) => readHeld(tx, id))
  }

  history() {
    return this.db.run(['history'], 'readonly', (tx) => tx.objectStore('history').getAll())
  }

  state() {
    return readSyncState(this.db)
  }

  /** The worker dies and starts again: nothing of its memory is left. */
  restart(): void {
    this.engine.abort()
    this.engine = new Engine(this.world)
  }
}

let opened = 0
