import { createHash } from 'node:crypto'
import { isPurged } from '../../src/core/records.ts'
import { Checks } from './checks.ts'
import { SimDevice } from './device.ts'
import { Disks } from './disk.ts'
import { forget } from './edits.ts'
import { isPush, type LinkRequest, type Moment } from './link.ts'
import { Model } from './model.ts'
import { Random } from './random.ts'
import { type Actor, Scheduler } from './scheduler.ts'
import { type Said, SimServer } from './server.ts'

/** For so long a request may wait at the server for another to be answered with, ms. */
const COMPANY = 150
const T0 = Date.parse('2026-05-04T10:00:00.000Z')

/** A named moment at which somebody dies, once. */
export const CRASH_POINTS = [
  'after-commit',
  'after-freeze',
  'after-send',
  'after-server-commit',
  'after-answer',
  'mid-pull',
] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

export interface Trap {
  readonly point: CrashPoint
  readonly device: string
  /** Who dies: the worker (or the tab), the whole browser, or the server. */
  readonly who: 'worker' | 'browser' | 'server'
  /** For a death in the midst of applying an answer: after so many tasks. */
  readonly after: number
}

export class Violation extends Error {
  readonly checker: string

  constructor(checker: string, why: string) {
    super(`${checker}: ${why}`)
    this.checker = checker
  }
}

/** One world: some devices of one account or of two that share a space, one server, one clock. */
export class Simulation {
  readonly random: Random
  readonly scheduler: Scheduler
  readonly disks: Disks
  readonly server: SimServer
  readonly devices: SimDevice[] = []
  readonly model = new Model()
  readonly checks: Checks
  readonly lines: string[] = []
  readonly removals: boolean
  /** Whether pages ask who may write. */
  readonly rights: boolean
  readonly #arrived: { readonly request: LinkRequest; readonly resolve: (said: Said) => void }[] = []
  traps: Trap[] = []
  /** Whether streams tell of changes; a script says itself who pulls when. */
  pokes = true
  /** The first thing that must not be. */
  violation: Violation | null = null

  constructor(seed: number, removals: boolean, rights: boolean) {
    this.removals = removals
    this.rights = rights
    this.random = new Random(seed)
    this.scheduler = new Scheduler(this.random.fork(), T0)
    this.disks = new Disks(this.scheduler)
    this.server = new SimServer(this.scheduler, this.random.fork(), (seq) => this.#poke(seq))
    this.checks = new Checks(this)
  }

  static async begin(setting: {
    readonly seed: number
    readonly devices: number
    readonly removals?: boolean
    readonly member?: boolean
    readonly rights?: boolean
  }): Promise<Simulation> {
    const sim = new Simulation(setting.seed, setting.removals ?? false, setting.rights ?? false)
    const names = Array.from({ length: setting.devices }, (_, i) => `d${i}`)
    if (setting.member) sim.server.members.add(`d${setting.devices - 1}`)
    await sim.server.begin(names)
    sim.scheduler.install()
    for (const name of names) sim.devices.push(sim.#device(name))
    return sim
  }

  #device(name: string): SimDevice {
    return new SimDevice(
      {
        scheduler: this.scheduler,
        disks: this.disks,
        random: this.random,
        link: {
          scheduler: this.scheduler,
          serve: (request) => this.#serve(request),
          random: this.random,
          trace: (line) => this.trace(line),
          at: (moment, request) => this.#at(moment, request),
          heard: (request, said) => this.checks.polite.heard(request, said),
        },
        trace: (line) => this.trace(line),
        issued: (device, id, before, after) => {
          this.model.issued(`${device.name} ${id}`, before, after)
          this.checks.conflicts.touched(device, id, Object.keys(after))
          // What has come into it since its person pressed the button goes with it.
          const record =
            'purged' in after && this.disks.read(device.name).records.find((one) => one.id === id)
          if (record) forget(this, device, record)
        },
        resolving: (device, { record, base }, { take }) => {
          this.checks.conflicts.resolving(device, record.id)
          // Choosing the side that was deleted for good is doing so.
          if (take === 'server' && isPurged(base)) forget(this, device, record)
        },
        resolved: (device, actor, said) => {
          this.trace(
            `${actor.name} ${said.result.is} ${said.shown.record.id.slice(-4)} ${JSON.stringify(said.resolution)}`,
          )
          this.checks.conflicts.resolved(device, said)
          if (said.result.is !== 'resolved') return
          const { record, base } = said.shown
          const { resolution } = said
          this.model.saved(
            actor.name,
            [record, base],
            resolution.take === 'merged' ? resolution.fields : null,
          )
          this.#spring('after-commit', device.name, actor)
        },
        saved: (device, actor, id, before, after) => {
          this.trace(`${actor.name} saved ${id.slice(-4)} ${JSON.stringify(after)}`)
          this.model.saved(actor.name, before, after)
          this.#spring('after-commit', device.name, actor)
        },
        asked: (device, request) => {
          this.checks.polite.asked(device, request)
          if (isPush(request)) this.checks.conflicts.asked(device, request.body)
        },
        drafted: (device, actor, change) => {
          this.trace(`${actor.name} is refused ${change.id.slice(-4)} ${JSON.stringify(change.typed)}`)
          this.checks.rights.drafted(device, actor, change)
        },
        handedOver: (device, tab) => this.checks.rights.handedOver(device, tab),
        failed: (why) => this.report('unhandled', why),
      },
      name,
      this.rights,
    )
  }

  trace(line: string): void {
    this.lines.push(`${this.scheduler.now - T0} ${line}`)
  }

  report(checker: string, why: string): void {
    if (this.violation) return
    this.violation = new Violation(checker, why)
    this.trace(`VIOLATION ${checker} ${why}`)
    for (const { name } of this.devices) this.trace(`${name} holds ${JSON.stringify(this.disks.read(name))}`)
    this.trace(`the server holds ${JSON.stringify(this.server.read())}`)
  }

  digest(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex')
  }

  /** Takes the server down and up between two requests. */
  serverChore(work: () => Promise<void>): void {
    this.scheduler.post(this.scheduler.root, () => this.scheduler.exclusive(work))
  }

  #poke(_seq: number): void {
    if (!this.pokes) return
    for (const device of this.devices) {
      if (this.random.chance(0.2)) continue
      const wait = this.random.below(800)
      this.scheduler.after(wait, this.scheduler.root, () => device.poke())
    }
  }

  /** A request that arrives waits now and then for the next one, and both are answered side by side. */
  #serve(request: LinkRequest): Promise<Said> {
    return new Promise((resolve) => {
      this.#arrived.push({ request, resolve })
      const alone = this.#arrived.length === 1 && this.random.chance(0.3)
      if (alone) this.scheduler.after(COMPANY, this.scheduler.root, () => this.#answer())
      else this.#answer()
    })
  }

  #answer(): void {
    const together = this.#arrived.splice(0)
    if (together.length === 0) return
    const answered = this.scheduler.exclusive(() =>
      this.server.handle(together.map(({ request }) => request)),
    )
    void answered.then((said) => {
      together.forEach(({ resolve }, index) => {
        const one = said[index]
        if (one) resolve(one)
      })
    })
  }

  /** @returns whether the server died, and its answer with it */
  #at(moment: Moment, request: LinkRequest): boolean {
    const push = isPush(request)
    if (moment === 'before-send' && push) this.#spring('after-freeze', request.device, request.actor)
    if (moment === 'sent') this.#spring('after-send', request.device, request.actor)
    if (moment === 'answered') this.#spring(push ? 'after-answer' : 'mid-pull', request.device, request.actor)
    if (moment !== 'handled' || !push) return false
    return this.#spring('after-server-commit', request.device, request.actor) === 'server'
  }

  #spring(point: CrashPoint, device: string, actor: Actor): Trap['who'] | null {
    const trap = this.traps.find((one) => one.point === point && one.device === device)
    if (!trap) return null
    this.traps = this.traps.filter((one) => one !== trap)
    this.trace(`${actor.name} ${point}: ${trap.who} dies`)
    this.#die(trap, actor)
    return trap.who
  }

  #die(trap: Trap, actor: Actor): void {
    const device = this.devices.find(({ name }) => name === trap.device)
    if (!device) return
    const die = (): void => {
      const tab = device.tabs.find((one) => one.actor === actor)
      if (trap.who === 'browser') device.killBrowser()
      else if (tab) device.closeTab(tab, true)
      else device.killWorker(actor)
    }
    if (trap.who === 'server')
      this.serverChore(() => {
        this.trace('server dies')
        return this.server.restart(true)
      })
    else this.#countdown(trap.point === 'after-answer' || trap.point === 'mid-pull' ? trap.after : 0, die)
  }

  /** So many tasks of the actor's device later; 0: now. */
  #countdown(tasks: number, then: () => void): void {
    if (tasks === 0) then()
    else this.scheduler.post(this.scheduler.root, () => this.#countdown(tasks - 1, then))
  }

  async end(): Promise<void> {
    for (const device of this.devices) device.killBrowser()
    this.scheduler.uninstall()
    await this.server.end()
  }
}
