import { type Announcement, readMessage } from '../core/messages.ts'
import type { Place } from '../core/session.ts'

/** Asks a page over the channel; null: it did not answer in time. */
export function askToHandOver(
  channel: Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'removeEventListener'>,
  session: string,
  limit: number,
): Promise<Place | null> {
  return new Promise((resolve) => {
    const end = (place: Place | null): void => {
      clearTimeout(timer)
      channel.removeEventListener('message', hear)
      resolve(place)
    }
    const hear = ({ data }: MessageEvent<unknown>): void => {
      const said = readMessage<Announcement>(data)
      if (said?.type === 'handed-over' && said.session === session) end(said.place)
    }
    const timer = setTimeout(end, limit, null)
    channel.addEventListener('message', hear)
    channel.postMessage({ v: 1, type: 'hand-over', session } satisfies Announcement)
  })
}
