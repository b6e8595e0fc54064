import type { Said } from '../server.ts'
import type { Hands } from './hands.ts'

export const HTML = '<!doctype html><h1>Error</h1>'
/** What a proxy says whose server is gone. */
export const DEAD: Said = { status: 502, headers: {}, body: HTML }

/** No request of a device arrives any more. @returns what ends it */
export function outage(hands: Hands): () => void {
  const stops = (['push', 'pull'] as const).map((what) => hands.answer(what, 'there', () => DEAD))
  return () => {
    for (const stop of stops) stop()
  }
}
