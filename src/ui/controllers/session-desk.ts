import { type Announcement, MESSAGES_VERSION } from '../../core/messages.ts'
import { type Place, type Right, sessionsOf, type Wanting } from '../../core/session.ts'
import { askToHandOver } from '../../store/hand-over.ts'
import { readDevice, writeDevice } from '../../store/library.ts'
import { readRight, wantRight } from '../../store/session.ts'
import { type Taken, takeOver } from '../../store/take-over.ts'
import type { WriteResult } from '../model.ts'
import type { Control, Refused, SessionActions, SessionView, Taking } from '../session-model.ts'
import { DraftDesk } from './draft-desk.ts'
import type { PageWorld } from './page-world.ts'
import type { Writer } from './writer.ts'

/** A page that no worker answers within this time does it by itself; ms. */
const WORKER_LIMIT = 500
/** The worker waits for the old tab, and a tab that hangs must be overtaken within 2 s. */
const TAKE_LIMIT = 1900
/** How often a visible tab looks whether the active one is gone, and the active one who else is there; ms. */
const LOOK = 500
const LOOK_ACTIVE = 2000
/** A tab that handed over looks again: whoever took over may have died in between (traces.md, 30); ms. */
const LOOK_BACK = 3000

/** This tab among the others: asks for the right to write, hands it over, and says who has it. */
export class SessionDesk extends DraftDesk implements SessionActions {
  readonly #world: PageWorld
  readonly #writer: Writer
  #right: Right = { active: null, epoch: -1 }
  #control: Control = 'read-only'
  #sessions: readonly SessionView[] = []
  #place: (() => Place | null) | null = null
  #taking: Taking = 'ask'
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(world: PageWorld, writer: Writer, page: ConstructorParameters<typeof DraftDesk>[1]) {
    super(world, page)
    this.#world = world
    this.#writer = writer
  }

  /** Resolves when it is known whether this tab may write. */
  async start(): Promise<void> {
    this.#taking = (await readDevice(this.#world.db, 'tabs'))?.take ?? 'ask'
    await this.#want('ask')
    this.#lookLater()
    void this.readDrafts()
  }

  get control(): Control {
    return this.#control
  }
  get sessions(): readonly SessionView[] {
    return this.#sessions
  }
  get taking(): Taking {
    return this.#taking
  }

  async takeControl(): Promise<void> {
    const taken = await this.#want('take')
    if (taken.place && this.#control === 'active')
      this.dispatchEvent(new CustomEvent('place', { detail: taken.place }))
  }

  async setTaking(take: Taking): Promise<void> {
    this.#taking = take
    await writeDevice(this.#world.db, { key: 'tabs', take })
    this.dispatchEvent(new Event('change'))
  }

  follow(place: () => Place | null): () => void {
    this.#place = place
    return () => {
      if (this.#place === place) this.#place = null
    }
  }

  /** Makes an edit, or asks the person first where another tab has control, be it that this one only learns so now. */
  async guard(record: string | null, write: () => Promise<WriteResult>): Promise<WriteResult> {
    const result = this.#control === 'active' ? await write() : ({ is: 'fenced' } as const)
    if (result.is !== 'fenced') return result
    return new Promise((resolve) => {
      const go = (): void => resolve(write())
      this.refuse({ record, go, drop: () => resolve(result) })
    })
  }

  /** A write was refused: this tab has lost the right without having heard of it. */
  async fenced(): Promise<void> {
    await this.look()
    await this.readDrafts()
  }

  refuse(refused: Refused): void {
    this.dispatchEvent(new CustomEvent('refused', { detail: refused }))
  }

  /** The page became visible or hidden, or came back from the cache. */
  async shown(): Promise<void> {
    this.#world.presence.shown()
    if (!this.#world.presence.visible) return
    if (this.#taking === 'focus' && this.#control === 'read-only') await this.takeControl()
    else await this.look()
  }

  /** Back from the back-forward cache: claims its id anew, and may have lost the right meanwhile. */
  async comeBack(): Promise<void> {
    await this.#world.presence.claim()
    await this.look()
  }

  /** Frozen, it could neither hand over nor go on: whoever is visible may have the right. */
  freeze(): void {
    if (this.#control !== 'active') return
    this.#world.worker?.say({
      v: MESSAGES_VERSION,
      type: 'right',
      session: this.#world.presence.id,
      wanting: 'leave',
    })
  }

  hear(said: Announcement): void {
    if (said.type === 'right-changed') void this.look()
    if (said.type === 'hand-over' && said.session === this.#world.presence.id) void this.#handOver()
  }

  /** Reads who has the right and who is there; asks for it where its holder is gone. */
  async look(): Promise<void> {
    const right = await readRight(this.#world.db)
    const held = await this.#world.presence.held()
    const living = sessionsOf(held)
    const gone = right.active === null || !living.some(({ id }) => id === right.active)
    if (gone && this.#world.presence.visible) await this.#want('ask')
    else this.#learn(right, held)
  }

  #lookLater(): void {
    clearTimeout(this.#timer)
    const wait = this.#control === 'active' ? LOOK_ACTIVE : LOOK
    this.#timer = setTimeout(async () => {
      // What cannot be read now is read the next time.
      if (this.#world.presence.visible) await this.look().catch(() => {})
      this.#lookLater()
    }, wait)
  }

  async #want(wanting: Wanting): Promise<Taken> {
    const { presence, worker } = this.#world
    const message = { v: MESSAGES_VERSION, type: 'right', session: presence.id, wanting } as const
    const limit = wanting === 'take' ? TAKE_LIMIT : WORKER_LIMIT
    const answered = await worker?.ask<Taken>(message, limit)
    const taken = answered ?? (await this.#alone(wanting))
    this.#learn(taken.right, await presence.held())
    return taken
  }

  /** As the worker does it, where there is none or it does not answer. */
  async #alone(wanting: Wanting): Promise<Taken> {
    const { db, presence, worker } = this.#world
    const heldLocks = (): Promise<readonly string[]> => presence.held()
    const channel = worker?.channel
    const handOver = async (session: string, limit: number): Promise<Place | null> =>
      channel ? askToHandOver(channel, session, limit) : null
    const taken =
      wanting === 'take'
        ? await takeOver({ db, heldLocks, handOver }, presence.id)
        : { right: await wantRight(db, presence.id, wanting, heldLocks), place: null }
    worker?.announce({ v: MESSAGES_VERSION, type: 'right-changed' })
    return taken
  }

  async #handOver(): Promise<void> {
    const { presence, worker } = this.#world
    if (this.#control !== 'active') return
    const place = this.#place?.() ?? null
    this.#set('yielding')
    await this.#writer.idle()
    worker?.announce({ v: MESSAGES_VERSION, type: 'handed-over', session: presence.id, place })
    setTimeout(() => void this.look().catch(() => {}), LOOK_BACK)
  }

  #learn(right: Right, held: readonly string[]): void {
    const own = this.#world.presence.id
    const active = right.active === own
    const sessions = sessionsOf(held).map((session) => ({
      ...session,
      active: session.id === right.active,
      own: session.id === own,
    }))
    // Handing over, its epoch is still the one in the store; what the timer or the next message reads decides.
    const lost = right.epoch !== this.#right.epoch
    this.#right = right
    if (active) this.#writer.epoch = right.epoch
    const changed = JSON.stringify(sessions) !== JSON.stringify(this.#sessions)
    this.#sessions = sessions
    if (!this.#set(active ? 'active' : 'read-only') && changed) this.dispatchEvent(new Event('change'))
    if (lost && !active) void this.readDrafts()
  }

  #set(control: Control): boolean {
    if (control === this.#control) return false
    this.#control = control
    this.#lookLater()
    this.dispatchEvent(new Event('change'))
    return true
  }
}
