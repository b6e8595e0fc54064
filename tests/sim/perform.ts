import { roundFailed } from '../../src/core/backoff.ts'
import { discardChange, retryFailed } from '../../src/store/failed.ts'
import { adoptLibrary } from '../../src/store/library.ts'
import type { SimDevice } from './device.ts'
import { edit } from './edits.ts'
import { FAULTS } from './link.ts'
import { Random } from './random.ts'
import { choosePolicy, type InTab, inTab, look, resolveOne } from './resolving.ts'
import { CRASH_POINTS, type Simulation } from './simulation.ts'
import type { Step } from './steps.ts'
import { freeze, inTabs, thaw } from './tabs.ts'

const DAY = 24 * 3600_000

/** Carries one step out. What it sets going may go on long after it. */
export async function perform(sim: Simulation, step: Step): Promise<void> {
  const device = sim.devices[step.device]
  if (!device) return
  const random = new Random(step.seed)
  sim.trace(`- ${step.do} ${device.name}`)
  if (edit(sim, device, step.do, random)) return
  await act(sim, device, step, random)
}

async function act(sim: Simulation, device: SimDevice, step: Step, random: Random): Promise<void> {
  const { scheduler, server } = sim
  switch (step.do) {
    case 'wake':
      return device.wake(
        random.pick(['poke', 'changed', 'sync-now', 'hidden', 'shown', 'timer', 'retry'] as const) ?? 'poke',
      )
    case 'retry':
      retryAll(sim, device, random)
      return
    case 'discard':
      return discard(sim, device, random)
    case 'policy':
      return choosePolicy(sim, device, random)
    case 'look':
      return look(sim, device, random)
    case 'resolve':
      return resolveOne(sim, device, random)
    case 'faults': {
      // Now and then the same again and again, until a whole round has failed.
      const one = random.chance(0.3) ? random.pick(FAULTS) : undefined
      device.link.faults = Array.from(
        { length: 1 + random.below(7) },
        () => one ?? random.pick(FAULTS) ?? 'lost',
      )
      return
    }
    case 'offline':
      return device.setOnline(false)
    case 'online':
      return device.setOnline(true)
    case 'moment':
      return scheduler.advance(random.below(4000))
    case 'minute':
      return scheduler.advance(5000 + random.below(100_000))
    case 'hour':
      // Seldom a whole one: nothing waits for longer than some minutes, and quiet polling took half of all work.
      return scheduler.advance(random.below(60) * random.below(60_000))
    case 'tasks':
      return scheduler.some(random.below(60))
    case 'kill-worker':
      return device.killWorkers()
    case 'kill-browser':
      device.killBrowser()
      if (random.chance(0.5)) device.openTab()
      return
    case 'close-tab':
    case 'crash-tab': {
      const tab = random.pick(device.tabs)
      if (tab) device.closeTab(tab, step.do === 'crash-tab')
      return
    }
    case 'open-tab':
      if (device.tabs.length < 3) device.openTab()
      return
    case 'second-worker':
      return secondWorker(device, random)
    case 'trap':
      sim.traps.push({
        point: random.pick(CRASH_POINTS) ?? 'after-send',
        device: device.name,
        who: random.pick(['worker', 'worker', 'worker', 'browser', 'server'] as const) ?? 'worker',
        after: random.below(12),
      })
      return
    case 'freeze':
      for (const tab of device.tabs) if (random.chance(0.7)) freeze(sim, tab, random)
      return
    case 'thaw':
      for (const tab of device.tabs) thaw(sim, device, tab, random)
      return
    case 'turn-to':
    case 'reload':
    case 'take':
    case 'draft':
    case 'taking':
      return inTabs(sim, device, step.do, random)
    case 'lag':
      device.lag = random.chance(0.4) ? 0 : random.below(5000)
      return
    case 'clock':
      sim.checks.polite.clockSet(device)
      device.skew = random.chance(0.4) ? 0 : (random.below(7) - 3) * DAY + random.below(DAY)
      return
    case 'server-stop':
      return sim.serverChore(() => server.restart(false))
    case 'server-kill':
      return sim.serverChore(() => server.restart(true))
    case 'choke':
      server.choking = true
      return
    case 'heal':
      server.choking = false
      return
    case 'session-end':
      return server.endSession(device.name)
    case 'sign-in':
      return signIn(sim, device, random)
    case 'backup':
      return sim.serverChore(() => server.backup())
    case 'restore':
      return restore(sim)
    default:
      throw new Error(`no way to do ${step.do}`)
  }
}

/** Two workers at once: the new one is the active one already, or waits for its turn. */
function secondWorker(device: SimDevice, random: Random): void {
  const old = device.worker()
  const active = random.chance(0.5)
  if (active) old.active = random.chance(0.5)
  const next = device.startWorker(active)
  next.dispatch('activate')
  next.dispatch('message', { v: 1, type: 'wake', reason: 'poke' })
  old.dispatch('message', { v: 1, type: 'wake', reason: 'poke' })
}

/** `Retry all`: what was refused by something that has gone is tried once more. */
export function retryAll(sim: Simulation, device: SimDevice, random: Random): void {
  inTab(
    sim,
    device,
    random,
    (tab, db) => tab.permit((writing) => retryFailed(db, writing, null, device.now)),
    'retry',
  )
}

export function signIn(sim: Simulation, device: SimDevice, random: Random): void {
  sim.server.signIn(device.name)
  inTab(
    sim,
    device,
    random,
    async (tab, db) => {
      await adoptLibrary(db, tab.library, sim.server.accountOf(device.name))
      sim.checks.polite.signedIn(device)
    },
    'signed-in',
  )
}

/** As from `Failed changes`: what was refused or choked, and what a whole round could not send. */
function discard(sim: Simulation, device: SimDevice, random: Random): void {
  const { entries, meta } = sim.disks.read(device.name)
  const connection = meta.find((row) => row.key === 'connection')
  const dead = connection?.key === 'connection' && roundFailed(connection.row)
  const failed = entries.filter(({ state, flight }) => state.is !== 'ready' || (dead && flight))
  const entry = random.pick(failed.filter(({ state }) => state.is !== 'conflict'))
  if (!entry) return
  const work: InTab = async (tab, db) => {
    const done = await tab.permit(async (writing) => {
      const now = sim.disks.read(device.name).entries.find(({ id }) => id === entry.id)
      const discarded = await discardChange(db, writing, entry.id, device.now)
      if (discarded && now?.flight) sim.checks.discards(device, now.flight.mutation.id)
      return true
    })
    if (done && !tab.actor.dead) await tab.changed(entry.id)
  }
  inTab(sim, device, random, work, 'retry')
}

/** From here on the server knows less than it has said. What only it had, and had after the copy, is gone with the disk. */
function restore(sim: Simulation): void {
  if (!sim.server.hasBackup) return
  sim.serverChore(async () => {
    await sim.server.restore()
    sim.checks.serverRestored()
    sim.trace('server restored')
  })
}
