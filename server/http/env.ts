import type { HttpBindings } from '@hono/node-server'
import type { Logger } from 'pino'
import type { Auth } from '../auth.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/schema.ts'
import type { Metrics } from '../metrics.ts'
import type { DigestCounts, PullCounts, PushCounts } from '../sync/counts.ts'
import type { Pokes } from '../sync/poke.ts'
import type { World } from '../world.ts'

/** What every route may use; made once by the composition root, or by a test. */
export interface Deps {
  readonly db: Database
  readonly auth: Auth
  readonly config: Pick<Config, 'origin' | 'trustProxy' | 'metricsToken'>
  readonly world: World
  readonly logger: Logger
  readonly pokes: Pokes
  readonly metrics: Metrics
  /** The built client. */
  readonly distDir: string
  /** True from the moment the server is asked to stop. */
  readonly draining: () => boolean
}

/** Hono's types: without a socket, as in tests, there are no bindings. */
export interface Env {
  Bindings: Partial<HttpBindings>
  Variables: {
    requestId: string
    account: string
    /** The session's id. */
    session: string
    log: Logger
    /** The code of the refusal that answers the request. */
    refusal?: string
    /** What the request's line in the log says of a push, a pull or a comparison. */
    counts?: PushCounts | PullCounts | DigestCounts
  }
}
