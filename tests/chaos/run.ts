import { join } from 'node:path'
import type { LaunchOptions } from '@playwright/test'
import type { App } from '../e2e/support/app.ts'
import { ADA } from '../e2e/support/client.ts'
import { Site } from '../e2e/support/site.ts'
import { calmDown } from './calm.ts'
import { ChaosDevice } from './device.ts'
import { Dice } from './dice.ts'
import { nextEdit } from './edits.ts'
import { badLinks, deaths, notYet, pause, type Scene } from './faults.ts'
import { Ledger } from './ledger.ts'
import { within } from './limit.ts'
import { judge } from './verdict.ts'

const EDIT_LIMIT = 20_000
/** So long there is chaos even where starting took all the time. */
const LEAST = 5000
/** So long it goes on after that for what has not happened yet. */
const MORE = 60_000
const LOOK_EVERY = 250
const OPEN_LIMIT = 45_000
const JUDGE_LIMIT = 60_000

export interface ChaosOptions {
  readonly seed: number
  /** When edits and faults end, ms after the start; signing in and the clean restart come first. */
  readonly ms: number
  readonly launch: LaunchOptions
  /** Presses `Sync now` at the end; without it nobody touches anything, and the longest pause is waited for. */
  readonly hurried: boolean
  readonly say: (line: string) => void
  /** Told of each step as it begins. */
  readonly hear?: (line: string) => void
}

export interface ChaosReport {
  /** Figures of the run, for people. */
  readonly lines: readonly string[]
  /** How many words were shown as saved, and so were looked for in the end. */
  readonly words: number
  /** What is not as promised, each with its history. */
  readonly faults: readonly string[]
}

/**
 * Two browsers with profiles on disk, one account, one server on a file: edited at random while browsers, server
 * and workers are killed and links are cut. In the end everything that a page ever showed as saved is there.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const started = Date.now()
  const ledger = new Ledger(options.hear)
  const site = await Site.start()
  const device = (name: 'a' | 'b'): ChaosDevice =>
    new ChaosDevice(name, join(site.folder, `profile-${name}`), site.origin, options.launch, ledger)
  const devices = [device('a'), device('b')] as const
  const over = new AbortController()
  const scene: Scene = { site, devices, ledger, over: over.signal }
  try {
    ledger.note('signing up a')
    await (await within(OPEN_LIMIT, 'starting a', devices[0].start())).signUp(ADA)
    ledger.note('signing in b')
    await (await within(OPEN_LIMIT, 'starting b', devices[1].start())).signIn(ADA)
    // A browser that ends well writes its cookies down: what follows is not about the session.
    for (const each of devices) {
      ledger.note(`restarting ${each.name}`)
      await within(OPEN_LIMIT, `restarting ${each.name}`, each.restart())
    }
    const begun = Date.now()
    const dice = (nth: number): Dice => new Dice(options.seed * 1000 + nth)
    const work = Promise.all([
      edits(scene, devices[0], dice(1)),
      edits(scene, devices[1], dice(2)),
      deaths(scene, dice(3)),
      badLinks(scene, dice(4)),
      progress(scene, begun, options.say),
    ])
    await Promise.race([enough(scene, Math.max(LEAST, options.ms - (begun - started))), work])
    over.abort()
    ledger.note('no more faults')
    await work
    const still = Date.now()
    options.say('faults have stopped')
    ledger.note('faults have stopped')
    const restless = await calmDown(scene, options.hurried)
    ledger.note('checking')
    const { counts, faults } = await within(JUDGE_LIMIT, 'the check', judge(scene, ADA))
    const seconds = (from: number, to: number): string => `${((to - from) / 1000).toFixed(0)} s`
    return {
      words: ledger.shown.size,
      faults: [...notYet(ledger).map((kind) => `NEVER HAPPENED: ${kind}`), ...restless, ...faults],
      lines: [
        `seed ${options.seed}: ${seconds(begun, still)} of chaos, calm ${seconds(still, Date.now())} after, ` +
          `${seconds(started, Date.now())} in all`,
        ...[...ledger.counts].sort().map(([what, many]) => `${what}: ${many}`),
        `shown as saved: ${ledger.shown.size} words, ${counts.synced} of them as synced`,
        `checked: ${counts.everywhere} on both devices and the server, ${counts.removed} taken out again by a person, ` +
          `${counts.kept} lost a merge and in version history, ${counts.trash} in one device's Trash and never sent, ` +
          `${counts.records} records the same on both devices, in the server's file and over REST, none twice; every figure 0`,
      ],
    }
  } finally {
    over.abort()
    ledger.note('ending')
    await Promise.allSettled(devices.map((each) => within(OPEN_LIMIT, 'ending a browser', each.end())))
    await site.stop()
  }
}

/**
 * So long, and then until there is something that could be lost, and each kind of death and a cut link have happened:
 * where starting took all the time, no edit and no death may have ended.
 */
async function enough({ ledger, over }: Scene, ms: number): Promise<void> {
  await pause(ms, over)
  const end = Date.now() + MORE
  const isEnough = (): boolean => ledger.shown.size > 0 && (notYet(ledger).length === 0 || Date.now() > end)
  while (!over.aborted && !isEnough()) await pause(LOOK_EVERY, over)
}

/** A person at one device, without rest. */
async function edits(scene: Scene, device: ChaosDevice, dice: Dice): Promise<void> {
  const { ledger, over } = scene
  while (!over.aborted) {
    const app = await within(OPEN_LIMIT, `opening ${device.name}`, device.ready())
    const { generation } = device
    const { name, run } = nextEdit(dice)
    const end = dice.next()
    try {
      await within(EDIT_LIMIT, name, run({ app, device: device.name, dice, ledger }))
      ledger.count(`edits, ${name}`)
      if (generation === device.generation) await leave(scene, device, app, dice, end)
    } catch (error) {
      if (generation === device.generation) await goOn(scene, device, app, `${name}: ${String(error)}`)
    }
    await pause(dice.between(0, 300), over)
  }
}

/** Now and then the tab closes in the very moment of an edit, or the browser dies while it may still be writing. */
async function leave({ ledger, over }: Scene, device: ChaosDevice, app: App, dice: Dice, end: number) {
  if (end < 0.1) {
    ledger.count('tabs closed at once after an edit')
    ledger.note(`tab closed ${device.name}`)
    await device.closeTab(app)
  } else if (end < 0.16) {
    await pause(dice.between(0, 300), over)
    ledger.note(`killed after an edit ${device.name}`)
    if (await device.kill()) ledger.count('browsers killed right after an edit')
  }
}

/** An edit found something else than it expected, such as a record that the other device has just deleted. */
async function goOn({ ledger }: Scene, device: ChaosDevice, app: App, why: string): Promise<void> {
  ledger.count('edits given up')
  ledger.note(`given up ${device.name}: ${why.split('\n', 3).join(' ')}`)
  await within(EDIT_LIMIT, 'closing a tab', device.closeTab(app)).catch((error) =>
    ledger.note(`tab ${device.name}: ${error}`),
  )
}

async function progress({ ledger, over }: Scene, begun: number, say: (line: string) => void): Promise<void> {
  while (!over.aborted) {
    await pause(30_000, over)
    const many = (prefix: string): number =>
      [...ledger.counts]
        .filter(([what]) => what.startsWith(prefix))
        .reduce((sum, [, count]) => sum + count, 0)
    say(
      `${((Date.now() - begun) / 1000).toFixed(0)} s: ${many('edits, ')} edits, ${many('browsers')} browsers, ` +
        `${many('servers')} servers, ${many('workers')} workers ended, ${many('links')} bad links, ${ledger.shown.size} words shown as saved`,
    )
  }
}
