import { ancestorsOf } from '../../src/core/outbox.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts'
import {
  isDeleted,
  isPurged,
  type Json,
  list,
  mergeKind,
  type RecordState,
  sameJson,
  sameValue,
} from '../../src/core/records.ts'
import type { SimDevice } from './device.ts'
import type { DiskContents } from './disk.ts'
import type { ServerContents } from './server.ts'
import type { Simulation } from './simulation.ts'
import type { Answered } from './tab.ts'

/** An open conflict as it was when it was last looked at. */
interface Seen {
  /** By field in conflict this device's value. */
  readonly mine: ReadonlyMap<string, Json | undefined>
  readonly at: number
  readonly formerIds: number
  /** Of the other side. */
  readonly version: number
}

/** After so long a write that nobody has answered is not under way any more, ms. */
const LONGEST_WRITE = 10_000

/**
 * What must hold of open conflicts: each has two sides that differ and can be read, opens only where another device
 * changed the same field and the policy asks, is never sent, and is closed by a person or because nothing differs.
 */
export class ConflictChecks {
  readonly #sim: Simulation
  readonly #fail: (checker: string, why: string) => void
  readonly #open = new Map<string, Seen>()
  /** When a person last changed a field on a device: the store may have it yet to come. */
  readonly #touched = new Map<string, number>()
  readonly #resolving = new Set<string>()
  readonly #purged = new Set<string>()
  /** Which device sent a mutation. */
  readonly #sentBy = new Map<string, string>()
  /** What a device held of each record when it was last looked at. */
  readonly #versions = new Map<string, number>()
  /** What a device may be deciding by. */
  readonly #policies = new Map<string, Policy[]>()

  constructor(sim: Simulation, fail: (checker: string, why: string) => void) {
    this.#sim = sim
    this.#fail = fail
  }

  among({ name }: SimDevice): string[] {
    const { entries } = this.#sim.disks.read(name)
    return entries.filter(({ state }) => state.is === 'conflict').map(({ id }) => id)
  }

  touched({ name }: SimDevice, id: string, fields: readonly string[]): void {
    for (const field of fields) this.#touched.set(`${name} ${id} ${field}`, this.#sim.scheduler.now)
  }

  purged(id: string): void {
    this.#purged.add(id)
  }

  resolving({ name }: SimDevice, id: string): void {
    this.#resolving.add(`${name} ${id}`)
  }

  policyChosen({ name }: SimDevice, policy: Policy): void {
    this.#policies.set(name, [...(this.#policies.get(name) ?? [DEFAULT_POLICY]), policy])
  }

  /** A push leaves a worker. */
  asked(device: SimDevice, body: string): void {
    const { disks, server } = this.#sim
    const { mutations } = JSON.parse(body) as { mutations: readonly { id: string; record: string }[] }
    const disk = disks.read(device.name)
    const open = new Set(this.among(device))
    for (const { id, record } of mutations) {
      this.#sentBy.set(id, device.name)
      if (open.has(record))
        this.#fail('conflict-sent', `${device.name} sends ${record}, which is in conflict`)
    }
    if (!disks.writing(device.name)) this.look(device, disk, server.read())
  }

  /** At a moment when nothing is being written on the device. */
  look(device: SimDevice, disk: DiskContents, there: ServerContents): void {
    const records = new Map(disk.records.map((record) => [record.id, record]))
    const bases = new Map(disk.bases.map((base) => [base.id, base]))
    const open = new Map<string, Seen>()
    for (const entry of disk.entries) {
      if (entry.state.is !== 'conflict') continue
      const fields = Object.keys(ancestorsOf(entry))
      const [record, base] = [records.get(entry.id), bases.get(entry.id)]
      const told = `${device.name}: the conflict of ${entry.id}`
      if (!record || !base || fields.length === 0) this.#fail('conflict-sides', `${told} lacks a side`)
      else if (entry.flight || entry.parked) this.#fail('conflict-sides', `${told} has a mutation on its way`)
      else open.set(entry.id, this.#sides(device, record, base, fields, there))
    }
    for (const [key, seen] of [...this.#open]) {
      const [name, id = ''] = key.split(' ')
      if (name !== device.name) continue
      this.#open.delete(key)
      this.#stays(device, id, seen, open.get(id), records.get(id), bases.get(id), there)
    }
    for (const [id, seen] of open) this.#open.set(`${device.name} ${id}`, seen)
    for (const { id, version } of disk.records) this.#versions.set(`${device.name} ${id}`, version)
    this.#settled(device, disk)
  }

  #sides(
    device: SimDevice,
    record: RecordState,
    base: RecordState,
    fields: readonly string[],
    there: ServerContents,
  ): Seen {
    const seen = this.#open.get(`${device.name} ${record.id}`)
    const remote = there.revisions.find(
      ({ record: id, version, applied }) => id === record.id && version === base.version && applied,
    )
    const told = `${device.name}: the conflict of ${record.id}`
    for (const field of fields) {
      const kind = mergeKind(record.kind, field)
      if (sameValue(kind, record.fields[field], base.fields[field]))
        this.#fail('conflict-sides', `${told} in ${field}, in which nothing differs`)
      if (remote && !this.#excused(record.id) && !sameValue(kind, remote.fields[field], base.fields[field]))
        this.#fail('conflict-sides', `${told} in ${field} has another side than the server`)
      if (!seen?.mine.has(field)) this.#mayOpen(device, record, field, there)
    }
    const mine = new Map(fields.map((field) => [field, record.fields[field]]))
    const formerIds = list(record.fields.formerIds).length
    return { mine, at: this.#sim.scheduler.now, formerIds, version: base.version }
  }

  /** What a restore or a deletion for good does to versions and contents is told by other checkers. */
  #excused(id: string): boolean {
    return this.#sim.checks.restored || this.#purged.has(id)
  }

  #mayOpen({ name }: SimDevice, record: RecordState, field: string, there: ServerContents): void {
    const told = `${name}: a conflict of ${record.id} in ${field}`
    this.#sim.trace(`${name} has a conflict of ${record.id.slice(-4)} in ${field}`)
    const policies = this.#policies.get(name) ?? [DEFAULT_POLICY]
    if (!policies.some((policy) => this.#asks(policy, record, field)))
      this.#fail('conflict-opens', `${told}, which ${JSON.stringify(policies)} decides`)
    if (this.#excused(record.id)) return
    const held = this.#versions.get(`${name} ${record.id}`) ?? 0
    const applied = there.revisions.filter(({ record: id, applied }) => applied && id === record.id)
    const others = applied.filter(({ version, mutation, fields }) => {
      if (version <= held || this.#sentBy.get(mutation ?? '') === name) return false
      const before = applied.find((one) => one.version === version - 1)
      return field === 'deleted' || !sameJson(before?.fields[field], fields[field])
    })
    if (others.length === 0) this.#fail('conflict-opens', `${told}, which nobody else changed since v${held}`)
  }

  /** The design's table: when a person is asked. */
  #asks(policy: Policy, record: RecordState, field: string): boolean {
    if (field === 'deleted') return policy[isDeleted(record) ? 'deletedHere' : 'deletedThere'] === 'ask'
    const kind = mergeKind(record.kind, field)
    if (kind === 'set') return false
    const text = kind === 'text'
    const ours = policy.ours === 'ask' || (policy.ours === 'latest' && text)
    const theirs = policy.theirs === 'ask' || (policy.theirs === 'server' && text)
    return ours || (theirs && this.#sim.server.members.size > 0)
  }

  /** Each field that was in conflict still is, with what this device had, or was settled by somebody. */
  #stays(
    { name }: SimDevice,
    id: string,
    seen: Seen,
    now: Seen | undefined,
    record: RecordState | undefined,
    base: RecordState | undefined,
    there: ServerContents,
  ): void {
    const key = `${name} ${id}`
    if (this.#resolving.has(key) || this.#purged.has(id)) {
      if (!now) this.#resolving.delete(key)
      return
    }
    if (!record) {
      this.#fail('conflict-stays', `${name}: ${id} is gone, which was in conflict`)
      return
    }
    const ids = [id, ...list(record.fields.formerIds)]
    for (const [field, mine] of seen.mine) {
      const kind = mergeKind(record.kind, field)
      const value = record.fields[field]
      const edited =
        list(record.fields.formerIds).length !== seen.formerIds ||
        ids.some((one) => this.#touched.has(`${name} ${one} ${field}`))
      const told = `${name}: the conflict of ${id} in ${field}`
      // The other side became the same meanwhile, and then another.
      const met = there.revisions.some(
        (one) =>
          one.record === id &&
          one.applied &&
          one.version > seen.version &&
          sameValue(kind, one.fields[field], mine),
      )
      if (met && !now?.mine.has(field)) continue
      // Between two looks a person may have made both sides the same, and gone on.
      const since = ids.some((one) => (this.#touched.get(`${name} ${one} ${field}`) ?? -Infinity) >= seen.at)
      if (!since && !now?.mine.has(field) && base && !sameValue(kind, value, base.fields[field]))
        this.#fail('conflict-stays', `${told} was closed, and both sides differ`)
      if (!edited && !sameValue(kind, mine, value))
        this.#fail('conflict-stays', `${told}: ${JSON.stringify(mine)} became ${JSON.stringify(value)}`)
    }
  }

  /** What is written by now explains nothing that comes. */
  #settled(device: SimDevice, { meta }: DiskContents): void {
    const { now } = this.#sim.scheduler
    if (device.tabs.every(({ unanswered }) => unanswered === 0))
      for (const [key, at] of this.#touched)
        if (key.startsWith(`${device.name} `) && now > at + LONGEST_WRITE) this.#touched.delete(key)
    const stored = meta.find((row) => row.key === 'policy')
    const last = this.#policies.get(device.name)?.at(-1)
    if (last && stored?.key === 'policy' && sameJson({ ...stored.policy }, { ...last }))
      this.#policies.set(device.name, [last])
  }

  /** A page has its answer: nothing unseen was written over, and every value that lost is kept. */
  resolved(device: SimDevice, { shown, resolution, result }: Answered): void {
    const { id } = shown.record
    const key = `${device.name} ${id}`
    this.#resolving.delete(key)
    if (result.is !== 'resolved') return
    this.#open.delete(key)
    const { record } = result
    const { history, bases } = this.#sim.disks.read(device.name)
    const told = `${device.name}: ${id} was settled by “${resolution.take}”`
    const base = bases.find((one) => one.id === id && one.version === shown.base.version)
    // What a restored server lacks is shown as it was there, and goes on above the version that the device has.
    const seen = shown.base.version || shown.record.version
    if (record.version !== seen || (base && !sameJson(base.fields, shown.base.fields)))
      this.#fail('unseen', `${told} over v${record.version}, and v${shown.base.version} was shown`)
    if (isPurged(shown.base)) return
    const ancestors = ancestorsOf(shown.entry)
    const whole = resolution.take === 'server' && 'deleted' in ancestors
    const chosen = new Set([
      ...(resolution.take === 'merged' ? ['deleted', ...Object.keys(resolution.fields)] : []),
      ...(resolution.take === 'server' ? Object.keys(whole ? shown.record.fields : ancestors) : []),
    ])
    const kept = (field: string, value: Json | undefined): boolean =>
      value === undefined ||
      sameValue(mergeKind(record.kind, field), value, record.fields[field]) ||
      history.some((row) => row.recordId === id && row.field === field && sameJson(row.value, value))
    for (const [field, mine] of Object.entries(shown.record.fields)) {
      const kind = mergeKind(record.kind, field)
      if (!chosen.has(field) && !sameValue(kind, mine, record.fields[field]))
        this.#fail('unseen', `${told}, and so was ${field}: ${JSON.stringify(record.fields[field])}`)
      if (kind === 'life') continue
      if (!kept(field, mine)) this.#fail('kept', `${told}, and ${field} ${JSON.stringify(mine)} is gone`)
      const theirs = shown.base.fields[field]
      if (field in ancestors && !kept(field, theirs))
        this.#fail('kept', `${told}, and the other ${field} ${JSON.stringify(theirs)} is gone`)
    }
  }
}
