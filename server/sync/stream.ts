import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Env } from '../http/env.ts'
import type { Pokes } from './poke.ts'

/** Proxies and phones cut a silent connection; a write is also how a dead one is noticed. */
const HEARTBEAT_MS = 20_000

/** When a connection that was cut is opened again, ms: those of one server that went come back spread over two seconds. */
const RETRY_MS = 2000

interface Streaming {
  readonly space: string
  /** Whose stream it is, where the device has said so. */
  readonly device: string | undefined
  readonly currentSeq: () => Promise<number>
  /** In [0, 1), for jitter. */
  readonly random: () => number
  readonly ended: () => void
}

/** The event stream of a space: a poke at once, since those sent while it was not open are gone, then one a change. */
export function stream(
  c: Context<Env>,
  pokes: Pokes,
  { space, device, currentSeq, random, ended }: Streaming,
): Response {
  c.header('X-Accel-Buffering', 'no')
  // Opened before the seq is read: a change between the two is a poke too many, never one too few.
  const line = pokes.open(space, device)
  return streamSSE(c, async (out) => {
    out.onAbort(() => line.close())
    const heartbeat = setInterval(() => void out.write(': \n\n'), HEARTBEAT_MS)
    try {
      const poke = (seq: number, more = {}) =>
        out.writeSSE({ event: 'poke', data: JSON.stringify({ seq }), ...more })
      await poke(await currentSeq(), { retry: RETRY_MS + Math.round(RETRY_MS * random()) })
      for (let seq = await line.next(); seq !== null; seq = await line.next()) await poke(seq)
    } finally {
      clearInterval(heartbeat)
      line.close()
      ended()
    }
  })
}
