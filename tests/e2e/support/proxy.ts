import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type Answered, bytes, deliver, type Fate } from './fates.ts'

export const PUSH = '/api/sync/push'

/** A request that came by. */
export interface Seen {
  readonly method: string
  readonly path: string
  /** What the browser calls itself. */
  readonly agent: string
  /** When it came, ms. */
  readonly at: number
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
 * as a whole, decides over single requests, counts, and serves a changed service worker as a new version would be.
 */
export class PushProxy {
  readonly seen: Seen[] = []
  readonly #target: number
  readonly #server: Server
  #down = false
  #fates: (seen: Seen) => Fate | null = () => null
  readonly #open = new Map<ServerResponse, Seen>()
  #nextPush: ((response: ServerResponse) => void) | null = null
  #workerSuffix = ''

  private constructor(target: number) {
    this.#target = target
    this.#server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing))
  }

  /** Listens on a port of its own; `target` is the server's. */
  static async start(target: number, host = '127.0.0.1'): Promise<PushProxy> {
    const proxy = new PushProxy(target)
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject)
      proxy.#server.listen(0, host, resolve)
    })
    return proxy
  }

  get origin(): string {
    const address = this.#server.address()
    if (typeof address !== 'object' || !address) throw new Error('The proxy does not listen.')
    return `http://${address.address === '127.0.0.1' ? 'localhost' : address.address}:${address.port}`
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

  /** From now on decides over each request; null: all pass. */
  interfere(fates: ((seen: Seen) => Fate | null) | null): void {
    this.#fates = fates ?? (() => null)
  }

  /** Breaks what is open now, streams among it. */
  breakOpen(which: (seen: Seen) => boolean): void {
    for (const [outgoing, seen] of this.#open) if (which(seen)) outgoing.destroy()
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
    const agent = incoming.headers['user-agent'] ?? ''
    const mutations = path === PUSH ? mutationsOf(body) : []
    const seen: Seen = { method, path, agent, at: Date.now(), mutations }
    this.seen.push(seen)
    const fate = this.#down ? ({ is: 'lost' } as const) : this.#fates(seen)
    if (fate?.is === 'lost') return void outgoing.destroy()
    if (fate?.is === 'answered') return void outgoing.writeHead(fate.status, fate.headers).end(fate.body)
    this.#open.set(outgoing, seen)
    outgoing.on('close', () => this.#open.delete(outgoing))
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
    upstream.on('response', (answer) => void this.#answer(path, answer, outgoing, fate))
    upstream.end(body)
  }

  async #answer(
    path: string,
    answer: IncomingMessage,
    outgoing: ServerResponse,
    fate: Exclude<Fate, Answered> | null,
  ): Promise<void> {
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
    await deliver(answer, outgoing, fate)
  }
}

function mutationsOf(body: Buffer): string[] {
  const push = JSON.parse(body.toString() || '{}') as { mutations?: { id: string }[] }
  return (push.mutations ?? []).map(({ id }) => id)
}
