import { jitter } from './core/backoff.ts'
import { PROTOCOL_VERSION } from './core/protocol.ts'
import { remaining, type Wait } from './core/wait.ts'

/** The lock that elects the one visible tab whose page holds the stream; a worker's would die after 30 s idle. */
const STREAM_LOCK = 'pawkit-stream'
/** After an answer that ends an EventSource for good (a 401, a 5xx), it is opened again about this much later. */
const REOPEN = 15_000
/** Many get the network back in one second (sw/driver.ts); their streams are opened within so long, ms. */
const ONLINE_JITTER = 2000

/**
 * Holds the server-sent events while this tab is visible and elected, and hands every poke, and every
 * (re)connect, which may have missed some, to `poke`.
 */
export class PokeStream {
  readonly #poke: () => void
  readonly #name: () => Promise<string>
  #account: string | null = null
  #device = ''
  #asked: Wait | null = null
  #stop: AbortController | null = null

  /** @param name what this device is called, for those of its others that may never get a change from it */
  constructor(poke: () => void, name: () => Promise<string>) {
    this.#poke = poke
    this.#name = name
    document.addEventListener('visibilitychange', () => this.#update())
    window.addEventListener('pagehide', () => this.#end())
    window.addEventListener('pageshow', () => this.#update())
    window.addEventListener('online', () => {
      this.#end()
      setTimeout(() => this.#update(), Math.random() * ONLINE_JITTER)
    })
  }

  /**
   * @param account whose library this is while its session lasts; null: no stream
   * @param device this device's id, by which others see that it is online
   * @param asked a pause that the server asked for: a stream that is open stays so, none is opened
   */
  follow(account: string | null, device: string, asked: Wait | null): void {
    this.#asked = asked
    if (account === this.#account && device === this.#device) return
    this.#account = account
    this.#device = device
    this.#restart()
  }

  #restart(): void {
    this.#end()
    this.#update()
  }

  #end(): void {
    this.#stop?.abort()
    this.#stop = null
  }

  #update(): void {
    const wanted = document.visibilityState === 'visible' && this.#account !== null
    if (!wanted) this.#end()
    if (!wanted || this.#stop) return
    const stop = new AbortController()
    this.#stop = stop
    navigator.locks
      .request(STREAM_LOCK, { signal: stop.signal }, () => this.#hold(stop.signal))
      .catch(() => {
        // Aborted while waiting for its turn: another tab holds the stream, or this one is hidden.
      })
  }

  #pause(): number {
    return this.#asked ? remaining(this.#asked, Date.now()) : 0
  }

  #hold(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let source: EventSource | null = null
      let timer: ReturnType<typeof setTimeout> | undefined
      const later = (ms: number): void => {
        source?.close()
        timer = setTimeout(() => void open(), ms)
      }
      const open = async (): Promise<void> => {
        const pause = this.#pause()
        if (pause > 0) return later(pause)
        const name = await this.#name().catch(() => '')
        if (signal.aborted) return
        const query = new URLSearchParams({
          protocol: String(PROTOCOL_VERSION),
          account: this.#account ?? '',
          device: this.#device,
          ...(name !== '' && { name }),
        })
        source = new EventSource(`/api/sync/stream?${query}`)
        source.addEventListener('open', () => this.#poke())
        source.addEventListener('poke', () => this.#poke())
        source.addEventListener('error', () => {
          // Else the browser does, when the server's `retry` says.
          if (source?.readyState === EventSource.CLOSED || this.#pause() > 0)
            later(jitter(REOPEN, Math.random()))
        })
      }
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          source?.close()
          resolve()
        },
        { once: true },
      )
      void open()
    })
  }
}
