import { deviceName } from '../../core/device-name.ts'
import { MESSAGES_VERSION } from '../../core/messages.ts'
import type { Database } from '../../store/database.ts'
import { beginName } from '../../store/device-name.ts'
import { readDevice } from '../../store/library.ts'
import type { WorkerClient } from '../../worker-client.ts'
import type { DeviceActions, OpenDevices, OpenReceipts } from '../device-model.ts'
import type { PageModel } from '../model.ts'

/** A name that the server could not be told is told again this much later; ms. */
const TELL_AGAIN = 30_000

/** The page as it is needed here; `summary` and `records` events say that something may have changed. */
export type DeviceHost = EventTarget & Pick<PageModel, 'records' | 'summary'>

export interface DeviceWorld {
  readonly db: Database
  readonly now: () => number
  readonly library: () => string
  readonly visible: () => boolean
  readonly online: () => boolean
  /** This device is called so; `unsent`: the server does not know it yet. */
  readonly named: (name: string, unsent: boolean) => void
  /** The other tabs look again. */
  readonly announce: () => void
}

/** This device among the account's others: what it needs is loaded when somebody looks, or a name has to be sent. */
export class DeviceDesk extends EventTarget implements DeviceActions {
  readonly #world: DeviceWorld
  readonly #host: DeviceHost
  #library: string
  #unsent = false
  #toldAt = Number.NEGATIVE_INFINITY
  name: string | null = null

  constructor(
    world: {
      readonly db: Database
      readonly now: () => number
      readonly presence: { readonly visible: boolean }
      readonly worker: Pick<WorkerClient, 'announce'> | null
    },
    host: DeviceHost,
    writer: { readonly library: string },
  ) {
    super()
    const { db, now, presence, worker } = world
    this.#host = host
    this.#library = writer.library
    this.#world = {
      db,
      now,
      library: () => writer.library,
      visible: () => presence.visible,
      online: () => navigator.onLine,
      named: (name, unsent) => {
        this.#unsent = unsent
        if (name === this.name) return
        this.name = name
        this.dispatchEvent(new Event('change'))
      },
      announce: () => worker?.announce({ v: MESSAGES_VERSION, type: 'status-changed' }),
    }
    host.addEventListener('summary', () => void this.#onSummary().catch(() => {}))
  }

  /** A name that was given here and has not reached the server goes as soon as it can. */
  async start(): Promise<void> {
    this.#unsent = (await readDevice(this.#world.db, 'name'))?.unsent ?? false
    await this.#tellLater()
  }

  async open(): Promise<OpenDevices> {
    const { DeviceWatch } = await import('./device-watch.ts')
    const watch = new DeviceWatch(this.#world, this.#host)
    await watch.begin()
    return watch
  }

  async receipts(record: string): Promise<OpenReceipts> {
    const { ReceiptWatch } = await import('./receipt-watch.ts')
    return new ReceiptWatch(this.#world, this.#host, record)
  }

  async #onSummary(): Promise<void> {
    if (this.#library !== this.#world.library()) await this.#begin()
    await this.#tellLater()
  }

  /** The library was replaced while the page is open: the name may have gone with it. */
  async #begin(): Promise<void> {
    const { db, library, named } = this.#world
    this.#library = library()
    await beginName(db, deviceName(navigator.userAgent))
    const row = await readDevice(db, 'name')
    if (row) named(row.name, row.unsent ?? false)
  }

  async #tellLater(): Promise<void> {
    const { now, visible, online } = this.#world
    const { account, connection } = this.#host.summary
    if (!this.#unsent || !account || connection !== 'online' || !online() || !visible()) return
    if (now() - this.#toldAt < TELL_AGAIN) return
    this.#toldAt = now()
    const { DeviceWatch } = await import('./device-watch.ts')
    // Another tab may have told it, or the name may have gone with its library.
    this.#unsent = await DeviceWatch.tellName(this.#world, account.id, new AbortController().signal)
  }
}
