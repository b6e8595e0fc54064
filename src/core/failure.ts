import { isObject } from './records.ts'

/** Every way in which a request to the server can fail, closed, each with one remedy. */
export type Failure =
  /** No answer, a cut or unreadable one, a captive portal, a redirect: nothing is known of the outcome. */
  | { readonly is: 'no-answer'; readonly why: string }
  /** The server answered that it cannot: 5xx, 408, 425. */
  | { readonly is: 'server'; readonly status: number; readonly after: number | null }
  /** 429: it asks for a pause of `after` ms. */
  | { readonly is: 'busy'; readonly after: number | null }
  /** The whole request was refused: 400, 403, 404, 413, 422. */
  | { readonly is: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  | { readonly is: 'signed-out' }
  | { readonly is: 'other-account' }
  | { readonly is: 'reset'; readonly how: 'expired' | 'diverged' }
  | { readonly is: 'too-old' }

export type Remedy = 'wait' | 'halve' | 'sign-in' | 'reread' | 'upgrade'

export function remedy(failure: Failure): Remedy {
  switch (failure.is) {
    case 'no-answer':
    case 'server':
    case 'busy':
      return 'wait'
    case 'refused':
      return 'halve'
    case 'signed-out':
    case 'other-account':
      return 'sign-in'
    case 'reset':
      return 'reread'
    case 'too-old':
      return 'upgrade'
  }
}

/** The server named a pause, which nothing but time overrides: not halving, not a pull tried beside a push. */
export const asksForPause = (failure: Failure): boolean =>
  failure.is === 'busy' || (failure.is === 'server' && failure.after !== null)

/** The request was given up; nothing is known of how far it came. */
export const timedOut = (failure: Failure): boolean =>
  failure.is === 'no-answer' && failure.why === 'TimeoutError'

/** What the transport saw of an answer. `body` is the parsed JSON, undefined where it was none. */
export interface Seen {
  readonly status: number
  readonly redirected: boolean
  readonly body: unknown
  readonly retryAfter: string | null
  /** Its `Date`: what the server's clock said. */
  readonly date?: string | null
}

const MAX_RETRY_AFTER = 3600_000

/**
 * The failure that an answer stands for, null when it is a success. A 4xx without our error shape, HTML or a
 * redirect comes from a portal or proxy and says nothing of our server (traces.md, 43).
 */
export function classify(seen: Seen, now: number): Failure | null {
  const after = retryAfter(seen.retryAfter, now, seen.date)
  const error = readError(seen.body)
  if (seen.redirected) return { is: 'no-answer', why: 'redirected' }
  if (seen.status >= 200 && seen.status < 300)
    return seen.body === undefined ? { is: 'no-answer', why: 'not JSON' } : null
  if (seen.status === 429) return { is: 'busy', after }
  if (seen.status >= 500 || seen.status === 408 || seen.status === 425)
    return { is: 'server', status: seen.status, after }
  if (!error)
    return seen.status === 413
      ? refused(seen.status, 'too_large', 'too large')
      : { is: 'no-answer', why: `status ${seen.status}, unreadable answer` }
  const { code, message } = error
  if (seen.status === 401) return { is: 'signed-out' }
  if (code === 'other_account') return { is: 'other-account' }
  if (seen.status === 410) return { is: 'reset', how: code === 'expired' ? 'expired' : 'diverged' }
  if (seen.status === 426) return { is: 'too-old' }
  return refused(seen.status, code, message)
}

/** The error in the contract's shape, null where the body has another. */
function readError(body: unknown): { readonly code: string; readonly message: string } | null {
  const error = isObject(body) && body.error
  if (!isObject(error)) return null
  const { code, message } = error
  return typeof code === 'string' && typeof message === 'string' ? { code, message } : null
}

const refused = (status: number, code: string, message: string): Failure => ({
  is: 'refused',
  status,
  code,
  message,
})

/**
 * `Retry-After` in ms from now, seconds or a date, at most an hour; null when absent or unreadable. A date is measured
 * by the clock that wrote it, the answer's own `Date`: this device's may be off.
 */
export function retryAfter(header: string | null, now: number, date?: string | null): number | null {
  if (header === null || header.trim() === '') return null
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - (Date.parse(date ?? '') || now)
  return Number.isFinite(ms) ? Math.min(MAX_RETRY_AFTER, Math.max(0, ms)) : null
}

/** As it is stored and told to pages: the words below are theirs, and cost the worker nothing. */
export const reasonOf = (failure: Failure): string =>
  failure.is === 'server'
    ? `server ${failure.status}`
    : failure.is === 'refused'
      ? `refused ${failure.message}`
      : failure.is

/** In words, for people. */
const WHY: Readonly<Record<string, string>> = {
  'no-answer': 'The server does not answer.',
  busy: 'The server asks for a pause.',
  'signed-out': 'You are signed out.',
  'other-account': 'Another account is signed in on this browser.',
  reset: 'The library is read afresh from the server.',
  'too-old': 'This Pawkit and its server are of versions that do not fit.',
  untold: 'The server did not say what became of this change.',
  'url-held': 'Another card holds this link.',
}

/** A sentence as the server gave it, with exactly one full stop. */
export const sentence = (words: string): string => `${words.trim().replace(/\.+$/, '')}.`

export const refusedText = (message: string): string => `The server refused it: ${sentence(message)}`

/** Why something failed, in words: of `reasonOf` a failure, or of a message that the server sent. */
export function whyText(why: string): string {
  if (why.startsWith('server ')) return `The server has a fault (${why.slice('server '.length)}).`
  if (why.startsWith('refused ')) return refusedText(why.slice('refused '.length))
  return WHY[why] ?? sentence(why)
}

export const failureText = (failure: Failure): string => whyText(reasonOf(failure))
