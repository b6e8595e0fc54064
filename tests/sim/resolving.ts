import type { Resolution } from '../../src/core/conflict.ts'
import { ancestorsOf } from '../../src/core/outbox.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts'
import { type Json, list, mergeKind } from '../../src/core/records.ts'
import type { StoredConflict } from '../../src/store/conflicts.ts'
import { writePolicy } from '../../src/store/policy.ts'
import type { SimDevice } from './device.ts'
import { type Model, tokensIn } from './model.ts'
import type { Random } from './random.ts'
import type { Simulation } from './simulation.ts'
import type { SimTab } from './tab.ts'

export type InTab = (tab: SimTab, db: NonNullable<SimTab['database']>) => Promise<unknown>

/** As a person's click does: the store first, then the worker is told, where there is something to tell. */
export function inTab(
  sim: Simulation,
  device: SimDevice,
  random: Random,
  work: InTab,
  reason?: 'retry' | 'signed-in',
): void {
  const tab = random.pick(device.tabs.filter(({ ready }) => ready))
  const db = tab?.database
  if (!tab || !db) return
  sim.scheduler.post(tab.actor, () => {
    device.attend(tab)
    // Not awaited by the task: the store goes on in tasks of its own.
    void work(tab, db).then(
      () => reason && device.wake(reason),
      (error: unknown) => {
        if (!tab.actor.dead) sim.report('unhandled', String(error))
      },
    )
  })
}

const CHOICES: { readonly [Row in keyof Policy]: readonly Policy[Row][] } = {
  ours: ['latest', 'latest-text', 'server', 'device', 'ask'],
  theirs: ['server', 'device', 'latest', 'ask'],
  deletedThere: ['edit', 'ask'],
  deletedHere: ['edit', 'ask'],
}

/** A person says in settings what is to be done with conflicts. */
export function choosePolicy(sim: Simulation, device: SimDevice, random: Random): void {
  const row = <Row extends keyof Policy>(name: Row): Policy[Row] =>
    random.pick(CHOICES[name]) ?? DEFAULT_POLICY[name]
  const policy: Policy = {
    ours: row('ours'),
    theirs: row('theirs'),
    deletedThere: row('deletedThere'),
    deletedHere: row('deletedHere'),
  }
  sim.trace(`${device.name} ${JSON.stringify(policy)}`)
  inTab(sim, device, random, (tab, db) => {
    sim.checks.conflicts.policyChosen(device, policy)
    return writePolicy(db, tab.library, policy)
  })
}

/** A page opens its list of conflicts; a person may come back to it long after. */
export function look(sim: Simulation, device: SimDevice, random: Random): void {
  inTab(sim, device, random, (tab) => tab.look())
}

/** A person settles one, by what the page was showing already or by what it reads now. */
export function resolveOne(sim: Simulation, device: SimDevice, random: Random): void {
  inTab(sim, device, random, async (tab) => {
    if (tab.conflicts.size === 0 || random.chance(0.5)) await tab.look()
    const shown = random.pick([...tab.conflicts.values()])
    if (shown) await tab.resolve(shown, choose(sim.model, shown, random))
  })
}

/** In the end somebody settles all that this device has open. */
export function settleConflicts(sim: Simulation, device: SimDevice, random: Random): void {
  inTab(sim, device, random, async (tab) => {
    await tab.look()
    for (const shown of tab.conflicts.values()) await tab.resolve(shown, choose(sim.model, shown, random))
  })
}

function choose(model: Model, shown: StoredConflict, random: Random): Resolution {
  const take = random.pick(['local', 'server', 'merged', 'merged'] as const) ?? 'local'
  if (take !== 'merged') return { take }
  const fields: Record<string, Json> = {}
  for (const field of Object.keys(ancestorsOf(shown.entry))) {
    const value = mergedValue(model, shown, field, random)
    if (value !== undefined) fields[field] = value
  }
  // The editor has the tags as well.
  const { tags } = shown.record.fields
  if (tags !== undefined && random.chance(0.2)) fields.tags = [...list(tags), model.token()]
  return { take, fields }
}

/** Both sides' words or some of them, now and then with one more; of a single value one side's. */
function mergedValue(
  model: Model,
  { record, base }: StoredConflict,
  field: string,
  random: Random,
): Json | undefined {
  const kind = mergeKind(record.kind, field)
  const [mine, theirs] = [record.fields[field], base.fields[field]]
  if (kind === 'life') return undefined
  if (kind !== 'text' && kind !== 'line') return random.chance(0.5) ? mine : (theirs ?? mine)
  const dropping = random.chance(0.4)
  const words = [...new Set([...tokensIn(theirs), ...tokensIn(mine)])]
  const kept = words.filter(() => !dropping || random.chance(0.6))
  return [...kept, ...(random.chance(0.3) ? [model.token()] : [])].join(' ')
}
