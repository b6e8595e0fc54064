import { betterAuth } from 'better-auth'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Database } from './db/schema.ts'

const DAY = 24 * 3600

/**
 * 180 days from the last use. A session's end is written at most once a day, so a day is added: the last use may be
 * up to a day after the last writing.
 */
const SESSION_SECONDS = 181 * DAY

interface Options {
  readonly db: Database
  readonly config: Pick<Config, 'origin' | 'signUp'>
  readonly secret: string
  readonly logger: Logger
}

/** What the rest of the server needs of the auth library. */
export interface Auth {
  /** Answers a request to `/api/auth/*`. */
  handle(request: Request): Promise<Response>
  /** The account that the request's cookie signs in, the session's id, and the cookies that keep it signed in. */
  accountOf(
    headers: Headers,
  ): Promise<{ account: string; session: string; cookies: readonly string[] } | null>
}

/** Accounts and sessions by better-auth, on our own tables and connection. */
export function createAuth({ db, config, secret, logger }: Options): Auth {
  const auth = betterAuth({
    appName: 'Pawkit',
    baseURL: config.origin,
    basePath: '/api/auth',
    secret,
    database: { db, type: 'sqlite' },
    emailAndPassword: { enabled: true, disableSignUp: config.signUp === 'closed' },
    session: { expiresIn: SESSION_SECONDS, updateAge: DAY },
    // Ours counts by client address, also behind a trusted proxy (http/rate-limit.ts).
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    advanced: {
      cookiePrefix: 'pawkit',
      // Ours refuses other origins on every write, and lets a script without Origin sign out (http/cross-origin.ts).
      disableCSRFCheck: true,
      ipAddress: { disableIpTracking: true },
      useSecureCookies: config.origin.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
    },
    logger: {
      // Its messages below `warn` name addresses of people.
      level: 'warn',
      // Its errors are mistakes of clients as well. They name what was given after a colon.
      log(level, ...said: unknown[]) {
        const error = said.find((part) => part instanceof Error)
        const words = typeof said[0] === 'string' ? (said[0].split(/[:\n]/, 1)[0] ?? '') : ''
        if (error) logger.error({ from: 'auth', err: error }, words)
        else logger[level === 'error' ? 'warn' : level]({ from: 'auth' }, words)
      },
    },
    // Else it prints them itself: what is thrown is answered and logged as every other error (http/errors.ts).
    onAPIError: { throw: true },
  })
  return {
    handle: (request) => auth.handler(request),
    async accountOf(headers) {
      if (!headers.has('cookie')) return null
      const { response, headers: set } = await auth.api.getSession({ headers, returnHeaders: true })
      if (!response) return null
      return { account: response.user.id, session: response.session.id, cookies: set.getSetCookie() }
    },
  }
}
