import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'

export const PUSH = '/api/sync/push'

/** A request that came by. */
export interface Seen {
  readonly method: string
  readonly path: string
  /** Mutation ids of a push. */
  readonly mutations: readonly string[]
}

/** The answer of a push that the server has given and the browser has not got. */
export interface HeldAnswer {
  /** Resolves when the server has answered. */
  readonly answered: Promise<void>
  /** Cuts the connection: the answer is lost. */
  drop(): void
}

/**
 * Stands between browser and server, as the origin that the browser knows: holds and drops answers, is cut off
 * as a whole, counts, and serves a changed service worker as a new version would be.
 */
export class PushProxy {
  readonly seen: Seen[] = []
  readonly #target: number
  readonly #server: Server
  #down = false
  #nextPush: ((response: ServerResponse) => void) | null = null
  #workerSuffix = ''

  private constructor(target: number) {
    this.#target = target
    this.#server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing))
  }

  /** Listens on a port of its own; `target` is the server's. */
  static async start(target: number): Promise<PushProxy> {
    const proxy = new PushProxy(target)
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject)
      proxy.#server.listen(0, '127.0.0.1', resolve)
    })
    return proxy
  }

  get origin(): string {
    const address = this.#server.address()
    if (typeof address !== 'object' || !address) throw new Error('The proxy does not listen.')
    return `http://localhost:${address.port}`
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  /** Requests so far, those that found the server away included. */
  count(method: string, path: string): number {
    return this.seen.filter((request) => request.method === method && request.path === path).length
  }

  get pushes(): readonly Seen[] {
    return this.seen.filter(({ path }) => path === PUSH)
  }

  /** The server is away: what is open breaks, what comes gets no answer. */
  cut(): void {
    this.#down = true
    this.#server.closeAllConnections()
  }

  restore(): void {
    this.#down = false
  }

  /** Holds the answer of the next push; those after it pass. */
  holdNextPush(): HeldAnswer {
    let held: ServerResponse | null = null
    const answered = new Promise<void>((resolve) => {
      this.#nextPush = (response) => {
        held = response
        resolve()
      }
    })
    return { answered, drop: () => held?.destroy() }
  }

  /** From now on `/sw.js` is another version. */
  newVersion(): void {
    this.#workerSuffix = `\n// version ${this.seen.length}`
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = (incoming.url ?? '/').split('?', 1)[0] ?? '/'
    const method = incoming.method ?? 'GET'
    const body = await bytes(incoming)
    this.seen.push({ method, path, mutations: path === PUSH ? mutationsOf(body) : [] })
    if (this.#down) return void outgoing.destroy()
    const { origin: _, ...headers } = incoming.headers
    const forwarded = incoming.headers.origin ? incoming.headers : headers
    const conditional = path === '/sw.js' ? { ...forwarded, 'if-none-match': undefined } : forwarded
    const upstream = request({
      host: '127.0.0.1',
      port: this.#target,
      method,
      path: incoming.url,
      headers: Object.fromEntries(Object.entries(conditional).filter(([, value]) => value !== undefined)),
    })
    upstream.on('error', () => outgoing.destroy())
    outgoing.on('close', () => upstream.destroy())
    upstream.on('response', (answer) => void this.#answer(path, answer, outgoing))
    upstream.end(body)
  }

  async #answer(path: string, answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    answer.on('error', () => outgoing.destroy())
    const hold = path === PUSH ? this.#nextPush : null
    if (hold) {
      this.#nextPush = null
      // The whole of it has come before it counts as answered: the server has committed.
      await bytes(answer)
      return hold(outgoing)
    }
    if (path === '/sw.js' && this.#workerSuffix) {
      const { etag: _, 'content-length': __, ...headers } = answer.headers
      outgoing.writeHead(answer.statusCode ?? 502, headers)
      answer.pipe(outgoing, { end: false })
      answer.once('end', () => outgoing.end(this.#workerSuffix))
      return
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  }
}

async function bytes(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  try {
    for await (const part of stream) parts.push(part as Buffer)
  } catch {
    // Cut off while it came: what is there is what there is.
  }
  return Buffer.concat(parts)
}

function mutationsOf(body: Buffer): string[] {
  const push = JSON.parse(body.toString() || '{}') as { mutations?: { id: string }[] }
  return (push.mutations ?? []).map(({ id }) => id)
}
