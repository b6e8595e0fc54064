import type { ReceiptsAnswer } from '../../core/protocol.ts'
import type { DeviceReceipt, OpenReceipts } from '../device-model.ts'
import { askReceipts } from '../devices-client.ts'
import type { DeviceHost, DeviceWorld } from './device-desk.ts'

/** A device says how far it has read when it reads on, which may be a minute later; ms. */
const EVERY = 30_000

/** On which other devices one record is, while somebody looks at its history. Asked only while visible and online. */
export class ReceiptWatch extends EventTarget implements OpenReceipts {
  readonly #world: DeviceWorld
  readonly #host: DeviceHost
  readonly #id: string
  readonly #ended = new AbortController()
  #answer: ReceiptsAnswer | null = null
  /** Whose answer it is. */
  #library = ''
  #asking = false
  #askedAt = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(world: DeviceWorld, host: DeviceHost, id: string) {
    super()
    this.#world = world
    this.#host = host
    this.#id = id
    const { signal } = this.#ended
    host.addEventListener('records', (event) => this.#onRecords(event), { signal })
    host.addEventListener('summary', () => this.#onSummary(), { signal })
    void this.#ask()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#ended.abort()
  }

  /** Of the version that is shown only: what waits here is on no other device. */
  get receipts(): readonly DeviceReceipt[] {
    const library = this.#world.library()
    if (!this.#answer || this.#answer.version !== this.#version || this.#library !== library) return []
    return this.#answer.receipts
      .filter(({ device }) => device !== library)
      .sort((a, b) => (a.since ?? 0) - (b.since ?? 0))
  }

  /** The record's version, where the server has the record as it is here. */
  get #version(): number | null {
    const view = this.#host.records.get(this.#id)
    return view?.state === 'synced' ? view.record.version : null
  }

  async #ask(): Promise<void> {
    const { now, library, visible, online } = this.#world
    const { account, connection } = this.#host.summary
    clearTimeout(this.#timer)
    if (this.#asking || this.#ended.signal.aborted) return
    if (account && connection === 'online' && online() && visible() && this.#version !== null) {
      this.#asking = true
      this.#askedAt = now()
      const [whose, version] = [library(), this.#version]
      const answer = await askReceipts(account.id, this.#id, this.#ended.signal)
      this.#asking = false
      if (answer.is === 'answer') {
        this.#answer = answer.answer
        this.#library = whose
      }
      this.#fire()
      // It has changed meanwhile.
      if (whose !== library() || version !== this.#version) return this.#ask()
    }
    if (!this.#ended.signal.aborted) this.#timer = setTimeout(() => void this.#ask(), EVERY)
  }

  #onRecords(event: Event): void {
    const ids: unknown = event instanceof CustomEvent ? event.detail : null
    if (!Array.isArray(ids) || !ids.includes(this.#id)) return
    this.#fire()
    if (this.#version !== null && this.#version !== this.#answer?.version) void this.#ask()
  }

  #onSummary(): void {
    const waited = this.#world.now() - this.#askedAt
    if (waited >= EVERY && this.#version !== null) void this.#ask()
  }

  #fire(): void {
    this.dispatchEvent(new Event('change'))
  }
}
