import { ENGINE_LOCK } from '../../src/core/messages.ts'
import type { Entry } from '../../src/core/outbox.ts'
import { isPurged, type RecordState } from '../../src/core/records.ts'
import { figures, recordState } from '../../src/core/status.ts'
import { ConflictChecks } from './conflict-checks.ts'
import { canonical, connectionOf, textsOf } from './contents.ts'
import { DelayChecks } from './delay-checks.ts'
import type { SimDevice } from './device.ts'
import type { DiskContents } from './disk.ts'
import { tokensIn } from './model.ts'
import { Politeness } from './politeness.ts'
import { RightsChecks } from './rights-checks.ts'
import type { ServerContents } from './server.ts'
import { isBane } from './server.ts'
import type { Simulation } from './simulation.ts'

/** In this device's Trash alone: a create that was deleted before it was sent, or a change that was given up. */
const isGivenUp = (record: RecordState | undefined): boolean =>
  record?.version === 0 && record.fields.deleted === true

/** What must hold at every moment at which nothing is being written, and what must hold in the end. */
export class Checks {
  readonly #sim: Simulation
  readonly polite: Politeness
  readonly conflicts: ConflictChecks
  readonly rights: RightsChecks
  readonly #delays: DelayChecks
  readonly #cursors = new Map<string, { readonly library: string; readonly cursor: number }>()
  readonly #versions = new Map<string, number>()
  #discarding: { readonly device: SimDevice; readonly mutation: string }[] = []
  readonly #buried: string[] = []
  /** Since a restore nothing can be said of versions until all have read afresh. */
  restored = false
  /** Mutations that were on their way then: the lost line may have had them, others bring them back, and no outcome tells. */
  readonly #forgotten = new Set<string>()

  constructor(sim: Simulation) {
    this.#sim = sim
    this.polite = new Politeness(sim, (checker, why) => this.#fail(checker, why))
    this.conflicts = new ConflictChecks(sim, (checker, why) => this.#fail(checker, why))
    this.rights = new RightsChecks(sim, (checker, why) => this.#fail(checker, why))
    this.#delays = new DelayChecks(sim, (checker, why) => this.#fail(checker, why))
  }

  /** At a moment when nothing is being written. */
  now(): void {
    const { devices, disks, server } = this.#sim
    const quiet = devices.filter(({ name }) => !disks.writing(name))
    const there = server.read()
    const here = new Map(devices.map((device) => [device.name, disks.read(device.name)]))
    if (quiet.length === devices.length) this.#nothingLost([...here.values()], there, 'now')
    this.#once(there)
    if (!this.restored) this.#staysDiscarded(there)
    for (const device of quiet) {
      const disk = here.get(device.name)
      if (!disk) continue
      this.#cursorMoves(device, disk)
      this.#figures(device, disk)
      this.rights.look(device, disk)
      this.conflicts.look(device, disk, there)
      this.#delays.look(device, disk, (entry) => this.#waits(device.name, entry))
      this.#nothingTwice(device.name, disk.records)
      if (!this.restored) {
        this.#versionsGrow(device, disk)
        this.#honest(device, disk, there)
        this.#nothingSkipped(device, disk, there)
      }
    }
    this.#nothingTwice('server', there.records)
  }

  /** No value that was shown as saved has disappeared. */
  #nothingLost(disks: readonly DiskContents[], there: ServerContents, when: 'now' | 'end'): void {
    const texts = [...disks.flatMap((disk) => textsOf(disk, when)), there.records, there.revisions]
    const lost = this.#sim.model.missing(texts)
    if (lost.length > 0) this.#fail('nothing-lost', lost.join(', '))
  }

  /** The disk with all that was said after the copy is gone: what no device has, nobody can have any more. */
  serverRestored(): void {
    const { devices, disks, server, model } = this.#sim
    this.restored = true
    for (const { name } of devices)
      for (const { id, flight } of disks.read(name).entries) if (flight) this.#forgotten.add(id)
    const there = server.read()
    const texts = [
      ...devices.flatMap(({ name }) => textsOf(disks.read(name), 'now')),
      there.records,
      there.revisions,
    ]
    for (const lost of model.missing(texts)) model.expected.delete(lost.split(' ')[0] ?? '')
  }

  /** Each mutation takes effect at most once. */
  #once({ revisions }: ServerContents): void {
    const seen = new Set<string>()
    for (const { mutation, applied, record, version } of revisions) {
      // Refused after it was applied is a device's conflict with itself.
      for (const key of [mutation ?? '', applied ? `${record} v${version}` : '']) {
        if (seen.has(key)) this.#fail('once', `${key} took effect twice`)
        if (key !== '') seen.add(key)
      }
    }
  }

  /** A person gives a change up, while its mutation may still be on the way. */
  discards(device: SimDevice, mutation: string): void {
    this.#discarding.push({ device, mutation })
  }

  /** What was given up and settled without having been applied is never applied afterwards. */
  #staysDiscarded({ revisions }: ServerContents): void {
    const applied = new Set(revisions.flatMap((one) => (one.applied && one.mutation ? [one.mutation] : [])))
    this.#discarding = this.#discarding.filter(({ device, mutation }) => {
      const { entries } = this.#sim.disks.read(device.name)
      if (entries.some(({ flight }) => flight?.mutation.id === mutation)) return true
      if (!applied.has(mutation)) this.#buried.push(mutation)
      return false
    })
    const risen = this.#buried.find((mutation) => applied.has(mutation))
    if (risen !== undefined) this.#fail('discarded', `${risen} was given up, and took effect afterwards`)
  }

  /** Never back, but for a fresh read. */
  #cursorMoves({ name }: SimDevice, { library }: DiskContents): void {
    if (!library) return
    const before = this.#cursors.get(name)
    if (before?.library === library.id && library.cursor < before.cursor && !this.restored)
      this.#fail('cursor', `${name} goes back from ${before.cursor} to ${library.cursor}`)
    this.#cursors.set(name, { library: library.id, cursor: library.cursor })
  }

  /** A record never goes back to an older version of itself. */
  #versionsGrow({ name }: SimDevice, { records }: DiskContents): void {
    for (const record of records) {
      if (isGivenUp(record)) continue
      const { id, version } = record
      const key = `${name} ${id}`
      const before = this.#versions.get(key) ?? 0
      if (version < before) this.#fail('backwards', `${key} goes back from v${before} to v${version}`)
      this.#versions.set(key, version)
    }
  }

  /** Never past a change that is not on the device, as a record or parked. */
  #nothingSkipped({ name }: SimDevice, disk: DiskContents, there: ServerContents): void {
    const { library } = disk
    if (!library?.account || library.reread) return
    const records = new Map(disk.records.map((record) => [record.id, record]))
    const parked = new Map(disk.entries.map((entry) => [entry.id, entry.parked]))
    const vanishing = new Map(disk.vanishing.map((row) => [row.id, row.tombstone]))
    for (const remote of there.records) {
      const { id, seq, version } = remote
      if (seq > library.cursor || (isPurged(remote) && isGivenUp(records.get(id)))) continue
      const held = [records.get(id), parked.get(id), vanishing.get(id)].map((row) => row?.version ?? 0)
      if (Math.max(...held) < version)
        this.#fail('cursor', `${name} is past ${seq}, but has not ${id} v${version}`)
    }
  }

  /** What shows as synced is on the server, as it is shown. */
  #honest({ name }: SimDevice, disk: DiskContents, there: ServerContents): void {
    const dirty = new Set(disk.entries.map(({ id }) => id))
    const known = new Map(there.records.map((record) => [record.id, record]))
    for (const record of disk.records) {
      if (dirty.has(record.id) || record.version === 0) continue
      const remote = known.get(record.id)
      if (!remote || remote.version < record.version)
        this.#fail('honest', `${name} shows ${record.id} v${record.version} as synced`)
      else if (remote.version === record.version && canonical(remote) !== canonical(record))
        this.#fail('honest', `${name} shows ${canonical(record)}; the server has ${canonical(remote)}`)
    }
  }

  /** What the page shows is true: figures and states as it computes them, counted again. Every dirty record has one entry, and every entry a record; a base only where there is an entry. */
  #figures(device: SimDevice, disk: DiskContents): void {
    const { name } = device
    const world = {
      hasAccount: disk.library?.account != null,
      connection: connectionOf(disk),
      running: device.locks.isHeld(ENGINE_LOCK),
      online: device.link.online,
    }
    const { queue, pending, processing, failed, conflicts } = figures(disk.entries, world)
    const open = disk.entries.filter(({ state }) => state.is === 'conflict').length
    const waiting = disk.entries.filter(({ state }) => state.is === 'refused' || state.is === 'choked').length
    const told = `${name} shows ${JSON.stringify({ queue, pending, processing, failed, conflicts })}`
    if (queue !== disk.entries.length || pending + processing + failed + conflicts !== queue)
      this.#fail('figures', `${told} of ${disk.entries.length} entries`)
    if (failed < waiting || conflicts !== open || (processing > 0 && !world.running))
      this.#fail('figures', told)
    for (const record of disk.records) {
      const entry = disk.entries.find(({ id }) => id === record.id) ?? null
      const synced = recordState(record, entry, world) === 'synced'
      if (synced && (entry || record.version === 0))
        this.#fail('figures', `${name} shows ${record.id} as synced`)
    }
    const records = new Map(disk.records.map((record) => [record.id, record]))
    const entries = new Set(disk.entries.map(({ id }) => id))
    for (const id of entries)
      if (!records.has(id)) this.#fail('figures', `${name} counts ${id}, which is not there`)
    for (const { id } of disk.bases)
      if (!entries.has(id)) this.#fail('figures', `${name} has a base of ${id}, but no entry`)
    for (const { id, version, fields } of disk.records)
      if (version === 0 && fields.deleted !== true && !entries.has(id))
        this.#fail('figures', `${name} has ${id}, which nobody sends`)
  }

  #nothingTwice(where: string, records: readonly RecordState[]): void {
    if (this.#sim.removals) return
    for (const { id, fields } of records) {
      if (this.#forgotten.has(id)) continue
      for (const value of Object.values(fields)) {
        if (typeof value !== 'string') continue
        const tokens = tokensIn(value)
        if (new Set(tokens).size < tokens.length) this.#fail('doubled', `${where}: ${id} holds ${value}`)
      }
    }
  }

  /** Whether anything is left to do; what is poisoned or waits for a person to choose is not. */
  atRest(): boolean {
    return this.#sim.devices.every(({ name }) =>
      this.#sim.disks.read(name).entries.every((entry) => this.#waits(name, entry)),
    )
  }

  /** Whether no device waits for its connection's next send. */
  noPauses(): boolean {
    return this.#sim.devices.every(({ name }) => connectionOf(this.#sim.disks.read(name)).is === 'fine')
  }

  /** All is calm: what waits are poisoned entries and open conflicts alone, and everything else is the same everywhere. */
  calm(): void {
    const there = this.#sim.server.read()
    const poisoned = new Set<string>()
    for (const { name } of this.#sim.devices)
      for (const { id } of this.#sim.disks.read(name).entries.filter((entry) => this.#waits(name, entry)))
        poisoned.add(id)
    const wanted = there.records
      .filter(({ id }) => !poisoned.has(id))
      .map(canonical)
      .sort()
    for (const device of this.#sim.devices) {
      const { name } = device
      const disk = this.#sim.disks.read(name)
      this.rights.shown(device, disk)
      const waiting = disk.entries.filter(({ id }) => !poisoned.has(id))
      if (waiting.length > 0) this.#fail('converges', `${name} still has ${JSON.stringify(waiting)}`)
      const connection = connectionOf(disk)
      if (connection.is !== 'fine' && poisoned.size === 0)
        this.#fail('converges', `${name} is ${JSON.stringify(connection)}`)
      const known = disk.records.filter((record) => !isGivenUp(record))
      const held = known
        .filter(({ id }) => !poisoned.has(id))
        .map(canonical)
        .sort()
      const givenUp = new Set(disk.records.filter(isGivenUp).map(({ id }) => id))
      const left = new Set(there.records.filter((one) => isPurged(one) && givenUp.has(one.id)).map(canonical))
      const differ = [
        ...held.filter((one) => !wanted.includes(one)),
        ...wanted.filter((one) => !held.includes(one) && !left.has(one)),
      ]
      if (differ.length > 0)
        this.#fail('converges', `${name} differs from the server in ${differ.join(' | ')}`)
    }
    this.#nothingLost(
      this.#sim.devices.map(({ name }) => this.#sim.disks.read(name)),
      there,
      'end',
    )
  }

  #waits(device: string, { id, state }: Entry): boolean {
    const { entries } = this.#sim.disks.read(device)
    // A card whose URL is held by one that a person has yet to choose about.
    const held = state.is === 'choked' && state.message === 'url-held'
    const asking = held && entries.some((other) => other.state.is === 'conflict')
    return state.is === 'conflict' || asking || this.#isPoison(device, id)
  }

  /** Entries of a device that nothing takes as long as nobody cures them. */
  banes(device: string): number {
    return this.#sim.disks.read(device).entries.filter(({ id }) => this.#isPoison(device, id)).length
  }

  #isPoison(device: string, id: string): boolean {
    const { records } = this.#sim.disks.read(device)
    return isBane(JSON.stringify(records.find((record) => record.id === id) ?? null))
  }

  #fail(checker: string, why: string): void {
    this.#sim.report(checker, why)
  }
}
