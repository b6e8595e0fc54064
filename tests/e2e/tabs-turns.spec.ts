import { expect, test } from '../tabs/fixture.ts'
import type { Scene } from '../tabs/scene.ts'
import type { Tab } from '../tabs/tab.ts'
import { ADA, type Client } from './support/client.ts'
import { asked } from './support/tabs.ts'

const HELD = 2000
/** Until a letter is in the record, a question answered and a draft taken in on its way. */
const TYPED = 20_000
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'
const LINES = 'A:\n\nB:\n\nR:'

const lineOf = (text: string, writer: string): string =>
  text.split('\n').find((line) => line.startsWith(`${writer}:`)) ?? ''

/** Puts the caret to the end of the writer's own line, as a click does. */
const goTo = (tab: Tab, writer: string): Promise<void> =>
  tab.app.page.locator('#content').evaluate((field, start) => {
    if (!(field instanceof HTMLTextAreaElement)) throw new Error('Not a text.')
    const at = `\n${field.value}`.indexOf(`\n${start}`)
    const end = field.value.indexOf('\n', at)
    field.focus()
    field.setSelectionRange(end < 0 ? field.value.length : end, end < 0 ? field.value.length : end)
  }, `${writer}:`)

/**
 * Until all that was typed in the line is in the record, as it was typed; whatever the page asks or offers, the person
 * agrees to: a part of it may wait as a draft and a part in a question.
 */
async function agrees(scene: Scene, tab: Tab, writer: string, typed: string): Promise<void> {
  const all = (text: string): boolean => lineOf(text, writer) === `${writer}:${typed}`
  const taken = tab.page.getByRole('button', { name: 'Take in' })
  const end = Date.now() + TYPED
  while (!all(scene.monitor.now.text)) {
    if (Date.now() > end) {
      const { text, drafts } = scene.monitor.now
      throw new Error(`“${typed}” of ${writer} is not in the record: ${JSON.stringify({ text, drafts })}`)
    }
    if (await asked(tab.app).isVisible()) await tab.takeControl()
    else if (await taken.first().isVisible())
      await taken
        .first()
        .dispatchEvent('click', {}, { timeout: 1000 })
        .catch(() => {})
    await scene.monitor.until(500, ({ text }) => all(text))
  }
  // What another tab took in this one hears of later, and would go on before it.
  await expect(tab.app.content).toHaveValue(new RegExp(`^${writer}:${typed}$`, 'm'))
}

/** Types at the end of the line. */
async function types(scene: Scene, tab: Tab, writer: string, before: string, text: string): Promise<void> {
  await goTo(tab, writer)
  const [first = '', ...rest] = text
  await tab.page.keyboard.press(first)
  await agrees(scene, tab, writer, before + first)
  await expect(tab.app.content).not.toHaveAttribute('aria-readonly', 'true')
  await expect(tab.app.content).toHaveValue(new RegExp(`^${writer}:${before}${first}$`, 'm'))
  await goTo(tab, writer)
  await tab.page.keyboard.type(rest.join(''))
  const stored = await scene.monitor.until(
    TYPED,
    ({ text: now }) => lineOf(now, writer) === `${writer}:${before}${text}`,
  )
  expect(stored, `${writer} typed “${text}”: ${scene.monitor.now.text}`).not.toBeNull()
}

/** Goes on typing at the end of the line when another tab has taken control, of which this one hears later. */
async function typesLate(scene: Scene, tab: Tab, writer: string, text: string, taker: Tab): Promise<void> {
  await goTo(tab, writer)
  const [first = '', ...rest] = text
  await tab.page.keyboard.press(first)
  const taken = await scene.monitor.until(TYPED, ({ right }) => right.active === taker.session)
  expect(taken, `${taker.name} took control`).not.toBeNull()
  for (const letter of rest) await tab.page.keyboard.press(letter)
}

/** Another device, on the version that the server has in that moment. */
async function remoteTypes(client: Client, id: string, text: string): Promise<void> {
  for (;;) {
    const { note } = await client.get<{ note: { content: string; version: number } }>(`/api/notes/${id}`)
    const content = note.content.replace(/^R:.*$/m, (line) => line + text)
    try {
      return await client.push([{ record: id, kind: 'note', on: note.version, fields: { content } }])
    } catch (error) {
      // A tab's change came between.
      if (!String(error).includes('conflict')) throw error
    }
  }
}

const times = 20
test(`P4 control goes back and forth ${times} times between two tabs that hear everything 2 s late, another device edits too: every letter is there, in each writer's order, and also those typed as control goes`, {
  tag: '@long',
}, async ({ scene: start, site }) => {
  test.setTimeout(60_000 + times * 15_000)
  const scene = await start({ content: LINES, held: HELD })
  const { first } = scene
  const second = await scene.open('window')
  const remote = await site.signIn(ADA)
  await expect.poll(() => site.data.content(scene.note), { timeout: 20_000 }).toBe(LINES)
  const typed = { A: '', B: '', R: '' }
  let late = ''
  let [flights, drafts] = [0, 0]
  for (let turn = 0; turn < times; turn++) {
    const [writer, loser] = turn % 2 === 0 ? (['A', 'B'] as const) : (['B', 'A'] as const)
    const [tab, other] = writer === 'A' ? [first, second] : [second, first]
    const text = Array.from({ length: 4 }, (_, index) => ALPHABET[(turn * 4 + index) % 26]).join('')
    const elsewhere = remoteTypes(remote, scene.note, String(turn % 10))
    const before = late
    // In every third, so that each of them is the one that loses control.
    late = turn % 3 === 1 ? text.slice(0, 3).toUpperCase() : ''
    const inFlight = late && typesLate(scene, other, loser, late, tab)
    typed[writer] += before
    await agrees(scene, tab, writer, typed[writer])
    await types(scene, tab, writer, typed[writer], text)
    await inFlight
    typed[writer] += text
    typed.R += String(turn % 10)
    await elsewhere
    if (late) flights++
    if (late && scene.monitor.now.drafts.some((draft) => draft.includes(late.slice(1, 2)))) drafts++
  }
  typed.A += late
  await agrees(scene, first, 'A', typed.A)
  const whole = `A:${typed.A}\n\nB:${typed.B}\n\nR:${typed.R}`
  await expect.poll(() => site.data.content(scene.note), { timeout: 20_000 }).toBe(whole)
  for (const tab of [first, second]) await expect(tab.app.content).toHaveValue(whole, { timeout: 20_000 })
  process.stdout.write(`tabs: of ${flights} times that a tab went on typing, ${drafts} left a draft\n`)
  expect(drafts, 'letters came when control was gone').toBeGreaterThan(0)
  expect(scene.monitor.now.right.epoch, 'control went back and forth').toBeGreaterThanOrEqual(times)
  expect(scene.monitor.judge.faults).toEqual([])
})
