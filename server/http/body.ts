import type { Context } from 'hono'
import { Refusal } from './refusal.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Whether the request says that its body is JSON, of whatever parameters. */
export const saysJson = (type: string | undefined): boolean =>
  /^application\/(?:[\w.+-]+\+)?json$/i.test((type ?? '').split(';', 1)[0]?.trim() ?? '')

/**
 * Parses a body that must be JSON. Another content type is refused even when it would parse: a form of another site
 * can send text, but not JSON, without the browser asking first.
 */
export function parseJson(c: Context, bytes: ArrayBuffer): unknown {
  if (!saysJson(c.req.header('content-type'))) {
    throw new Refusal(415, 'unsupported_media_type', 'Send JSON with Content-Type: application/json.')
  }
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown
  } catch {
    throw new Refusal(400, 'bad_json', 'The body is not valid JSON in UTF-8.')
  }
}
