import type { Dice } from '../chaos/dice.ts'
import { within } from '../chaos/limit.ts'
import type { Scene } from './scene.ts'
import type { Tab } from './tab.ts'
import type { Words } from './words.ts'

export interface Step {
  readonly scene: Scene
  readonly dice: Dice
  readonly most: number
  /** How long it took until a tab that asked for control had it, ms. */
  readonly taken: number[]
  /** The same where the one that had it was frozen or hung. */
  readonly overtaken: number[]
  readonly words: Words
}

/** @returns what was done, for the trace; null: nothing of the kind can be done now */
type Operation = (step: Step) => Promise<string | null>

/** A browser takes so long for it at most. */
const LIMIT = 20_000
/** The issue's: no tab waits longer than 5 s, and one that hangs is overtaken within 2, here on a busy machine. */
const TAKE_LIMIT = 5000
const OVERTAKE_LIMIT = 3000
/** So much longer that nobody can have waited for its end. */
const HANG = 6000

const open: Operation = async ({ scene, dice, most }) => {
  if (scene.tabs.length >= most) return null
  const where = dice.chance(0.35) ? 'window' : 'tab'
  const { name } = await scene.open(where)
  return `${name} opened, ${where}`
}

const duplicate: Operation = async ({ scene, dice, most }) => {
  const tab = dice.pick(await scene.visible())
  if (!tab || scene.tabs.length >= most) return null
  const { name } = await scene.duplicate(tab)
  return `${name} is a duplicate of ${tab.name}`
}

/** One tab stays: with none there is nobody to look for. */
const doomed = ({ scene, dice }: Step): Tab | null => {
  const { tabs, writer } = scene
  if (tabs.length < 2) return null
  return (dice.chance(0.6) ? writer : null) ?? dice.pick(tabs) ?? null
}

const close: Operation = async (step) => {
  const tab = doomed(step)
  if (!tab) return null
  await step.scene.close(tab)
  return `${tab.name} closed`
}

const crash: Operation = async (step) => {
  const tab = doomed(step)
  if (!tab || tab.frozen) return null
  await tab.crash()
  return `${tab.name} crashed`
}

const kill: Operation = async (step) => {
  const tab = doomed(step)
  if (!tab || tab.frozen) return null
  const { browser, monitor } = step.scene
  if ((await browser.processOf(tab.page)) === (await browser.processOf(monitor.page))) return null
  await tab.kill()
  return `process of ${tab.name} killed`
}

/** Only a hidden one can be frozen, and one that is visible is to be left. */
const freeze: Operation = async ({ scene, dice }) => {
  const { tabs, writer } = scene
  const visible = await scene.visible()
  const hidden = tabs.filter((tab) => !tab.frozen && !visible.includes(tab))
  const active = hidden.find((tab) => tab === writer)
  const tab = dice.chance(0.6) ? (active ?? dice.pick(hidden)) : dice.pick(hidden)
  if (!tab || visible.length === 0) return null
  return (await scene.freeze(tab)) ? `${tab.name} frozen${tab === writer ? ', which may write' : ''}` : null
}

const resume: Operation = async ({ scene, dice }) => {
  const tab = dice.pick(scene.tabs.filter(({ frozen }) => frozen))
  if (!tab) return null
  await scene.resume(tab)
  return `${tab.name} resumed`
}

const focus: Operation = async ({ scene, dice }) => {
  const tab = dice.pick(scene.tabs)
  if (!tab) return null
  if (tab.frozen) await scene.resume(tab)
  await tab.bringToFront()
  return `${tab.name} in front`
}

const reload: Operation = async (step) => {
  const tab = step.dice.pick(await step.scene.visible())
  if (!tab) return null
  await within(LIMIT, 'a reload', tab.page.reload())
  await tab.page.locator('pawkit-app').waitFor({ state: 'attached' })
  return `${tab.name} reloaded`
}

/** How long until it has control, ms; who clicks in it has it in front, and may have been given control for that. */
async function take({ scene: { monitor } }: Step, tab: Tab, limit: number): Promise<number | null> {
  await tab.bringToFront()
  if (!(await tab.takeControl())) return null
  const ms = await monitor.until(limit, ({ right }) => right.active === tab.session)
  if (ms === null) throw new Error(`${tab.name} did not get control within ${limit} ms.`)
  return ms
}

const takeControl: Operation = async (step) => {
  const { scene, dice, taken } = step
  const tab = dice.pick((await scene.visible()).filter((one) => one !== scene.writer))
  const ms = tab ? await take(step, tab, TAKE_LIMIT) : null
  if (!tab || ms === null) return null
  taken.push(ms)
  return `${tab.name} took control in ${ms} ms`
}

/** The one that may write computes for so long that it answers nobody. */
const overtake: Operation = async (step) => {
  const { scene, dice, overtaken } = step
  const { writer, browser, monitor } = scene
  if (!writer || writer.frozen) return null
  const process = await browser.processOf(writer.page)
  const others: Tab[] = []
  for (const tab of await scene.visible())
    if (tab !== writer && (await browser.processOf(tab.page)) !== process) others.push(tab)
  const tab = dice.pick(others)
  if (!tab || (await browser.processOf(monitor.page)) === process) return null
  // With letters that come when it knows nothing yet of having lost control.
  await writer.page.locator('#content').focus({ timeout: 1000 })
  const late = step.words.next()
  const hanging = writer.hang(HANG, ` ${late}`)
  const ms = await take(step, tab, OVERTAKE_LIMIT)
  await hanging
  await step.words.typed(writer, late)
  if (ms === null) return null
  overtaken.push(ms)
  return `${tab.name} overtook ${writer.name}, which hung, in ${ms} ms`
}

/** As the checkbox of the settings does it; there no note is open that could be typed in. */
const setting: Operation = async ({ scene, dice }) => {
  const tab = dice.pick(await scene.visible())
  if (!tab) return null
  const take = dice.chance(0.7) ? 'focus' : 'ask'
  const chosen = tab.page.evaluate((take) => {
    const shell = document.querySelector('pawkit-app') as Element & {
      model: { tabs: { setTaking(take: string): Promise<void> } }
    }
    return shell.model.tabs.setTaking(take)
  }, take)
  await within(LIMIT, 'a setting', chosen)
  return take === 'focus' ? 'control goes with the focus' : 'control is asked for'
}

const killWorker: Operation = async ({ scene }) => {
  await scene.monitor.killWorkers()
  return 'worker killed'
}

type Weighted = readonly [weight: number, name: string, operation: Operation]

export const OPENING: Weighted = [18, 'open', open]

/** In long runs. */
export const SETTING: Weighted = [8, 'setting', setting]

export const OPERATIONS: readonly Weighted[] = [
  OPENING,
  [6, 'duplicate', duplicate],
  [8, 'close', close],
  [6, 'crash', crash],
  [6, 'kill', kill],
  [9, 'freeze', freeze],
  [6, 'resume', resume],
  [10, 'focus', focus],
  [5, 'reload', reload],
  [20, 'take control', takeControl],
  [4, 'overtake', overtake],
  [9, 'worker', killWorker],
]
