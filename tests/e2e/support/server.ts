import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const PROJECT = join(import.meta.dirname, '../../..')
const START_LIMIT = 40_000

export interface ServerSettings {
  /** What the browser sees: the proxy's origin. */
  readonly origin: string
  readonly port: number
  readonly database: string
}

/** Below the range that the system gives to outgoing connections: it stays free while the server restarts. */
const PORTS = { from: 10_000, to: 30_000 } as const

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from))
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** The real server, as `npm start` runs it, in a process of its own. */
export class ServerProcess {
  readonly #settings: ServerSettings
  readonly #log: string[] = []
  #process: ChildProcess | null = null

  constructor(settings: ServerSettings) {
    this.#settings = settings
  }

  /** Resolves when the server says that it answers. */
  async start(): Promise<void> {
    const { origin, port, database } = this.#settings
    const child = spawn(process.execPath, [join(PROJECT, 'server/main.ts')], {
      cwd: PROJECT,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: String(port),
        PAWKIT_ORIGIN: origin,
        DATABASE_URL: `sqlite:${database}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    createInterface({ input: child.stderr }).on('line', (line) => this.#log.push(line))
    const said = createInterface({ input: child.stdout })
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`The server ${why}:\n${this.#log.join('\n')}`))
      const limit = setTimeout(() => fail('did not start in time'), START_LIMIT)
      child.once('exit', () => fail('ended'))
      said.on('line', (line) => {
        if (!line.startsWith('Pawkit is ready at ')) return
        clearTimeout(limit)
        resolve()
      })
    })
  }

  /** Requests that the server itself says it has answered. */
  answered(method: string, path: string): number {
    return this.#log.filter((line) => {
      const entry: unknown = parse(line)
      return typeof entry === 'object' && entry !== null && 'method' in entry && 'path' in entry
        ? entry.method === method && entry.path === path
        : false
    }).length
  }

  /** No good-bye: what is committed must be enough. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
