import { learn, type Question } from '../../core/compare.ts'
import { type Failure, failureText } from '../../core/failure.ts'
import { MESSAGES_VERSION, type ToWorker } from '../../core/messages.ts'
import { DIGEST_LIMITS, type DigestRequest, PROTOCOL_VERSION } from '../../core/protocol.ts'
import { titleOf } from '../../core/records.ts'
import { connectionState } from '../../core/status.ts'
import type { Compared, Repaired, Repairing } from '../../core/verify.ts'
import type { Database } from '../../store/database.ts'
import { Journal } from '../../store/journal.ts'
import { readSome, readSyncState } from '../../store/read.ts'
import { type Clean, readClean } from '../../store/verify.ts'
import type { Verified, VerifyActions } from '../model.ts'

/** What waits is sent first, as long as a person watches; then it is compared without. */
const SENDING = 15_000
/** The worker gives a request up after 30 s; a repair waits its turn behind a drain of a minute. */
const ASKING = 40_000
const REPAIRING = 120_000
/** Another device may write between the pull and the comparison; one that never stops is not waited for. */
const TRIES = 3

export interface VerifyWorld {
  readonly db: Database
  readonly now: () => number
  readonly worker: {
    ask<T>(message: ToWorker, limit: number): Promise<T | null>
    flush(limit: number): Promise<void>
  } | null
}

type Outcome =
  | { readonly is: 'done' }
  | { readonly is: 'moved' }
  | { readonly is: 'failed'; readonly why: string }
const MOVED: Outcome = { is: 'moved' }

/**
 * `Verify my data`: digests of what lies here against the server's, at one cursor. The page reads and compares; the
 * worker asks the server, and repairs under the engine's lock.
 */
export class VerifyDesk implements VerifyActions {
  readonly #world: VerifyWorld
  readonly #library: () => string
  readonly #online: () => boolean
  readonly #journal: Journal

  constructor(world: VerifyWorld, library: () => string, online = (): boolean => navigator.onLine) {
    this.#world = world
    this.#library = library
    this.#online = online
    this.#journal = new Journal(async () => world.db, world.now)
  }

  async run(step: (words: string) => void): Promise<Verified> {
    const run = new Run()
    let outcome = await this.#able()
    for (let tries = 0; tries < TRIES && outcome.is === 'moved'; tries++) {
      step('Sending what waits and reading what is new…')
      await this.#world.worker?.flush(SENDING)
      outcome = await this.#able()
      if (outcome.is === 'moved') outcome = await this.#compare(run, step)
    }
    await this.#journal.flush()
    const { records, waiting } = run
    const repaired = await this.#named(run.repaired)
    const why = outcome.is === 'failed' ? outcome.why : BUSY
    const at = this.#world.now()
    return outcome.is === 'done'
      ? { is: 'compared', records, waiting, repaired, at }
      : { is: 'unable', why, repaired }
  }

  /** Whether the server can be asked; nothing is sent while offline or signed out (P9). */
  async #able(): Promise<Outcome> {
    const { library, connection } = await readSyncState(this.#world.db)
    const hasAccount = library?.account != null
    if (!this.#world.worker || !hasAccount) return failed(NO_ACCOUNT)
    const state = connectionState({ hasAccount, connection, running: false, online: this.#online() })
    return state === 'online' ? MOVED : failed(NEEDS[state])
  }

  async #compare(run: Run, step: (words: string) => void): Promise<Outcome> {
    const { db, now } = this.#world
    const began = now()
    const clean = await readClean(db, this.#library())
    if (!clean) return MOVED
    const { library, digests, without } = clean
    run.records = digests.size
    run.waiting = without.length
    if (without.length > DIGEST_LIMITS.without) return failed(TOO_MUCH)
    step(`Comparing ${digests.size.toLocaleString('en')} records with the server…`)
    const found = await this.#ask(run, clean)
    if (!Array.isArray(found)) return found
    const { bytes } = run
    this.#journal.add({
      what: 'verified',
      records: digests.size,
      differing: found.length,
      bytes,
      ms: now() - began,
    })
    if (found.length > 0) step('Bringing together what differs…')
    return this.#repair(run, library.id, found)
  }

  /** @returns the ids of what differs */
  async #ask(run: Run, { library, digests, without }: Clean): Promise<string[] | Outcome> {
    const differing: string[] = []
    let open: Question[] = [{ ending: '', rows: [...digests] }]
    while (open.length > 0) {
      const asked = open.slice(0, DIGEST_LIMITS.ranges)
      open = open.slice(DIGEST_LIMITS.ranges)
      const request: DigestRequest = {
        protocol: PROTOCOL_VERSION,
        account: library.account?.id ?? '',
        mark: library.mark,
        cursor: library.cursor,
        without,
        ranges: asked.map(({ ending }) => ending),
      }
      const message = { v: MESSAGES_VERSION, type: 'compare', request } as const
      const answered = await this.#world.worker?.ask<Compared>(message, ASKING)
      if (!answered) return failed(NO_WORKER)
      if (!answered.ok) return this.#failure(answered.problem)
      const { answer } = answered.value
      run.bytes += JSON.stringify(request).length + JSON.stringify(answer).length
      if (answer.seq > library.cursor) return MOVED
      for (const question of asked) {
        const learnt = learn(question, answer.ranges[question.ending])
        differing.push(...learnt.differing)
        open.push(...learnt.open)
      }
    }
    return differing
  }

  async #repair(run: Run, library: string, found: readonly string[]): Promise<Outcome> {
    for (let from = 0; from < found.length; from += DIGEST_LIMITS.ids) {
      const ids = found.slice(from, from + DIGEST_LIMITS.ids)
      const message = { v: MESSAGES_VERSION, type: 'repair', library, ids } as const
      const answered = await this.#world.worker?.ask<Repairing>(message, REPAIRING)
      if (!answered) return failed(NO_WORKER)
      if (!answered.ok) return this.#failure(answered.problem)
      if (!answered.value) return MOVED
      run.repaired.push(...answered.value)
    }
    return { is: 'done' }
  }

  #failure(problem: Failure): Outcome {
    const why = 'status' in problem ? `status ${problem.status}` : ''
    this.#journal.add({ what: 'failed', doing: 'verify', failure: problem.is, why })
    // The pull that comes first meets the same, and has everything read afresh.
    if (problem.is === 'reset') return MOVED
    return failed(problem.is === 'refused' && problem.status === 404 ? OLD_SERVER : failureText(problem))
  }

  async #named(repaired: readonly Repaired[]): Promise<Verified['repaired']> {
    const rows = await readSome(
      this.#world.db,
      repaired.map(({ id }) => id),
    )
    return repaired.map(({ id, done }) => {
      const record = rows.get(id)?.record
      return { id, done, title: record ? titleOf(record) : 'A deleted record' }
    })
  }
}

/** What one comparison has come to, over all its tries. */
class Run {
  records = 0
  waiting = 0
  bytes = 0
  readonly repaired: Repaired[] = []
}

const failed = (why: string): Outcome => ({ is: 'failed', why })

const NO_ACCOUNT = 'There is no account on this device, so nothing to compare with. Sign in first.'
const NO_WORKER = 'The part of Pawkit that talks to the server did not answer. Reload and try again.'
const OLD_SERVER = 'This Pawkit’s server is too old to compare. It needs an update.'
const TOO_MUCH = 'Too many changes wait to be sent. Compare again when they are on the server.'
const BUSY = 'Changes kept coming in from another device. Try again in a moment.'
const NEEDS = {
  offline: 'You are offline. Comparing needs the server; try again with the network back.',
  'signed-out': 'You are signed out. Sign in again to compare with the server.',
  'server-unreachable': 'The server does not answer. Try again when it does.',
} as const
