import { setTimeout as pass } from 'node:timers/promises'
import type { Fate } from '../e2e/support/fates.ts'
import type { Site } from '../e2e/support/site.ts'
import type { ChaosDevice } from './device.ts'
import type { Dice } from './dice.ts'
import type { Ledger } from './ledger.ts'
import { within } from './limit.ts'

/** No fault takes longer to come about and to be over, on the busiest machine. */
const STEP_LIMIT = 45_000

export interface Scene {
  readonly site: Site
  readonly devices: readonly [ChaosDevice, ChaosDevice]
  readonly ledger: Ledger
  /** Aborted when faults stop. */
  readonly over: AbortSignal
}

/** What has to happen in every run, by how its names in the ledger begin. */
const REQUIRED = ['browsers killed', 'servers killed', 'workers stopped', 'links cut'] as const

/** What of that has not happened yet: a run without it says nothing about it. */
export const notYet = ({ counts }: Ledger): string[] =>
  REQUIRED.filter((kind) => ![...counts.keys()].some((what) => what.startsWith(kind)))

/**
 * Runs an action, and names it in the ledger.
 * @param done whether it hit anything: only then it counts
 */
async function happens(
  { ledger }: Scene,
  what: string,
  where: string,
  done: () => Promise<boolean>,
): Promise<void> {
  ledger.note(`${what} ${where}`.trim())
  if (await within(STEP_LIMIT, `${what} ${where}`, done())) ledger.count(what)
}

/** The pace of the chaos, not a wait for anything; ends at once when faults stop. */
export const pause = (ms: number, over: AbortSignal): Promise<void> =>
  pass(ms, undefined, { signal: over }).catch(() => {})

async function killServer({ site, over }: Scene, dice: Dice): Promise<boolean> {
  await site.server.kill()
  await pause(dice.between(0, 3000), over)
  await site.server.start()
  return true
}

const DEATHS = [
  [4, 'browsers killed'],
  [3, 'servers killed'],
  [4, 'workers stopped'],
] as const

/** Browser, server and workers end without warning, one after another; each once first, as a short run has time for few. */
export async function deaths(scene: Scene, dice: Dice): Promise<void> {
  let left = DEATHS.map(([weight, what]) => [weight, what] as const)
  while (!scene.over.aborted) {
    await pause(dice.between(200, 2000), scene.over)
    if (scene.over.aborted) return
    const device = scene.devices[dice.between(0, 1)] ?? scene.devices[0]
    const { name } = device
    const what = dice.weighted(left.length > 0 ? left : DEATHS)
    left = left.filter(([, other]) => other !== what)
    const done = {
      'browsers killed': () => device.kill(),
      'servers killed': () => killServer(scene, dice),
      'workers stopped': () => device.stopWorkers(),
    }
    await happens(scene, what, what === 'servers killed' ? '' : name, done[what])
  }
}

const LINKS: readonly (readonly [number, string, (dice: Dice) => Fate])[] = [
  [3, 'links cut before the server heard', () => ({ is: 'lost' })],
  [4, 'links cut after the server had answered', () => ({ is: 'unanswered' })],
  [3, 'links cut half-way through an answer', () => ({ is: 'halved' })],
  [3, 'links slow', (dice) => ({ is: 'slow', ms: dice.between(200, 2500) })],
]

const isCut = (what: string): boolean => what.startsWith('links cut')

/** The link of one device or of both is bad for a while, then good again; first of all one is cut. */
export async function badLinks(scene: Scene, dice: Dice): Promise<void> {
  const { site, over } = scene
  let links = LINKS.filter(([, name]) => isCut(name))
  while (!over.aborted) {
    await pause(dice.between(500, 4000), over)
    if (over.aborted) break
    const [what, make] = dice.weighted(links.map(([weight, name, fate]) => [weight, [name, fate] as const]))
    links = [...LINKS]
    const fate = make(dice)
    const chosen = dice.pick(['Device-a', 'Device-b', 'Device-'])
    let met = false
    const concerns = ({ agent }: { agent: string }): boolean => {
      const isIt = agent.includes(chosen ?? '')
      met ||= isIt
      return isIt
    }
    await happens(scene, what, chosen ?? '', async () => {
      site.proxy.interfere((seen) => (concerns(seen) ? fate : null))
      if (fate.is !== 'slow') site.proxy.breakOpen(concerns)
      await pause(dice.between(300, 5000), over)
      site.proxy.interfere(null)
      return met
    })
  }
  site.proxy.interfere(null)
}
