import type { Pokes } from './poke.ts'

/** A device without a visible page has no stream, but asks now and then. */
const ASKED_MS = 60_000
/**
 * A visible page asks every 45 s, and that is written down to the minute. One that is silent for longer has lost its
 * network: its stream seems open here until the connection times out.
 */
const STREAMING_MS = 150_000

/**
 * Which devices are online: those with an open stream that still ask, and those that have asked within the last minute.
 * Not one whose stream ended within that minute: its page was closed or hidden, and what its worker still sends is a
 * farewell.
 */
export class Online {
  readonly #pokes: Pick<Pokes, 'devices'>
  readonly #left = new Map<string, number>()

  constructor(pokes: Pick<Pokes, 'devices'>) {
    this.#pokes = pokes
  }

  /** A stream of the device has ended. */
  left(account: string, device: string, now: number): void {
    for (const [key, at] of this.#left) if (now - at >= ASKED_MS) this.#left.delete(key)
    this.#left.set(keyOf(account, device), now)
  }

  /** The question for devices of one account, whose streams are the space's. */
  of(account: string, space: string, now: number): (device: string, seenAt: number) => boolean {
    const streaming = this.#pokes.devices(space)
    return (device, seenAt) => {
      if (streaming.has(device)) return now - seenAt < STREAMING_MS
      const left = this.#left.get(keyOf(account, device))
      return now - seenAt < ASKED_MS && (left === undefined || now - left >= ASKED_MS)
    }
  }
}

const keyOf = (account: string, device: string): string => JSON.stringify([account, device])
