import { within } from '../chaos/limit.ts'
import { expect, test } from '../tabs/fixture.ts'
import { figures } from '../tabs/judge.ts'
import type { Scene } from '../tabs/scene.ts'
import type { Tab } from '../tabs/tab.ts'
import { asked, banner } from './support/tabs.ts'

/** The issue's: within 5 s another tab may write (goal 2). */
const PROMOTED = 5000
/** A tab that hangs is overtaken within 2 s, on a machine that has time for it; the figure is printed. */
const OVERTAKEN = 3000
const OVERTAKEN_MEDIAN = 2000
const HANGS = 5
/** Until something shows that is in the store. */
const SHOWN = 10_000

const editable = (tab: Tab) => expect(tab.app.content).not.toHaveAttribute('aria-readonly', 'true')

const selection = (tab: Tab): Promise<readonly [number, number]> =>
  within(
    SHOWN,
    'a look at a tab',
    tab.app.content.evaluate(
      (field: HTMLTextAreaElement) => [field.selectionStart, field.selectionEnd] as const,
    ),
  )

/** Types at the end and waits until the store has it. */
async function write(scene: Scene, tab: Tab, text: string): Promise<void> {
  await tab.type(text)
  const stored = await scene.monitor.until(SHOWN, (now) => now.text.includes(text))
  expect(stored, `“${text}” of ${tab.name} is in the record`).not.toBeNull()
}

for (const [many, kills] of [
  [2, 1],
  [3, 2],
  [10, 4],
] as const)
  test(`P7 the process of the tab that may write is killed: another of ${many} is promoted`, {
    tag: '@long',
  }, async ({ scene: start }) => {
    test.setTimeout(120_000)
    const scene = await start({ account: null })
    // The first has a window of its own; of ten the others are in windows of three, the last of each visible.
    for (let tab = 1; tab < many; tab++) await scene.open(many < 10 || tab % 3 === 1 ? 'window' : 'tab')
    await expect(banner(scene.tabs[0]?.app as Tab['app'])).toContainText(`${many} tabs`)
    const times: number[] = []
    for (let kill = 0; kill < kills; kill++) {
      const { writer } = scene
      if (!writer) throw new Error('Nobody may write.')
      const { session } = writer
      const process_ = await scene.browser.processOf(writer.page)
      const at = Date.now()
      process.kill(process_, 'SIGKILL')
      const waited = await scene.monitor.until(
        PROMOTED,
        ({ right, held }) =>
          right.active !== session && held.some((name) => name.endsWith(String(right.active))),
      )
      expect(waited, 'another one may write').not.toBeNull()
      times.push(scene.monitor.now.at - at)
      // What is left of it is closed, as a person does.
      await expect.poll(() => scene.bury()).toBeGreaterThan(0)
      const { writer: next } = scene
      if (!next) throw new Error('Nobody may write.')
      expect(await next.visible()).toBe(true)
      await editable(next)
      await write(scene, next, ` after kill ${kill}`)
    }
    process.stdout.write(`tabs: of ${many}, promoted after a kill: ${figures(times)}\n`)
    expect(scene.monitor.judge.faults).toEqual([])
  })

test('Take control from a tab that is hidden: its letters, selection and place come along', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null })
  const { first } = scene
  const writer = await scene.open('window')
  await writer.takeControl()
  await editable(writer)
  await writer.type(' and all of it')
  const selected = writer.app.content.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(6, 9))
  await within(SHOWN, 'a selection', selected)
  const next = await scene.open('tab', '/')
  expect(await writer.visible(), 'it is behind the new one').toBe(false)
  await next.takeControl()
  await expect(next.page).toHaveURL(scene.address)
  await expect(next.app.content).toHaveValue('start and all of it')
  await expect(next.app.content).toBeFocused()
  expect(await selection(next)).toEqual([6, 9])
  await next.page.keyboard.type('or')
  for (const tab of [first, writer, next]) await expect(tab.app.content).toHaveValue('start or all of it')
})

test('P7 control is taken from a tab that hangs: what was typed before is in the record, what comes late is a draft', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null })
  const hung = scene.first
  const next = await scene.open('window')
  await write(scene, hung, ' before')
  // The last letters come when it answers again, and knows nothing yet of having lost control.
  const hanging = hung.hang(3500, ' late')
  const at = Date.now()
  expect(await next.takeControl()).toBe(true)
  const waited = await scene.monitor.until(OVERTAKEN, ({ right }) => right.active === next.session)
  expect(waited, 'overtaken').not.toBeNull()
  process.stdout.write(`tabs: one that hangs is overtaken in ${scene.monitor.now.at - at} ms\n`)
  await editable(next)
  await write(scene, next, ' after')
  await hanging
  const notice = next.page.getByRole('alert').filter({ hasText: 'kept as a draft' })
  await expect(notice).toBeVisible()
  expect(scene.monitor.now.text).toBe('start before after')
  await expect(hung.app.content).toHaveValue('start before after')
  await expect(hung.app.content).toHaveAttribute('aria-readonly', 'true')
  await notice.getByRole('button', { name: 'Take in' }).click()
  const taken = await scene.monitor.until(SHOWN, ({ text }) => text.includes('late'))
  expect(taken, 'the draft is taken in').not.toBeNull()
  for (const word of ['start', 'before', 'after', 'late']) expect(scene.monitor.now.text).toContain(word)
  expect(scene.monitor.judge.faults).toEqual([])
})

test('P7 of tabs that hang in turns, most are overtaken within 2 s', { tag: '@long' }, async ({
  scene: start,
}) => {
  const scene = await start({ account: null })
  let writer = scene.first
  let next = await scene.open('window')
  const times: number[] = []
  for (let hang = 0; hang < HANGS; hang++) {
    await editable(writer)
    await expect(banner(next.app)).toContainText('This tab is read-only')
    const hanging = writer.hang(OVERTAKEN + 500)
    const at = Date.now()
    expect(await next.takeControl()).toBe(true)
    const { session } = next
    const waited = await scene.monitor.until(OVERTAKEN, ({ right }) => right.active === session)
    expect(waited, 'overtaken').not.toBeNull()
    times.push(scene.monitor.now.at - at)
    await hanging
    ;[writer, next] = [next, writer]
  }
  process.stdout.write(`tabs: those that hang are overtaken in ${figures(times)}\n`)
  const [median = 0] = times.sort((a, b) => a - b).slice(HANGS / 2)
  expect(median, 'of half of them').toBeLessThanOrEqual(OVERTAKEN_MEDIAN)
  expect(scene.monitor.judge.faults).toEqual([])
})

test('P7 a tab that was frozen has lost control, and writes only after asking again', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null })
  const writer = await scene.open('window')
  expect(await writer.takeControl()).toBe(true)
  await editable(writer)
  await write(scene, writer, ' awake')
  await scene.open('tab')
  expect(await scene.freeze(writer)).toBe(true)
  const at = Date.now()
  const { session } = writer
  const waited = await scene.monitor.until(
    OVERTAKEN,
    ({ right: { active } }) => active !== null && active !== session,
  )
  expect(waited, 'another one may write').not.toBeNull()
  process.stdout.write(
    `tabs: one that is frozen is overtaken in ${Math.max(0, scene.monitor.now.at - at)} ms\n`,
  )
  const { writer: next } = scene
  if (!next) throw new Error('Nobody may write.')
  await editable(next)
  await write(scene, next, ' asleep')
  await scene.resume(writer)
  await writer.bringToFront()
  await expect(writer.app.content, 'it shows what it missed').toHaveValue('start awake asleep')
  await expect(writer.app.content).toHaveAttribute('aria-readonly', 'true')
  await writer.app.content.focus()
  await writer.page.keyboard.press('Control+End')
  await writer.page.keyboard.press('!')
  await expect(asked(writer.app)).toBeVisible()
  expect(scene.monitor.now.text).toBe('start awake asleep')
  expect(await writer.takeControl()).toBe(true)
  await expect(writer.app.content).toHaveValue('start awake asleep!')
  expect(scene.monitor.judge.faults).toEqual([])
})

test('P1 a frozen tab holds up nobody: it begins no transaction, whether it is told something or wants it', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null })
  const writer = scene.first
  const asleep = await scene.open('window')
  await scene.open('tab')
  expect(await scene.freeze(asleep)).toBe(true)
  for (const word of [' one', ' two', ' three']) await write(scene, writer, word)
  expect(await asleep.transactions()).toBe(0)
  // Nor where it is about to do something of its own.
  const about = asleep.page.evaluate(() => {
    const shell = document.querySelector('pawkit-app') as Element & {
      model: { unsynced(): Promise<unknown> }
    }
    void shell.model.unsynced()
  })
  await within(SHOWN, 'a word to a tab', about)
  await write(scene, writer, ' four')
  expect(await asleep.transactions()).toBe(0)
  await scene.resume(asleep)
  await asleep.bringToFront()
  await expect(asleep.app.content, 'it shows what it missed').toHaveValue('start one two three four')
})
