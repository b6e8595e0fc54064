import { within } from '../chaos/limit.ts'
import { expect, test } from '../tabs/fixture.ts'
import type { Scene } from '../tabs/scene.ts'
import type { Tab } from '../tabs/tab.ts'
import { asked, banner } from './support/tabs.ts'

/** The issue's: within 5 s another tab may write; ms. */
const MOVED = 5000
/** Until something shows that is in the store; ms. */
const SHOWN = 10_000
const LIMIT = 15_000
const TURNS = 6

declare global {
  /** What the browser told the page of coming to the front and of going behind another. */
  var pawkitMoments: string[] | undefined
}

/** Only what the browser itself says counts. */
function keepMoments(): void {
  const keep = ({ type, isTrusted }: Event): void => {
    if (isTrusted) globalThis.pawkitMoments?.push(type)
  }
  for (const type of ['focus', 'blur']) window.addEventListener(type, keep)
  document.addEventListener('visibilitychange', keep)
}

interface Standing {
  readonly visible: boolean
  readonly focused: boolean
  readonly moments: readonly string[]
}
const FRONT: Standing = { visible: true, focused: true, moments: ['focus', 'visibilitychange'] }
const BEHIND: Standing = { visible: false, focused: false, moments: ['blur', 'visibilitychange'] }

const standing = (tab: Tab): Promise<Standing> => {
  const told = tab.page.evaluate(() => ({
    visible: document.visibilityState === 'visible',
    focused: document.hasFocus(),
    moments: [...(globalThis.pawkitMoments ?? [])].sort(),
  }))
  return within(LIMIT, 'a look at a tab', told)
}

/** From here on a page keeps what it is told. */
const listens = (tab: Tab): Promise<void> => {
  const listening = tab.page.evaluate(() => {
    globalThis.pawkitMoments = []
  })
  return within(LIMIT, 'a look at a tab', listening)
}

/** As a person who clicks on another tab of the same window, whose page is behind. */
async function switchTo(tab: Tab, from: Tab): Promise<void> {
  await Promise.all([tab, from].map(listens))
  expect(await standing(tab)).toEqual({ ...BEHIND, moments: [] })
  await tab.bringToFront()
  await expect.poll(() => standing(tab), `${tab.name} is in front`).toEqual(FRONT)
  await expect.poll(() => standing(from), `${from.name} is behind it`).toEqual(BEHIND)
}

const types = (tab: Tab, text: string): Promise<void> =>
  within(LIMIT, `typing in ${tab.name}`, tab.page.keyboard.type(text))

const presses = (tab: Tab, key: string): Promise<void> =>
  within(LIMIT, `a key in ${tab.name}`, tab.page.keyboard.press(key))

/** Puts the caret to the end of the text; from then on nobody clicks into a field. */
async function toTheEnd(tab: Tab): Promise<void> {
  await tab.app.content.focus()
  await presses(tab, 'Control+End')
}

/** The first tab in a window of its own, and two in another, the second of them in front; all have the note open. */
async function threeTabs(scene: Scene): Promise<[behind: Tab, front: Tab]> {
  await scene.browser.context.addInitScript(keepMoments)
  const one = await scene.open('window')
  await toTheEnd(one)
  const two = await scene.open('tab')
  await toTheEnd(two)
  await expect(banner(two.app)).toContainText('3 tabs')
  return [one, two]
}

/**
 * As a person chooses it, in the tab that has a window of its own; it is opened anew, and so takes control. Those that are
 * open hear of it.
 */
async function choose(scene: Scene): Promise<void> {
  const { first, site, address } = scene
  await first.page.goto(`${site.origin}/settings`)
  await first.page.getByRole('checkbox', { name: 'Take control when a tab is focused' }).check()
  await first.page.goto(address)
  await hasControl(scene, first)
}

async function hasControl(scene: Scene, tab: Tab): Promise<void> {
  const waited = await scene.monitor.until(MOVED, ({ right }) => right.active === tab.session)
  expect(waited, `${tab.name} may write`).not.toBeNull()
}

async function isReadOnly(tab: Tab): Promise<void> {
  await expect(tab.app.content).toHaveAttribute('aria-readonly', 'true')
  await expect(banner(tab.app)).toContainText('This tab is read-only')
  await expect(banner(tab.app).getByRole('button', { name: 'Take control' })).toBeVisible()
}

async function mayWrite(tab: Tab): Promise<void> {
  await expect(tab.app.content).not.toHaveAttribute('aria-readonly', 'true')
  await expect(banner(tab.app)).toContainText('You write in this one')
}

async function stored(scene: Scene, so: (text: string) => boolean): Promise<void> {
  const waited = await scene.monitor.until(SHOWN, ({ text }) => so(text))
  expect(waited, `the record has what was typed, not “${scene.monitor.now.text}”`).not.toBeNull()
}

async function nobodyIsAsked({ tabs }: Scene): Promise<void> {
  for (const tab of tabs) await expect(asked(tab.app)).toBeHidden()
}

test('P7 the setting: the tab that comes to the front of its window may write, the one behind it no more', {
  tag: '@long',
}, async ({ scene: start }) => {
  test.setTimeout(120_000)
  const scene = await start({ account: null })
  let [next, front] = await threeTabs(scene)
  await choose(scene)
  let text = 'start'
  for (let turn = 0; turn < TURNS; turn++) {
    const { writer } = scene
    if (!writer) throw new Error('Nobody may write.')
    await switchTo(next, front)
    await hasControl(scene, next)
    ;[next, front] = [front, next]
    await mayWrite(front)
    await isReadOnly(writer)
    await isReadOnly(scene.first)
    // Nobody clicks into the field, but the caret is where its person left it: before what the other tab wrote.
    await expect(front.app.content).toHaveValue(text)
    await presses(front, 'Control+End')
    await types(front, `,turn${turn}`)
    text += `,turn${turn}`
    await stored(scene, (now) => now === text)
    for (const tab of scene.tabs) await expect(tab.app.content).toHaveValue(text)
    await nobodyIsAsked(scene)
  }
  expect(scene.monitor.now.drafts).toEqual([])
  expect(scene.monitor.judge.faults).toEqual([])
})

test('P7 the setting: who types as soon as the tab is in front is not asked, and no letter is lost', {
  tag: '@long',
}, async ({ scene: start }) => {
  test.setTimeout(120_000)
  const scene = await start({ account: null })
  let [next, front] = await threeTabs(scene)
  await choose(scene)
  const typed = new Map<Tab, string[]>([
    [next, []],
    [front, []],
  ])
  for (let turn = 0; turn < TURNS; turn++) {
    await next.bringToFront()
    ;[next, front] = [front, next]
    // Its caret stays where its person left it.
    const word = `<${front.name}, turn ${turn}>`.replaceAll(' ', '')
    await types(front, word)
    typed.get(front)?.push(word)
    await hasControl(scene, front)
    expect(await standing(front)).toMatchObject({ visible: true, focused: true })
    expect(await standing(next)).toMatchObject({ visible: false, focused: false })
    // Those of one tab are whole, and one after another.
    await stored(scene, (now) =>
      [...typed].every(([{ name }, words]) => {
        const its = now.match(new RegExp(`<${name.replaceAll(' ', '')},\\w*>`, 'g')) ?? []
        return its.join() === words.join()
      }),
    )
    await nobodyIsAsked(scene)
  }
  const { text, drafts } = scene.monitor.now
  expect(text.replace(/<[^<>]*>/g, ''), 'nothing beside them').toBe('start')
  expect(drafts).toEqual([])
  expect(scene.monitor.judge.faults).toEqual([])
})

test('P7 without the setting a tab that comes to the front shows, and asks before it writes', {
  tag: '@long',
}, async ({ scene: start }) => {
  test.setTimeout(120_000)
  const scene = await start({ account: null })
  const [writer, other] = await threeTabs(scene)
  await switchTo(writer, other)
  await isReadOnly(writer)
  expect(await writer.takeControl()).toBe(true)
  await hasControl(scene, writer)
  await mayWrite(writer)
  const { right } = scene.monitor.now
  let text = 'start'
  for (let turn = 0; turn < TURNS / 2; turn++) {
    await switchTo(other, writer)
    await isReadOnly(other)
    await types(other, 'x')
    await expect(asked(other.app)).toBeVisible()
    await presses(other, 'Escape')
    await expect(asked(other.app)).toBeHidden()
    await isReadOnly(other)
    await switchTo(writer, other)
    await types(writer, `,turn${turn}`)
    text += `,turn${turn}`
    await stored(scene, (now) => now === text)
    await nobodyIsAsked(scene)
    expect(scene.monitor.now.right, 'nobody took it').toEqual(right)
  }
  await expect(other.app.content).toHaveValue(text)
  expect(scene.monitor.judge.faults).toEqual([])
})

test('P7 the setting: who looks into another tab for a moment and comes back goes on typing', {
  tag: '@long',
}, async ({ scene: start }) => {
  test.setTimeout(180_000)
  const scene = await start({ account: null })
  const [behind, front] = await threeTabs(scene)
  await choose(scene)
  await switchTo(behind, front)
  await hasControl(scene, behind)
  await switchTo(front, behind)
  await hasControl(scene, front)
  await mayWrite(front)
  let text = 'start'
  for (let turn = 0; turn < 2 * TURNS; turn++) {
    await behind.bringToFront()
    await front.bringToFront()
    await expect.poll(() => standing(front)).toMatchObject({ visible: true, focused: true })
    await expect.poll(() => standing(behind)).toMatchObject({ visible: false, focused: false })
    await types(front, 'x')
    text += 'x'
    await stored(scene, (now) => now === text)
    await hasControl(scene, front)
    await nobodyIsAsked(scene)
  }
  expect(scene.monitor.judge.faults).toEqual([])
})
