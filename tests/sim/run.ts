import { uuidV7 } from '../../src/core/ids.ts'
import type { SimDevice } from './device.ts'
import { cure } from './edits.ts'
import { leaveOlder } from './older.ts'
import { perform, retryAll, signIn } from './perform.ts'
import { Random } from './random.ts'
import { settleConflicts } from './resolving.ts'
import { Livelock } from './scheduler.ts'
import { Simulation, type Violation } from './simulation.ts'
import type { Schedule } from './steps.ts'
import { takeDrafts, thaw } from './tabs.ts'

export interface Ran {
  readonly violation: Violation | null
  /** What happened, line by line; the same for the same schedule, byte for byte. */
  readonly lines: readonly string[]
  readonly digest: string
  readonly requests: number
  readonly tasks: number
}

/** Requests that a device may need to come to rest, in all rounds together. */
const MOST_REQUESTS = 120
/** And for each entry that nothing takes: where there are several alone, it looks as if the server took none. */
const MORE_FOR_A_BANE = 60
const ROUNDS = 12

/** Runs a schedule to its end: the steps, then calm, then calm without what no server could take. */
export async function run(schedule: Schedule): Promise<Ran> {
  const sim = await Simulation.begin(schedule)
  await within(sim, async () => {
    await steps(sim, schedule)
    if (!sim.violation) await calm(sim)
  })
  const requests = sim.devices.reduce((sum, { link }) => sum + link.requests, 0)
  return {
    violation: sim.violation,
    lines: sim.lines,
    digest: sim.digest(),
    requests,
    tasks: sim.scheduler.ran,
  }
}

/** Does something in a world and ends it; what nobody handles in it is a violation. */
export async function within(sim: Simulation, work: () => Promise<void>): Promise<void> {
  const unhandled = (error: unknown): void => {
    // The code of a page that has died waits for a database that nobody opens for it any more.
    if (error instanceof DOMException && error.name === 'OpeningTimeout') return
    if (!sim.scheduler.current.dead)
      sim.report('unhandled', error instanceof Error ? (error.stack ?? '') : String(error))
  }
  process.on('unhandledRejection', unhandled)
  try {
    await work()
  } catch (error) {
    if (error instanceof Livelock) sim.report('terminates', error.message)
    else throw error
  } finally {
    process.off('unhandledRejection', unhandled)
    await sim.end()
  }
}

async function steps(sim: Simulation, schedule: Schedule): Promise<void> {
  const random = new Random(schedule.seed)
  for (const device of sim.devices) {
    const older = random.chance(0.3)
    if (older) await comeFromOlder(sim, device)
    const { actor } = device.openTab()
    actor.diesAtUpgrade = older && random.chance(0.5)
    if (actor.diesAtUpgrade) device.openTab()
  }
  await sim.scheduler.quiet()
  for (const device of sim.devices) signIn(sim, device, random)
  await sim.scheduler.advance(1000)
  for (const step of schedule.steps) {
    await perform(sim, step)
    if (step.seed % 4 === 0) await sim.scheduler.some(step.seed % 31)
    sim.checks.now()
    if (sim.violation) return
  }
}

/** What an older version left unsent is promised as well. */
async function comeFromOlder(sim: Simulation, { name }: SimDevice): Promise<void> {
  const content = sim.model.token()
  const newId = (): string => uuidV7(sim.scheduler.now, sim.random.bytes(16))
  const note = { id: newId(), content, library: newId(), now: sim.scheduler.now }
  await sim.scheduler.until(leaveOlder(sim.disks.factory, name, note))
  sim.model.saved(`${name} of an older version`, null, content)
}

/** The network holds and nobody types: everything must come to rest, within a bound, and be the same everywhere. */
export async function calm(sim: Simulation): Promise<void> {
  sim.trace('- calm')
  sim.traps = []
  sim.server.choking = false
  for (const device of sim.devices) {
    device.lag = 0
    device.skew = 0
    sim.checks.polite.clockSet(device)
    device.link.faults = []
    device.setOnline(true)
    device.insists = true
    if (device.tabs.length === 0) device.openTab()
    for (const tab of device.tabs) thaw(sim, device, tab, new Random(1))
  }
  await sim.scheduler.advance(sim.rights ? 5000 : 0)
  sim.checks.now()
  for (const device of sim.devices) takeDrafts(sim, device)
  await sim.scheduler.quiet()
  for (const device of sim.devices) signIn(sim, device, new Random(1))
  await sim.scheduler.advance(1000)
  for (const device of sim.devices) retryAll(sim, device, new Random(1))
  // What a person had begun to take in, and left as another tab had control, is still offered.
  await sim.scheduler.advance(sim.rights ? 10_000 : 0)
  for (const device of sim.devices) takeDrafts(sim, device)
  await rest(sim)
  for (const device of sim.devices) cure(sim, device)
  await sim.scheduler.quiet()
  await settleAll(sim)
  await rest(sim)
}

/** Everybody in turn: what is settled on one device may be the other side of a conflict on the next. */
async function settleAll(sim: Simulation): Promise<void> {
  const random = new Random(2)
  for (let turn = 0; turn < sim.devices.length * 3; turn++) {
    const device = sim.devices[turn % sim.devices.length]
    if (!device || sim.disks.read(device.name).entries.length === 0) continue
    if (sim.checks.conflicts.among(device).length > 0) settleConflicts(sim, device, random)
    await sim.scheduler.advance(60_000)
    sim.checks.now()
    if (sim.violation) return
  }
}

async function rest(sim: Simulation): Promise<void> {
  const before = sim.devices.map(({ link }) => link.requests)
  const began = sim.scheduler.now
  for (let round = 0; round < ROUNDS; round++) {
    const rested = round > 0 && sim.checks.atRest() && sim.checks.noPauses()
    // Where nobody has anything to do or a pause, long enough for everybody to have asked again; else longer than any pause.
    await sim.scheduler.advance(rested || round === 0 ? 60_000 : 330_000)
    sim.checks.now()
    if (sim.violation) return
    if (rested && sim.checks.atRest()) break
  }
  const seconds = (sim.scheduler.now - began) / 1000
  sim.devices.forEach(({ name, link, tabs }, index) => {
    // Each page asks every 45 s whether there is anything.
    const asked = Math.round(link.requests - (before[index] ?? 0) - (tabs.length * seconds) / 45)
    const most = MOST_REQUESTS + MORE_FOR_A_BANE * sim.checks.banes(name)
    if (asked > most) sim.report('terminates', `${name} needed ${asked} requests to come to rest`)
  })
  sim.checks.calm()
}
