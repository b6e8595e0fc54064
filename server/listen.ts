import type { Server } from 'node:http'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Config } from './config.ts'
import type { Env } from './http/env.ts'
import { takeRest } from './http/take-rest.ts'
import { codeOf, StartProblem } from './start-problem.ts'

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is already in use',
  EACCES: 'may not be used by this user',
  EADDRNOTAVAIL: 'is not an address of this machine',
  ENOTFOUND: 'is not an address of this machine',
}

/** Listens where the settings say; a StartProblem says in one line why it cannot. */
export function listen(app: Hono<Env>, { port, host }: Pick<Config, 'port' | 'host'>): Promise<Server> {
  const server = createAdaptorServer({
    // The adapter cuts an upload half a second after its answer.
    fetch: async (request, env) => {
      const answer = await app.fetch(request, env)
      await takeRest((env as HttpBindings).incoming)
      return answer
    },
  }) as Server
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const reason = REASONS[codeOf(error)] ?? `cannot be used (${codeOf(error)})`
      reject(new StartProblem(`Port ${port} on ${host} ${reason}`))
    })
    server.listen(port, host, () => resolve(server))
  })
}

/** Stops listening and waits for the answers under way, for so long at the most; then cuts what is left. */
export async function close(server: Server, limitMs: number): Promise<void> {
  // A connection kept alive goes idle only after its answer, so looking once is not enough.
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  const limit = setTimeout(() => server.closeAllConnections(), limitMs)
  try {
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeIdleConnections()
    })
  } finally {
    clearInterval(idle)
    clearTimeout(limit)
  }
}
