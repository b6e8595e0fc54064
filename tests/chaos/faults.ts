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

/** Runs an action, and names it in the ledger. */
async function happens(
  { ledger }: Scene,
  what: string,
  where: string,
  done: () => Promise<void>,
): Promise<void> {
  ledger.count(what)
  ledger.note(`${what} ${where}`.trim())
  await within(STEP_LIMIT, `${what} ${where}`, done())
}

/** The pace of the chaos, not a wait for anything; ends at once when faults stop. */
export const pause = (ms: number, over: AbortSignal): Promise<void> =>
  pass(ms, undefined, { signal: over }).catch(() => {})

async function killServer({ site, over }: Scene, dice: Dice): Promise<void> {
  await site.server.kill()
  await pause(dice.between(0, 3000), over)
  await site.server.start()
}

/** Browser, server and workers end without warning, one after another. */
export async function deaths(scene: Scene, dice: Dice): Promise<void> {
  while (!scene.over.aborted) {
    await pause(dice.between(200, 2000), scene.over)
    if (scene.over.aborted) return
    const device = scene.devices[dice.between(0, 1)] ?? scene.devices[0]
    const { name } = device
    const [what, where, done] = dice.weighted([
      [4, ['browsers killed', name, () => device.kill()] as const],
      [3, ['servers killed', '', () => killServer(scene, dice)] as const],
      [4, ['workers stopped', name, () => device.stopWorkers()] as const],
    ])
    await happens(scene, what, where, done)
  }
}

const LINKS: readonly (readonly [number, string, (dice: Dice) => Fate])[] = [
  [3, 'links cut before the server heard', () => ({ is: 'lost' })],
  [4, 'links cut after the server had answered', () => ({ is: 'unanswered' })],
  [3, 'links cut half-way through an answer', () => ({ is: 'halved' })],
  [3, 'links slow', (dice) => ({ is: 'slow', ms: dice.between(200, 2500) })],
]

/** The link of one device or of both is bad for a while, then good again. */
export async function badLinks(scene: Scene, dice: Dice): Promise<void> {
  const { site, over } = scene
  while (!over.aborted) {
    await pause(dice.between(500, 4000), over)
    if (over.aborted) break
    const [what, make] = dice.weighted(LINKS.map(([weight, name, fate]) => [weight, [name, fate] as const]))
    const fate = make(dice)
    const chosen = dice.pick(['Device-a', 'Device-b', 'Device-'])
    const concerns = ({ agent }: { agent: string }): boolean => agent.includes(chosen ?? '')
    await happens(scene, what, chosen ?? '', async () => {
      site.proxy.interfere((seen) => (concerns(seen) ? fate : null))
      if (fate.is !== 'slow') site.proxy.breakOpen(concerns)
      await pause(dice.between(300, 5000), over)
      site.proxy.interfere(null)
    })
  }
  site.proxy.interfere(null)
}
