import type { Random } from './random.ts'
import type { Actor, Scheduler } from './scheduler.ts'
import type { Said } from './server.ts'

/** What may happen to one request on its way. `ok` last, so that a link at rest is the default. */
export const FAULTS = [
  'lost',
  'cut',
  'hang',
  'hang-after',
  'twice',
  'late',
  'late-copy',
  '500',
  '500-after',
  '503',
  '429',
  '408',
  '425',
  'portal',
  'portal-401',
  'redirect',
  'truncated',
  'slow',
  'stale',
  'too-large',
  'waf',
] as const
export type Fault = (typeof FAULTS)[number]

const HTML = '<!doctype html><title>Sign in</title><h1>Welcome to the train</h1>'
const INSTEAD: Readonly<Partial<Record<Fault, Said>>> = {
  '500': { status: 500, headers: {}, body: 'Internal Server Error' },
  '503': { status: 503, headers: { 'retry-after': '20' }, body: HTML },
  '429': {
    status: 429,
    headers: { 'retry-after': '40' },
    body: '{"error":{"code":"too_many","message":"Slow down."}}',
  },
  '408': { status: 408, headers: {}, body: '' },
  '425': { status: 425, headers: {}, body: '' },
  portal: { status: 200, headers: {}, body: HTML },
  'portal-401': { status: 401, headers: {}, body: HTML },
  redirect: { status: 302, headers: {}, body: '' },
  'too-large': { status: 413, headers: {}, body: '{"error":{"code":"too_large","message":"Too large."}}' },
  waf: { status: 403, headers: {}, body: HTML },
}

export interface LinkRequest {
  readonly actor: Actor
  readonly device: string
  readonly method: string
  readonly path: string
  readonly body: string
  readonly signal: AbortSignal
}

/** Where a script may hold a request or its answer, or put another answer in its place. null: it goes on at once. */
export interface Gate {
  /** An answer: it never arrives at the server. */
  readonly there: (request: LinkRequest) => Promise<Said | null> | null
  /** null: it is cut off. */
  readonly back: (request: LinkRequest, said: Said) => Promise<Said | null> | null
}

/** Moments of a request at which a worker or the server may die. */
export type Moment = 'before-send' | 'sent' | 'handled' | 'answered'

export interface LinkHost {
  readonly scheduler: Scheduler
  /** The server answers, maybe together with somebody else's request. */
  serve(request: LinkRequest): Promise<Said>
  readonly random: Random
  trace(line: string): void
  /** Tells the moments; a trap may kill somebody there. True: the server died with its answer. */
  at(moment: Moment, request: LinkRequest): boolean
  /** The answer is on its way into the worker's code. */
  heard(request: LinkRequest, said: Said): void
}

/** The way from one device to the server: what goes wrong on it is asked for by the schedule, request by request. */
export class Link {
  readonly #host: LinkHost
  online = true
  /** The faults of the next requests, in order; then all goes well. */
  faults: Fault[] = []
  requests = 0
  /** The last answer to each question of a pull. */
  readonly #answers = new Map<string, Said>()
  /** Of a scripted run. */
  gate: Gate | null = null
  /** The browser says offline and is wrong. */
  reachableOffline = false

  constructor(host: LinkHost) {
    this.#host = host
  }

  fetch(request: LinkRequest): Promise<Response> {
    const { scheduler, random } = this.#host
    this.requests++
    return new Promise((resolve, reject) => {
      const answer = (said: Said): void => {
        this.#host.heard(request, said)
        resolve(response(said))
      }
      const fail = (error: Error): void => scheduler.post(request.actor, () => reject(error))
      request.signal.addEventListener('abort', () => fail(reasonOf(request.signal)))
      this.#host.at('before-send', request)
      if (!this.online && !this.reachableOffline) return fail(new TypeError('Failed to fetch'))
      const fault = this.faults.shift() ?? 'ok'
      this.#host.trace(`${request.actor.name} ${request.method} ${pathOf(request)} ${fault}`)
      const way = 10 + random.below(200)
      this.#send(request, fault, way, answer, fail)
      this.#host.at('sent', request)
    })
  }

  #send(
    request: LinkRequest,
    fault: Fault | 'ok',
    way: number,
    answer: (said: Said) => void,
    fail: (error: Error) => void,
  ): void {
    const { scheduler, random } = this.#host
    const back = (said: Said): void =>
      void scheduler.after(fault === 'slow' ? 5000 + random.below(20_000) : way, request.actor, () => {
        answer(said)
        this.#host.at('answered', request)
      })
    const arrive = (after: number, then: (said: Said) => void): void =>
      void scheduler.after(after, scheduler.root, async () => {
        const held = this.gate?.there(request)
        const instead = held ? await held : null
        const said = instead ?? (await this.#handle(request))
        const back = said && this.gate?.back(request, said)
        const heard = back ? await back : said
        if (heard) then(heard)
        else cut()
      })
    const cut = (): void =>
      void scheduler.after(way, request.actor, () => fail(new TypeError('network error')))
    const instead = INSTEAD[fault as Fault]
    if (instead) {
      void scheduler.after(way, scheduler.root, () => back(instead))
      return
    }
    const ways: Partial<Record<Fault, () => void>> = {
      // A proxy hands out once more what it has answered to the same question before. It goes by the whole address,
      // and that names the mark: what was said of a line that a restored server has lost is another question's answer.
      stale: () => {
        const old = this.#answers.get(request.path)
        if (old) scheduler.after(way, scheduler.root, () => back(old))
        else arrive(way, back)
      },
      lost: cut,
      hang: () => {},
      cut: () => arrive(way, cut),
      'hang-after': () => arrive(way, () => {}),
      late: () => arrive(31_000 + random.below(600_000), () => {}),
      twice: () => {
        arrive(way, back)
        arrive(way + random.below(50), () => {})
      },
      'late-copy': () => {
        arrive(way, back)
        arrive(1000 + random.below(120_000), () => {})
      },
      '500-after': () => arrive(way, () => back({ status: 500, headers: {}, body: '' })),
      truncated: () =>
        arrive(way, (said) => back({ ...said, body: said.body.slice(0, said.body.length >> 1) })),
    }
    const go = ways[fault as Fault] ?? (() => arrive(way, back))
    go()
  }

  async #handle(request: LinkRequest): Promise<Said | null> {
    const said = await this.#host.serve(request)
    this.#host.trace(`server ${request.device} ${pathOf(request)} ${said.status} ${said.body.length}`)
    if (said.status === 200 && !isPush(request)) this.#answers.set(request.path, said)
    return this.#host.at('handled', request) ? null : said
  }
}

export const pathOf = ({ path }: LinkRequest): string => path.split('?')[0] ?? path
export const isPush = (request: LinkRequest): boolean => pathOf(request).endsWith('/push')

const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new DOMException('aborted', 'AbortError')

/** As much of a Response as the transport reads, without streams, which would need turns of their own. */
function response({ status, headers, body }: Said): Response {
  const said = { status, type: 'basic', headers: new Headers(headers), text: () => Promise.resolve(body) }
  return said as unknown as Response
}
