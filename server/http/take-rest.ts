import type { IncomingMessage } from 'node:http'
import { LIMITS } from '../../src/core/limits.ts'

/** Enough for what is a little too large; what names a greater length is answered, and cut, at once. */
const MOST_BYTES = 2 * LIMITS.requestBytes
const MOST_MS = 30_000

/**
 * Reads what is left of a request whose answer is known already. A client on a slow line looks for the answer when it
 * has sent everything; one that is cut off before sees a broken pipe instead.
 */
export async function takeRest(incoming: IncomingMessage): Promise<void> {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
  const hasBody = length !== undefined || encoding !== undefined
  if (!hasBody || incoming.readableEnded || incoming.destroyed || Number(length ?? 0) > MOST_BYTES) return
  let taken = 0
  let stop = (): void => {}
  const over = new Promise<void>((resolve) => {
    stop = resolve
  })
  const take = (chunk: Buffer): void => {
    taken += chunk.length
    // Whoever had begun to read it may have paused it.
    if (taken > MOST_BYTES) stop()
    else incoming.resume()
  }
  const timer = setTimeout(stop, MOST_MS)
  const ends = ['end', 'error', 'close'] as const
  incoming.on('data', take)
  for (const end of ends) incoming.once(end, stop)
  incoming.resume()
  await over
  clearTimeout(timer)
  incoming.off('data', take)
  for (const end of ends) incoming.off(end, stop)
}
