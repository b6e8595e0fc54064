import {
  type PullPage,
  type PushPage,
  readDigestAnswer,
  readPullAnswer,
  readPushAnswer,
} from '../src/core/answer.ts'
import { classify, type Failure } from '../src/core/failure.ts'
import {
  type DigestAnswer,
  type DigestRequest,
  type Mark,
  markParam,
  PROTOCOL_VERSION,
  type PushRequest,
} from '../src/core/protocol.ts'
import { bad, ok, type Result } from '../src/core/result.ts'
import { clockOffset } from '../src/core/stamp.ts'

/** An answer with the server's clock measured against ours, ms. */
export interface Timed<T> {
  readonly answer: T
  readonly offset: number
}

/** The server as the engine sees it. Never throws: what can go wrong is a Failure. */
export interface Transport {
  push(request: PushRequest, signal: AbortSignal): Promise<Result<Timed<PushPage>, Failure>>
  pull(from: PullFrom, signal: AbortSignal): Promise<Result<Timed<PullPage>, Failure>>
  digests(request: DigestRequest, signal: AbortSignal): Promise<Result<Timed<DigestAnswer>, Failure>>
  /** Ends the session at the server; one that has ended already is a success. */
  signOut(signal: AbortSignal): Promise<Result<null, Failure>>
}

export interface PullFrom {
  readonly account: string
  /** This device's id; not said where only single records are asked for. */
  readonly device?: string
  readonly after: number
  readonly mark: Mark | null
  /** A page has at most so many records. */
  readonly limit: number
  /** Only these records. */
  readonly ids?: readonly string[]
}

export interface TransportWorld {
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>
  readonly now: () => number
}

/** A request is given up after this: the outcome is unknown, and the same mutation goes out again. */
const TIME_LIMIT = 30_000
/** What is large needs longer on a slow line, at 10 kB/s; as long as an event of a worker may well last. */
const LONGEST = 120_000
const LARGE = 100_000
const longer = (body: unknown): number => Math.floor(String(body).length / LARGE) * 10_000

export function createTransport(world: TransportWorld): Transport {
  return {
    async push(request, signal) {
      return read(readPushAnswer, await ask(world, '/api/sync/push', post(request), signal))
    },
    async digests(request, signal) {
      return read(readDigestAnswer, await ask(world, '/api/sync/digests', post(request), signal))
    },
    async pull({ account, device, after, mark, limit, ids }, signal) {
      const query = new URLSearchParams({
        protocol: String(PROTOCOL_VERSION),
        account,
        after: String(after),
        limit: String(limit),
        mark: markParam(mark),
        ...(ids && { ids: ids.join() }),
        ...(device && { device }),
      })
      // The largest record is one even where the line is slow.
      const patience = limit === 1 ? LONGEST : TIME_LIMIT
      const url = `/api/sync/changes?${query}`
      return read(readPullAnswer, await ask(world, url, { method: 'GET' }, signal, patience))
    },
    async signOut(signal) {
      const answered = await ask(world, '/api/auth/sign-out', post({}), signal)
      if (answered.ok || answered.problem.is === 'signed-out' || answered.problem.is === 'refused')
        return ok(null)
      return answered
    },
  }
}

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

interface Answered {
  readonly body: unknown
  readonly sent: number
  readonly received: number
}

async function ask(
  world: TransportWorld,
  url: string,
  init: RequestInit,
  signal: AbortSignal,
  patience = TIME_LIMIT,
): Promise<Result<Answered, Failure>> {
  const sent = world.now()
  try {
    const response = await world.fetch(url, {
      ...init,
      credentials: 'same-origin',
      cache: 'no-store',
      // A redirect is a portal's or a proxy's; following one would hand a push to a stranger.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.min(LONGEST, patience + longer(init.body)))]),
    })
    const body = parse(await response.text())
    const redirected = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)
    const seen = {
      status: response.status,
      redirected,
      body,
      retryAfter: response.headers.get('retry-after'),
      date: response.headers.get('date'),
    }
    const received = world.now()
    const failure = classify(seen, received)
    return failure ? bad(failure) : ok({ body, sent, received })
  } catch (error) {
    return bad({ is: 'no-answer', why: (error as Error | null)?.name ?? 'unknown' })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function read<T extends { readonly now: number }>(
  reading: (body: unknown) => T | null,
  answered: Result<Answered, Failure>,
): Result<Timed<T>, Failure> {
  if (!answered.ok) return answered
  const { body, sent, received } = answered.value
  const answer = reading(body)
  if (!answer) return bad({ is: 'no-answer', why: 'unreadable answer' })
  return ok({ answer, offset: clockOffset(answer.now, sent, received) })
}
