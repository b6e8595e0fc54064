import { Asleep } from './asleep.ts'
import type { Write } from './core/messages.ts'
import {
  type Announcement,
  CHANNEL,
  MESSAGES_VERSION,
  readMessage,
  syncTag,
  type ToWorker,
  type WakeReason,
} from './core/messages.ts'
import type { UpdateOffer } from './update-offer.ts'

interface SyncManager {
  register(tag: string): Promise<void>
}

/** Whether the browser sends what is left after the tab is closed. */
export type Background = 'unknown' | 'granted' | 'missing' | 'refused'

/** The worker re-reads the outbox at every wake; at every key that would be too often. */
const KEYS_TOGETHER = 500
const UPDATE_CHECK = 3600_000
/** So long a worker may take to start and give up what it does, ms; one of an older version does not say. */
const GIVES_UP = 1000

/** The page's side of the worker channel: register, tell, ask for Background Sync, offer an update. */
export class WorkerClient extends EventTarget {
  readonly #channel = new BroadcastChannel(CHANNEL)
  readonly #script: string
  readonly #asleep = new Asleep<Announcement>(window, (said) =>
    this.dispatchEvent(new CustomEvent<Announcement>('said', { detail: said })),
  )
  #registration: ServiceWorkerRegistration | null = null
  #background: Background = 'unknown'
  #armed = false
  #tag = 0
  #waking: ReturnType<typeof setTimeout> | null = null

  readonly #update: UpdateOffer
  #controlled = navigator.serviceWorker.controller !== null

  constructor(script: string, update: UpdateOffer) {
    super()
    this.#update = update
    this.#script = script
    this.#channel.addEventListener('message', (event) => this.#hear(event.data))
    this.#watchUpdate()
  }

  get background(): Background {
    return this.#background
  }

  get channel(): BroadcastChannel {
    return this.#channel
  }

  /** @param tag which of the three Background Sync tags is next, from the store */
  async start(tag: number): Promise<void> {
    this.#tag = tag
    const type = import.meta.env.DEV ? 'module' : 'classic'
    // A page that was loaded past its worker (Shift and Reload) is claimed by the next version, and is no first visit.
    const before = await navigator.serviceWorker.getRegistration()
    this.#controlled ||= before?.active?.state === 'activated'
    const registration = await navigator.serviceWorker.register(this.#script, { type })
    this.#registration = registration
    this.#update.watch(registration)
    if (!('sync' in registration)) this.#setBackground('missing')
    else if (this.#armed) this.#register()
    const check = (): void => void registration.update().catch(() => {})
    setInterval(check, UPDATE_CHECK)
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check())
    await navigator.serviceWorker.ready
    this.wake('opened')
  }

  announce(announcement: Announcement): void {
    this.#channel.postMessage(announcement)
  }

  wake(reason: WakeReason): void {
    this.#post({ v: MESSAGES_VERSION, type: 'wake', reason })
  }

  /** As `wake('changed')`, for writes that come at every key: the first at once, then one each half second. */
  wakeForChange(): void {
    if (this.#waking) return
    this.wake('changed')
    this.#waking = setTimeout(() => {
      this.#waking = null
      this.wake('changed')
    }, KEYS_TOGETHER)
  }

  /** What a dying page could not commit itself. */
  handOver(writes: readonly Write[]): void {
    this.#post({ v: MESSAGES_VERSION, type: 'last-letters', writes })
  }

  /** For the worker alone, with no answer. */
  say(message: ToWorker): void {
    this.#post(message)
  }

  abort(): void {
    this.#post({ v: MESSAGES_VERSION, type: 'abort' })
  }

  /** Sends now; resolves when the drain has come to rest, or after `limit` ms. */
  async flush(limit: number): Promise<void> {
    await this.ask({ v: MESSAGES_VERSION, type: 'flush' }, limit)
  }

  /** What the worker answers on the message's own port; null: no worker, or nothing within `limit` ms. */
  ask<T>(message: ToWorker, limit: number): Promise<T | null> {
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel()
      const answer = (value: T | null): void => {
        clearTimeout(timer)
        port1.close()
        resolve(value)
      }
      const timer = setTimeout(() => answer(null), limit)
      port1.onmessage = (event: MessageEvent<T>) => answer(event.data)
      if (!this.#post(message, [port2])) answer(null)
    })
  }

  /**
   * Asks for Background Sync, in the task that opens the first transaction of a burst: a tab killed between
   * commit and registration would leave a change that nothing wakes (traces.md, 13).
   */
  arm(): void {
    if (this.#armed) return
    this.#armed = true
    this.#register()
  }

  /**
   * A person accepted the new version: it takes over, and every tab reloads. The old worker gives up what it has under
   * way, and has said so by then: one that is just being started by a message is busy for Chromium, and looked at again
   * only half a minute later.
   */
  async acceptUpdate(): Promise<void> {
    await this.ask({ v: MESSAGES_VERSION, type: 'abort' }, GIVES_UP)
    const waiting = this.#registration?.waiting
    if (waiting) waiting.postMessage({ type: 'SKIP_WAITING' } satisfies ToWorker)
    // It has taken over already, while this page had something to keep.
    else this.dispatchEvent(new Event('replaced'))
  }

  #post(message: ToWorker, transfer: Transferable[] = []): boolean {
    const worker = navigator.serviceWorker.controller ?? this.#registration?.active
    worker?.postMessage(message, transfer)
    return worker != null
  }

  #register(): void {
    const registration = this.#registration as (ServiceWorkerRegistration & { sync?: SyncManager }) | null
    registration?.sync?.register(syncTag(this.#tag)).then(
      () => this.#setBackground('granted'),
      () => this.#setBackground('refused'),
    )
  }

  #setBackground(background: Background): void {
    if (background === this.#background) return
    this.#background = background
    this.dispatchEvent(new Event('background'))
  }

  /** Says `replaced` once a new version controls this page; the first claim of a first visit is none. */
  #watchUpdate(): void {
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (this.#controlled) this.dispatchEvent(new Event('replaced'))
      this.#controlled = true
    })
  }

  #hear(data: unknown): void {
    const said = readMessage<Announcement>(data)
    if (!said) return
    if (said.type === 'drained' || said.type === 'failed') {
      this.#tag = said.tag
      this.#armed = false
    }
    this.#asleep.hear(said)
  }
}
