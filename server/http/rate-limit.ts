import type { MiddlewareHandler } from 'hono'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { clientAddress, clientNetwork, proxyList } from './client-address.ts'
import type { Deps, Env } from './env.ts'
import { Refusal } from './refusal.ts'

const A_MINUTE = { points: 30, duration: 60 }
const GUARDED = /^\/api\/auth\/sign-(?:in|up)(?:\/|$)/

/** Sign-in and sign-up: 30 a minute for each client address, so that one who guesses does not shut others out. */
export function limitSignIn({ config }: Deps): MiddlewareHandler<Env> {
  const limiter = new RateLimiterMemory(A_MINUTE)
  const proxies = proxyList(config.trustProxy)
  return async (c, next) => {
    if (c.req.method === 'POST' && GUARDED.test(c.req.path)) {
      try {
        await limiter.consume(clientNetwork(clientAddress(c, proxies)))
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error
        const headers = { 'Retry-After': String(Math.max(1, Math.ceil(error.msBeforeNext / 1000))) }
        throw new Refusal(429, 'too_many', 'Too many attempts. Try again in a minute.', { headers })
      }
    }
    await next()
  }
}
