import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** What becomes of a request on its way; null: it passes. */
export type Fate =
  /** The server never hears of it. */
  | { readonly is: 'lost' }
  /** The server has heard and done it, and its answer is lost. */
  | { readonly is: 'unanswered' }
  /** Its answer breaks off half-way. */
  | { readonly is: 'halved' }
  /** Its answer stands still half-way for so long, then goes on. */
  | { readonly is: 'slow'; readonly ms: number }
  /** Somebody between browser and server answers in the server's place. */
  | {
      readonly is: 'answered'
      readonly status: number
      readonly headers: OutgoingHttpHeaders
      readonly body: string
    }

export type Answered = Extract<Fate, { is: 'answered' }>

/** A captive portal's page, which it shows in place of whatever was asked for. */
export const PORTAL: Answered = {
  is: 'answered',
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Free Wi-Fi</title><form>Accept our terms</form>',
}

/** A portal or proxy that sends everybody to its login page. */
export const LOGIN: Answered = {
  is: 'answered',
  status: 302,
  headers: { location: 'http://localhost:9/login' },
  body: '',
}

/** A refusal in the contract's shape, as the server says it. */
export function refusal(status: number, code: string, headers: OutgoingHttpHeaders = {}): Answered {
  const body = JSON.stringify({ error: { code, message: `Refused with ${status}.` } })
  return { is: 'answered', status, headers: { 'content-type': 'application/json', ...headers }, body }
}

/** Lets the server's answer through as far as its fate allows. A stream has no half and no end: it passes or breaks. */
export async function deliver(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  fate: Exclude<Fate, Answered> | null,
): Promise<void> {
  const isStream = answer.headers['content-type']?.startsWith('text/event-stream') === true
  if (fate === null || (isStream && fate.is === 'slow')) {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
    return
  }
  if (isStream) return void outgoing.destroy()
  const body = await bytes(answer)
  if (fate.is === 'lost' || fate.is === 'unanswered') return void outgoing.destroy()
  const half = body.subarray(0, Math.floor(body.length / 2))
  outgoing.writeHead(answer.statusCode ?? 502, withLength(answer.headers, body.length))
  outgoing.write(half, () => {
    if (fate.is === 'halved') outgoing.destroy()
    else setTimeout(() => outgoing.end(body.subarray(half.length)), fate.ms)
  })
}

/** With its whole length named, so that a browser can tell a half from the whole. */
function withLength(headers: IncomingHttpHeaders, length: number): OutgoingHttpHeaders {
  const { 'transfer-encoding': _, ...rest } = headers
  return { ...rest, 'content-length': length }
}

export async function bytes(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  try {
    for await (const part of stream) parts.push(part as Buffer)
  } catch {
    // Cut off while it came: what is there is what there is.
  }
  return Buffer.concat(parts)
}
