import type { Failure } from '../../src/core/failure.ts'
import type { Change, Mark, Outcome, PushRequest } from '../../src/core/protocol.ts'
import { isDeleted, type RecordState, text } from '../../src/core/records.ts'
import { bad, ok, type Result } from '../../src/core/result.ts'
import { urlKey } from '../../src/core/url.ts'
import type { PullFrom, Timed, Transport } from '../../sw/transport.ts'

type PushResult = Awaited<ReturnType<Transport['push']>>
type PullResult = Awaited<ReturnType<Transport['pull']>>

/** What a test makes of one request: a failure, an answer of its own, or null to let the server answer. */
type Twist<Asked, Answer> = (
  asked: Asked,
  answer: () => Answer,
) => Answer | Failure | Promise<Answer | Failure> | null

export const NO_ANSWER: Failure = { is: 'no-answer', why: 'cut' }

/**
 * A server in memory as the engine sees one, by the same rules but for limits, savepoints and accounts. A test
 * twists single requests; every request is kept with its time.
 */
export class MemoryServer implements Transport {
  readonly pushes: { at: number; request: PushRequest }[] = []
  readonly pulls: { at: number; from: PullFrom }[] = []
  signOuts = 0
  readonly records = new Map<string, RecordState & { seq: number }>()
  seq = 0
  onPush: Twist<PushRequest, PushResult> = () => null
  onPull: Twist<PullFrom, PullResult> = () => null
  onSignOut: () => Failure | null = () => null
  pageSize = 500
  readonly #outcomes = new Map<string, (now: RecordState | null) => Outcome>()
  readonly #recordOf = new Map<string, string>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  async push(request: PushRequest, signal: AbortSignal): Promise<PushResult> {
    this.pushes.push({ at: this.#now(), request: structuredClone(request) })
    const answer = (): PushResult =>
      this.#timed({ results: this.apply(request), now: this.#now(), mark: this.mark })
    return twisted(this.onPush, request, answer, signal)
  }

  async pull(from: PullFrom, signal: AbortSignal): Promise<PullResult> {
    this.pulls.push({ at: this.#now(), from })
    const answer = (): PullResult => this.#timed(this.page(from.after, from.limit))
    return twisted(this.onPull, from, answer, signal)
  }

  /** It keeps no digests: those are computed by the real one (tests/sw/verify.test.ts). */
  async digests(): ReturnType<Transport['digests']> {
    return bad({
      is: 'refused',
      status: 404,
      code: 'not_found',
      message: 'There is nothing at this address.',
    })
  }

  async signOut(): Promise<Result<null, Failure>> {
    this.signOuts++
    const failure = this.onSignOut()
    return failure ? bad(failure) : ok(null)
  }

  get mark(): Mark | null {
    return this.seq > 0 ? { seq: this.seq, tag: `tag-${this.seq}` } : null
  }

  apply(request: PushRequest): Outcome[] {
    for (const id of request.voids)
      if (!this.#outcomes.has(id)) this.#outcomes.set(id, () => ({ id, outcome: 'void' }))
    for (const mutation of request.mutations) {
      if (!this.#outcomes.has(mutation.id)) this.#outcomes.set(mutation.id, this.#decide(mutation))
      this.#recordOf.set(mutation.id, mutation.record)
    }
    return [...request.voids, ...request.mutations.map((mutation) => mutation.id)].flatMap((id) => {
      const outcome = this.#outcomes.get(id)?.(this.records.get(this.#recordOf.get(id) ?? '') ?? null)
      return outcome ? [outcome] : []
    })
  }

  #decide(mutation: PushRequest['mutations'][number]): (now: RecordState | null) => Outcome {
    const { id } = mutation
    const current = this.records.get(mutation.record) ?? null
    if (mutation.on !== (current?.version ?? 0))
      return (now) => ({ id, outcome: 'conflict', record: now && wire(now) })
    const key = urlKey(text(mutation.fields.url))
    const holder = [...this.records.values()].find(
      (other) => key !== null && !isDeleted(other) && urlKey(text(other.fields.url)) === key,
    )
    if (!current && holder) {
      const holderId = holder.id
      return () => ({ id, outcome: 'duplicate', record: wire(this.records.get(holderId) ?? holder) })
    }
    const version = (current?.version ?? mutation.above) + 1
    const fields = { ...current?.fields, ...mutation.fields }
    const stamps = { ...current?.stamps, ...mutation.stamps }
    const seq = this.put({ id: mutation.record, kind: mutation.kind, version, fields, stamps })
    return (now) => ({
      id,
      outcome: 'applied',
      version,
      seq,
      record: wire(now ?? { id: '', kind: '', version, fields, stamps }),
    })
  }

  /** Another device's write: whatever it says is what the server has. */
  put(record: RecordState): number {
    this.records.set(record.id, { ...record, seq: ++this.seq })
    return this.seq
  }

  page(after: number, limit = this.pageSize) {
    const rows = [...this.records.values()].filter((row) => row.seq > after).sort((a, b) => a.seq - b.seq)
    const changes: Change[] = rows
      .slice(0, Math.min(this.pageSize, limit))
      .map(({ seq, ...record }) => ({ seq, record }))
    const more = rows.length > changes.length
    return { changes, cursor: changes.at(-1)?.seq ?? after, more, now: this.#now(), mark: this.mark }
  }

  #timed<T>(answer: T): { ok: true; value: Timed<T> } {
    return ok({ answer: structuredClone(answer), offset: 0 })
  }
}

/** The record as it travels, without the server's own number beside it. */
function wire({ id, kind, version, fields, stamps }: RecordState): RecordState {
  return { id, kind, version, fields: { ...fields }, stamps: { ...stamps } }
}

async function twisted<Asked, Answer extends { readonly ok: boolean }>(
  twist: Twist<Asked, Answer>,
  asked: Asked,
  answer: () => Answer,
  signal: AbortSignal,
): Promise<Answer> {
  const result = (await twist(asked, answer)) ?? answer()
  if (signal.aborted) return bad(NO_ANSWER) as unknown as Answer
  return 'is' in result ? (bad(result) as unknown as Answer) : result
}
