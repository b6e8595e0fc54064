import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { codeOf } from '../start-problem.ts'
import type { Env } from './env.ts'
import { notFound, Refusal } from './refusal.ts'

/** What the server cannot do just now but may in a moment, by the database's code. */
const PASSING = ['SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_FULL', 'SQLITE_IOERR']

function refusalFor(error: unknown, c: Context<Env>): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof HTTPException && error.status < 500) {
    return new Refusal(400, 'bad_request', 'The request cannot be read.')
  }
  const code = codeOf(error)
  const gone =
    c.req.raw.signal.aborted ||
    code === 'ECONNRESET' ||
    (error instanceof Error && error.name === 'AbortError')
  if (gone) return new Refusal(400, 'bad_request', 'The request ended before it was whole.')
  c.get('log')?.error({ err: error }, 'a request failed')
  if (PASSING.some((prefix) => code.startsWith(prefix))) {
    return new Refusal(503, 'unavailable', 'The database cannot be used just now.', {
      headers: { 'Retry-After': '2' },
    })
  }
  return new Refusal(500, 'internal', 'Something went wrong on the server.')
}

/** A refusal as the contract writes it; under `/api/auth` as the auth library does. */
export function refuse(c: Context<Env>, refusal: Refusal): Response {
  const { code, message } = refusal
  c.set('refusal', code)
  const body = c.req.path.startsWith('/api/auth/') ? { code, message } : refusal.body
  return c.json(body, refusal.status, { ...refusal.headers })
}

/** Turns whatever a route has thrown into an answer; nothing of an unexpected error but its logging leaves here. */
export const onError = (error: unknown, c: Context<Env>): Response => refuse(c, refusalFor(error, c))

export const onMissing = (c: Context<Env>): Response => refuse(c, notFound())
