import type { SimDevice } from './device.ts'
import { isPush, type LinkRequest } from './link.ts'
import type { Said } from './server.ts'
import type { Simulation } from './simulation.ts'

/** The error's code, where the answer is whole and ours. */
function codeOf(body: string): string | null {
  try {
    return (JSON.parse(body) as { error?: { code?: string } }).error?.code ?? null
  } catch {
    return null
  }
}

/**
 * Haste lasts as long as a message keeps a worker alive, and the last request's time limit; it begins when another
 * worker, which may be waiting for a due time, lets go of the lock.
 */
const HASTE = 90_000 + 150_000

/** P9: nothing is asked while offline, signed out, before a pause is over, or of what was refused. */
export class Politeness {
  readonly #sim: Simulation
  readonly #fail: (checker: string, why: string) => void
  #count = 0
  readonly #askedAt = new WeakMap<LinkRequest, number>()
  readonly #signedInAt = new Map<string, number>()
  readonly #grace = new Set<string>()
  readonly #signedOut = new Map<string, LinkRequest['actor']>()
  readonly #busyUntil = new Map<string, { readonly actor: LinkRequest['actor']; readonly at: number }>()

  constructor(sim: Simulation, fail: (checker: string, why: string) => void) {
    this.#sim = sim
    this.#fail = fail
  }

  /** A request leaves a worker. */
  asked(device: SimDevice, request: LinkRequest): void {
    const { actor, path } = request
    this.#askedAt.set(request, ++this.#count)
    if (isPush(request)) this.#refusedStays(device, request.body)
    const { now } = this.#sim.scheduler
    // What was decided a moment before the cut still goes out; `Sync now` tries for as long as it keeps the worker.
    const offline = !device.link.online && now > device.offlineSince
    if (offline && now - device.hastyAt > HASTE)
      this.#fail('polite', `${device.name} asks ${path} while offline`)
    // Whoever signs in is believed once, whatever came in the meantime.
    const out = this.#signedOut.get(device.name) === actor && path.startsWith('/api/sync/')
    if (out && !this.#grace.delete(device.name))
      this.#fail('polite', `${device.name} asks ${path} while signed out`)
    const busy = this.#busyUntil.get(device.name)
    if (busy && busy.actor === actor && now < busy.at)
      this.#fail('polite', `${device.name} asks ${path} ${busy.at - now} ms before Retry-After`)
  }

  /** What was refused waits for a person. */
  #refusedStays({ name }: SimDevice, body: string): void {
    const { entries } = this.#sim.disks.read(name)
    const refused = entries.find(
      ({ state, flight }) => state.is === 'refused' && flight && body.includes(flight.mutation.id),
    )
    if (refused) this.#fail('polite', `${name} sends ${refused.id} again, which was refused`)
  }

  /** An answer reaches a worker that is alive. */
  heard(request: LinkRequest, { status, headers, body }: Said): void {
    const { device, actor } = request
    // What was asked before somebody signed in is answered for the session before.
    const old = (this.#askedAt.get(request) ?? 0) < (this.#signedInAt.get(device) ?? 0)
    if (status === 401 && codeOf(body) === 'signed_out' && !old) this.#signedOut.set(device, actor)
    const after = Number(headers['retry-after'])
    if ((status === 429 || status === 503) && after > 0)
      this.#busyUntil.set(device, { actor, at: this.#sim.scheduler.now + after * 1000 * 0.99 })
    else this.#busyUntil.delete(device)
  }

  /** Pauses are measured by the device's own clock, which has just been set. */
  clockSet(device: SimDevice): void {
    this.#busyUntil.delete(device.name)
  }

  signedIn(device: SimDevice): void {
    this.#signedOut.delete(device.name)
    this.#signedInAt.set(device.name, ++this.#count)
    this.#grace.add(device.name)
  }
}
