import { deviceName } from '../../core/device-name.ts'
import { type Announcement, MESSAGES_VERSION } from '../../core/messages.ts'
import { NOBODY, type Place, type Right, sessionsOf, type Wanting } from '../../core/session.ts'
import { isOver, type Wait } from '../../core/wait.ts'
import { readDevice } from '../../store/library.ts'
import { readRight } from '../../store/session.ts'
import type { Taken } from '../../store/take-over.ts'
import type { Control, HandedOver, Refused, SessionActions, SessionView, Taking } from '../session-model.ts'
import { Arrival } from './arrival.ts'
import { GuardDesk } from './guard-desk.ts'
import { LOOK_BACK, LOOK_RELOAD, nextLook, RELOAD } from './look-times.ts'
import { askForRight, letRightGo, logRight, type RightWorld } from './right-asking.ts'
import { hasLeft, sessionViews } from './session-views.ts'
import { TakingMode } from './taking-mode.ts'
import type { Writer } from './writer.ts'

/** This tab among the others: asks for the right to write, hands it over, and says who has it. */
export class SessionDesk extends GuardDesk implements SessionActions {
  readonly #world: RightWorld
  readonly #writer: Writer
  #right: Right | null = null
  #control: Control = 'read-only'
  #sessions: readonly SessionView[] = []
  #place: (() => Place | null) | null = null
  readonly #arrival: Arrival
  readonly #mode: TakingMode
  #device = ''
  /** Control is being taken here. */
  protected under: Promise<Place | null> | null = null
  /** It is back from the cache and claims its id, under which another page may go on meanwhile. */
  #claiming: Promise<unknown> | null = null
  /** The session that has the right and is not there, since when. */
  #gone: { readonly active: string; readonly since: number } | null = null
  /** It has handed over: for so long it does not take back what another tab is about to have. */
  #yields: Wait | null = null
  /** Where its person was then. */
  #handed: Place | null = null
  /** The newest epoch of its own that is in the sync log. */
  #logged = 0
  /** How often it has learnt who has the right. */
  #learnt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(world: RightWorld, writer: Writer, page: ConstructorParameters<typeof GuardDesk>[1]) {
    super(world, page)
    this.#world = world
    this.#writer = writer
    this.#arrival = new Arrival(world.now)
    this.#mode = new TakingMode(world)
  }

  /** Resolves when it is known whether this tab may write. */
  async start(): Promise<void> {
    const { db, presence } = this.#world
    this.#device = (await readDevice(db, 'name'))?.name ?? deviceName(navigator.userAgent)
    await this.#mode.read()
    // Alone in the browser, and not back from a reload of all tabs: nobody is on the way back.
    const alone = presence.returned !== true && sessionsOf(await presence.held()).length < 2
    if (alone) await this.#want('ask')
    else await this.look()
    this.#lookLater()
    void this.readDrafts()
  }

  get control(): Control {
    return this.#control
  }
  protected get vacant(): boolean {
    return this.#gone !== null || this.#claiming !== null
  }
  /** Who may write, as this tab last learnt. */
  get right(): Right {
    return this.#right ?? NOBODY
  }
  get sessions(): readonly SessionView[] {
    return this.#sessions
  }
  get device(): string {
    return this.#device
  }
  get taking(): Taking {
    return this.#mode.is
  }

  async takeControl(edit?: Refused): Promise<boolean> {
    const place = await this.#take()
    if (this.#control !== 'active') return false
    if (edit) edit.go()
    else if (place) await this.#arrive(place, true)
    return true
  }

  #take(): Promise<Place | null> {
    this.under ??= this.#want('take')
      .then(({ place }) => place)
      .finally(() => {
        this.under = null
      })
    return this.under
  }

  /** What the old tab committed last may not be in this page yet, and the caret belongs into it. */
  async #arrive(place: Place, asked: boolean): Promise<void> {
    const id = place.path.split('/')[2]
    if (id) await this.page.read([id])
    const handed = { ...place, asked }
    this.#arrival.expect(handed)
    this.dispatchEvent(new CustomEvent<HandedOver>('place', { detail: handed }))
  }

  arrive = (path: string): HandedOver | null => this.#arrival.at(path)

  async setTaking(take: Taking): Promise<void> {
    await this.#mode.set(take)
    this.dispatchEvent(new Event('change'))
    this.#world.worker?.announce({ v: MESSAGES_VERSION, type: 'right-changed' })
  }

  follow(place: () => Place | null): () => void {
    this.#place = place
    return () => {
      if (this.#place === place) this.#place = null
    }
  }

  protected get epoch(): number {
    return this.#writer.epoch
  }

  /** At once nothing more is typed here, unless this tab has the right again, under another epoch. */
  async fenced(epoch: number): Promise<void> {
    if (epoch === this.epoch) {
      this.#set('read-only')
      await this.look()
    }
    // What was refused is a draft, whoever has the right by now.
    this.page.changed()
    await this.readDrafts()
  }

  /** The page became visible or hidden, or came back from the cache. */
  async shown(): Promise<void> {
    this.#world.presence.shown()
    if (!this.#world.presence.visible) return
    await this.#mode.read()
    await this.look()
    if (this.#world.presence.focused) await this.focused()
  }

  /** The tab got the focus. */
  async focused(): Promise<void> {
    if (!this.#mode.focused(this.#control)) return
    const { wanted } = this
    const place = await this.#take()
    const { focused, visible } = this.#world.presence
    if (!focused || !visible) this.blurred()
    // Who has begun something here already goes on with that.
    if (place && this.control === 'active' && wanted === this.wanted) await this.#arrive(place, false)
  }

  /** It has lost it: a tab that got it too soon to ask for control may do so now. */
  blurred(): void {
    const { worker } = this.#world
    if (this.#mode.is === 'focus') worker?.announce({ v: MESSAGES_VERSION, type: 'left' })
  }

  /** Back from the back-forward cache: claims its id anew, and may have lost the right meanwhile. */
  async comeBack(): Promise<void> {
    // In this task, whatever is written unasked too: the epoch may be its copy's.
    this.#writer.epoch = NOBODY.epoch
    this.#set('read-only')
    this.#claiming = this.#world.presence.claim()
    await this.#claiming
    this.#claiming = null
    await this.look()
  }

  /** Frozen, it could neither hand over nor go on: whoever is visible may have the right. */
  freeze(): void {
    if (this.#control === 'active') letRightGo(this.#world)
  }

  hear(said: Announcement): void {
    if (said.type === 'right-changed') void this.#lookAnew()
    if (said.type === 'left') this.#takeBack(true)
    if (said.type === 'hand-over' && said.session === this.#world.presence.id) void this.#handOver()
  }

  async #lookAnew(): Promise<void> {
    await this.look()
    await this.#mode.read()
    await this.readDrafts()
  }

  /** Reads who has the right and who is there; asks for it where its holder is gone. */
  async look(): Promise<void> {
    const { db, presence } = this.#world
    await this.#claiming
    const before = this.#learnt
    const right = await readRight(db)
    const held = await presence.held()
    // Meanwhile something newer was learnt.
    if (before !== this.#learnt) return this.look()
    const there = sessionsOf(held).some(({ id }) => id === right.active)
    // Back from a reload, which may have been a crash.
    if (there && this.#gone?.active === right.active) this.page.missed()
    if (there || right.active === null) this.#gone = null
    if (there || !presence.visible || this.#reloads(right.active)) this.#learn(right, held)
    else await this.#want('ask')
  }

  /** Whether the page that has the right may be on its way back. */
  #reloads(active: string | null): boolean {
    if (active === null) return false
    const now = this.#world.now()
    if (this.#gone?.active !== active) {
      this.#gone = { active, since: now }
      this.#lookLater()
    }
    return !isOver({ start: this.#gone.since, length: RELOAD }, now)
  }

  #lookLater(): void {
    clearTimeout(this.#timer)
    const wait = nextLook(this.#gone !== null, this.#control)
    this.#timer = setTimeout(async () => {
      // A tab that is hidden by one that it opens itself hears nothing of that.
      this.#world.presence.shown()
      // What cannot be read now is read the next time.
      if (this.#world.presence.visible) await this.look().catch(() => {})
      this.#lookLater()
    }, wait)
  }

  async #want(wanting: Wanting): Promise<Taken> {
    await this.#claiming
    const taken = await askForRight(this.#world, wanting)
    const { active, epoch } = taken.right
    if (active === this.#world.presence.id && epoch > this.#logged) {
      this.#logged = epoch
      logRight(this.#world, epoch)
    }
    this.#gone = null
    if (wanting === 'take') this.#yields = null
    const held = await this.#world.presence.held()
    // Taken by another tab again, before the answer was here.
    if (taken.right.epoch < this.right.epoch) await this.look()
    else this.#learn(taken.right, held)
    return taken
  }

  async #handOver(): Promise<void> {
    const { presence, worker } = this.#world
    if (this.#control === 'read-only') return
    // Asked a second time, since whoever asked first has died: it answers as it did.
    if (this.#control === 'active') this.#handed = this.#place?.() ?? null
    this.#yields = { start: this.#world.now(), length: LOOK_BACK }
    this.#set('yielding')
    await this.#writer.idle()
    worker?.announce({ v: MESSAGES_VERSION, type: 'handed-over', session: presence.id, place: this.#handed })
    setTimeout(() => void this.look().catch(() => {}), LOOK_BACK + LOOK_RELOAD)
  }

  #learn(right: Right, held: readonly string[]): void {
    this.#learnt++
    const active = right.active === this.#world.presence.id && this.#claiming === null
    const sessions = sessionViews(held, right.active, this.#world.presence.id)
    const moved = right.epoch !== this.#right?.epoch
    if (hasLeft(this.#right, right, held)) this.page.missed()
    this.#right = right
    if (active) this.#writer.epoch = right.epoch
    const changed = JSON.stringify(sessions) !== JSON.stringify(this.#sessions)
    this.#sessions = sessions
    // Handing over, its epoch is still the one in the store.
    const waits = this.#yields !== null && !isOver(this.#yields, this.#world.now())
    const yielding = this.#control === 'yielding' && !moved && waits
    const control = yielding ? 'yielding' : active ? 'active' : 'read-only'
    if (!this.#set(control) && changed) this.dispatchEvent(new Event('change'))
    if (!this.vacant) this.settleHeld()
    // What a tab typed that lost the right is a draft by now.
    if (moved) void this.readDrafts().catch(() => {})
  }

  #set(control: Control): boolean {
    if (control === this.#control) return false
    this.#control = control
    this.#lookLater()
    this.dispatchEvent(new Event('change'))
    this.#takeBack()
    return true
  }

  #takeBack(left = false): void {
    if (this.#mode.takesBack(this.#control, left)) void this.focused().catch(() => {})
  }
}
