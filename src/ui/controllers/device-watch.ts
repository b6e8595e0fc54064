import { readDeviceName } from '../../core/device-name.ts'
import type { DevicesAnswer } from '../../core/protocol.ts'
import { giveName, keepHeard, learnName, type NameRow, readHeard } from '../../store/device-name.ts'
import { OtherLibrary, readDevice } from '../../store/library.ts'
import type { DeviceView, OpenDevices } from '../device-model.ts'
import { closedWords, NO_NAME, NOT_STORED, noDevicesWords, notRenamed } from '../device-words.ts'
import { askDevices, askRename } from '../devices-client.ts'
import type { DeviceHost, DeviceWorld } from './device-desk.ts'
import { tellName } from './tell-name.ts'

/** While somebody looks, the server is asked this often; ms. */
export const EVERY = 30_000
/** Sync that ended may have brought news of other devices; ms. */
const AFTER_SYNC = 10_000

/** The account's devices while `Sync status` is open. Nothing is asked while hidden, offline or signed out (P9). */
export class DeviceWatch extends EventTarget implements OpenDevices {
  /** Also while nobody looks. A file of its own for it would be a line more in the worker. */
  static readonly tellName = tellName
  readonly #world: DeviceWorld
  readonly #host: DeviceHost
  /** Whose devices these are. */
  #library: string
  readonly #ended = new AbortController()
  #name: NameRow | null = null
  #heard: DevicesAnswer | null = null
  /** In this order they are shown, so that nothing moves under the pointer. */
  #order: string[] = []
  /** What was heard is of now, as far as one can know. */
  #current = false
  /** Why the server's last answer was none, in words. */
  #problem: string | null = null
  #asking: Promise<void> | null = null
  #reading: Promise<void> | null = null
  #wanted = false
  #askedAt = Number.NEGATIVE_INFINITY
  #synced: number | null
  #was: string
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(world: DeviceWorld, host: DeviceHost) {
    super()
    this.#world = world
    this.#host = host
    this.#library = world.library()
    this.#synced = host.summary.lastSynced
    this.#was = host.summary.connection
    host.addEventListener('summary', () => this.#onSummary(), { signal: this.#ended.signal })
  }

  /** What this device knows; the server's answer is then on its way. */
  async begin(): Promise<void> {
    await this.#read()
    void this.ask()
  }

  /** The library was replaced while somebody looks: nothing of the old one's devices is told with the new one's. */
  #renew(): void {
    this.#library = this.#world.library()
    this.#name = null
    this.#forget()
    // What is under way is the old one's.
    this.#reading = null
    this.#askedAt = Number.NEGATIVE_INFINITY
  }

  #forget(): void {
    this.#heard = null
    this.#order = []
    this.#current = false
    this.#problem = null
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#ended.abort()
  }

  get devices(): readonly DeviceView[] {
    const { seq = 0, devices = [] } = this.#heard ?? {}
    const others = devices
      .filter(({ id }) => id !== this.#library)
      .map(({ id, name, online, seenAt, cursor, cursorAt }) => ({
        ...{ id, name, own: false, online, seenAt },
        ...{ syncedAt: cursorAt, complete: cursor >= seq },
      }))
      .sort((a, b) => this.#order.indexOf(a.id) - this.#order.indexOf(b.id))
    const name = this.#name?.name ?? ''
    const state = { online: true, seenAt: this.#world.now(), syncedAt: null, complete: false }
    return [...others, { id: this.#library, name, own: true, ...state }]
  }

  get asOf(): number | null {
    return this.#current && this.closed === null ? null : (this.#heard?.now ?? 0)
  }

  get why(): string | null {
    return this.closed ?? this.#problem
  }

  get unsent(): boolean {
    return this.#name?.unsent ?? false
  }

  get closed(): string | null {
    const { connection } = this.#host.summary
    return closedWords(this.#world.online() ? connection : 'offline')
  }

  async rename(id: string, typed: string): Promise<string | null> {
    const name = readDeviceName(typed)
    if (name === null) return NO_NAME
    return id === this.#library ? this.#renameThis(name) : this.#renameOther(id, name)
  }

  async #renameThis(name: string): Promise<string | null> {
    try {
      await giveName(this.#world.db, name)
    } catch {
      return NOT_STORED
    }
    this.#name = { key: 'name', name, unsent: true }
    this.#world.named(name, true)
    this.#world.announce()
    this.#fire()
    void this.ask()
    return null
  }

  async #renameOther(id: string, name: string): Promise<string | null> {
    const { account } = this.#host.summary
    if (this.closed !== null || !account) return notRenamed(this.closed ?? closedWords('signed-out') ?? '')
    const answer = await askRename(account.id, id, name, this.#ended.signal)
    if (answer.is === 'aborted') return null
    if (answer.is !== 'answer') return notRenamed(noDevicesWords(answer.is))
    const devices = this.#heard?.devices.map((one) => (one.id === id ? { ...one, name, named: true } : one))
    if (this.#heard && devices) this.#heard = { ...this.#heard, devices }
    this.#fire()
    void this.ask()
    return null
  }

  /** Asks the server, and once more where that was wanted while it was being asked. */
  ask(): Promise<void> {
    this.#wanted = true
    this.#asking ??= this.#loop().finally(() => {
      this.#asking = null
      this.#later()
    })
    return this.#asking
  }

  async #loop(): Promise<void> {
    while (this.#wanted && !this.#ended.signal.aborted) {
      this.#wanted = false
      await this.#askOnce()
      this.#fire()
    }
  }

  async #askOnce(): Promise<void> {
    const { account } = this.#host.summary
    const { signal } = this.#ended
    const library = this.#library
    if (!account || this.closed !== null || !this.#world.visible()) {
      this.#current = false
      return
    }
    this.#askedAt = this.#world.now()
    try {
      await tellName(this.#world, account.id, signal)
      const before = await readDevice(this.#world.db, 'name')
      const answer = await askDevices(account.id, signal)
      if (answer.is === 'aborted' || library !== this.#world.library()) return
      if (answer.is === 'answer') await this.#take(library, answer.answer, before)
      if (library !== this.#library) return
      this.#current = answer.is === 'answer'
      this.#problem = answer.is === 'answer' ? null : noDevicesWords(answer.is)
    } catch (error) {
      // The store is lost or another library's: the page says that elsewhere, or goes on with that one.
      if (error instanceof OtherLibrary && library === this.#library) this.#forget()
    }
  }

  /** `before`: what this device was called before the server was asked. */
  async #take(library: string, heard: DevicesAnswer, before: NameRow | null): Promise<void> {
    const { db, announce } = this.#world
    await keepHeard(db, library, heard)
    if (library === this.#library) this.#place(heard)
    const own = heard.devices.find(({ id }) => id === library)
    if (own?.named && (await learnName(db, own.name, before))) announce()
    await this.#read()
  }

  #place(heard: DevicesAnswer): void {
    this.#heard = heard
    const places = [...heard.devices].sort((a, b) => Number(b.online) - Number(a.online))
    for (const { id } of places) if (!this.#order.includes(id)) this.#order.push(id)
  }

  async #read(): Promise<void> {
    const library = this.#library
    const { name, heard } = await readHeard(this.#world.db, library)
    if (library !== this.#library) return
    this.#name = name
    if (name) this.#world.named(name.name, name.unsent ?? false)
    // Another tab may have asked meanwhile.
    if (heard && heard.now > (this.#heard?.now ?? 0)) this.#place(heard)
  }

  #onSummary(): void {
    if (this.#library !== this.#world.library()) this.#renew()
    const { connection, lastSynced } = this.#host.summary
    const waited = this.#world.now() - this.#askedAt
    const back = connection === 'online' && this.#was !== 'online'
    const synced = lastSynced !== this.#synced && waited >= AFTER_SYNC
    this.#was = connection
    if (connection !== 'online' || !this.#world.visible()) this.#current = false
    if (back || synced || waited >= EVERY) {
      this.#synced = lastSynced
      void this.ask()
    }
    this.#fire()
    this.#reading ??= this.#read()
      // The store is lost or another library's: the page says that elsewhere.
      .catch(() => {})
      .finally(() => {
        this.#reading = null
        this.#fire()
      })
  }

  #later(): void {
    clearTimeout(this.#timer)
    if (this.#ended.signal.aborted) return
    this.#timer = setTimeout(() => void this.ask(), EVERY)
  }

  #fire(): void {
    this.dispatchEvent(new Event('change'))
  }
}
