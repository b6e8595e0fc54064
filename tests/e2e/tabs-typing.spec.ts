import { within } from '../chaos/limit.ts'
import { expect, test } from '../tabs/fixture.ts'
import type { Scene } from '../tabs/scene.ts'
import type { Tab } from '../tabs/tab.ts'
import { storedField } from './support/store.ts'
import { asked, banner } from './support/tabs.ts'

const LIMIT = 20_000
/** A tab that does not answer for so long is overtaken, and says nothing of its caret; ms. */
const ANSWERS = 1300
/** How long a tab hangs that is to be overtaken, ms. */
const HANGS = 2500
const HELD = 2000
const ROUNDS = 6
/** Double letters and double spaces: of two alike none may go. */
const SAID = 'the bookkeeper fell off  a hill and  added oddly '
const MOST = 400
/** A key is held down so long, ms. */
const KEY = 40

type Range = readonly [start: number, end: number]

/** The text, also behind a dialog, where it has no name. */
const field = (tab: Tab) => tab.page.locator('#content')

const rangeIn = (tab: Tab, where = field(tab)): Promise<Range> =>
  where.evaluate(
    (text: HTMLTextAreaElement) => [text.selectionStart, text.selectionEnd] as const,
    undefined,
    { timeout: LIMIT },
  )

/** As a person selects it, or puts the caret there. */
const select = (tab: Tab, [start, end]: Range, where = field(tab)): Promise<void> =>
  where.evaluate(
    (text: HTMLTextAreaElement, [start, end]) => {
      text.focus()
      text.setSelectionRange(start, end)
    },
    [start, end] as const,
    { timeout: LIMIT },
  )

const presses = (tab: Tab, key: string, delay = 0): Promise<void> =>
  within(LIMIT, `a key in ${tab.name}`, tab.page.keyboard.press(key, { delay }))

const types = (tab: Tab, text: string): Promise<void> =>
  within(LIMIT, `typing in ${tab.name}`, tab.page.keyboard.type(text))

/** Presses a button as a person does, who has the focus on it from then on. */
const click = (tab: Tab, where: 'banner' | 'dialog'): Promise<void> =>
  (where === 'banner' ? banner : asked)(tab.app)
    .getByRole('button', { name: 'Take control' })
    .click({ timeout: LIMIT })

/** As with the thumb on a screen, or in a program that reads it aloud: the focus stays where it is. */
const answer = (tab: Tab): Promise<void> =>
  asked(tab.app).getByRole('button', { name: 'Take control' }).dispatchEvent('click', {}, { timeout: LIMIT })

async function hasControl(scene: Scene, tab: Tab): Promise<void> {
  const waited = await scene.monitor.until(LIMIT, ({ right }) => right.active === tab.session)
  expect(waited, `${tab.name} may write`).not.toBeNull()
}

async function mayWrite(tab: Tab): Promise<void> {
  await expect(field(tab)).not.toHaveAttribute('aria-readonly', 'true', { timeout: LIMIT })
}

async function isReadOnly(tab: Tab): Promise<void> {
  await expect(field(tab)).toHaveAttribute('aria-readonly', 'true', { timeout: LIMIT })
}

/** Waits for the record; what is there instead is told with all drafts and fields. */
async function stored(scene: Scene, what: string, so: (text: string) => boolean): Promise<void> {
  if ((await scene.monitor.until(LIMIT, ({ text }) => so(text))) !== null) return
  const { text, drafts } = scene.monitor.now
  const fields = await Promise.all(scene.tabs.map((tab) => tab.shown()))
  throw new Error(`Not ${what}: ${JSON.stringify({ text, drafts, fields })}`)
}

/** Letter after letter, until it is so and some more. */
async function goesOnTyping(tab: Tab, until: () => boolean): Promise<string> {
  let typed = ''
  for (let more = 6; more > 0; ) {
    if (until()) more--
    if (typed.length > MOST) throw new Error(`${tab.name} typed on in vain.`)
    const letter = SAID.charAt(typed.length % SAID.length)
    await presses(tab, letter, KEY)
    typed += letter
  }
  return typed
}

/** The letters that its field has taken since it was last asked. */
const took = (tab: Tab): Promise<string> => {
  const letters = tab.page.evaluate(() => {
    const taken = globalThis.pawkitTaken ?? ''
    globalThis.pawkitTaken = ''
    return taken
  })
  return within(LIMIT, `reading what ${tab.name} took`, letters)
}

/** The letters that have come at the caret. */
function come(before: string, at: number, now: string, what: string): string {
  const letters = now.slice(at, at + now.length - before.length)
  expect(before.slice(0, at) + letters + before.slice(at), what).toBe(now)
  return letters
}

test('P7 Take control while somebody types: what the field took is in the record, what comes later is asked for, the caret comes along', {
  tag: '@long',
}, async ({ scene: start }) => {
  test.setTimeout(ROUNDS * 30_000)
  const scene = await start({ account: null, content: 'first line' })
  let [writer, taker] = [scene.first, await scene.open('window')]
  const found = { typed: 0, stored: 0, drafted: 0, held: 0, carets: 0 }
  await select(writer, [5, 5])
  for (let round = 0; round < ROUNDS; round++) {
    const { text: before } = scene.monitor.now
    await expect(field(writer)).toHaveValue(before)
    const [at] = await rangeIn(writer)
    await took(writer)
    const typing = goesOnTyping(writer, () => scene.monitor.now.right.active === taker.session)
    await stored(scene, 'begun', (text) => text.length > before.length + 5 * round)
    const pressed = Date.now()
    await click(taker, 'banner')
    await hasControl(scene, taker)
    const isLive = scene.monitor.now.at - pressed < ANSWERS
    const typed = await typing
    await expect.poll(() => writer.transactions(), { timeout: LIMIT }).toBe(0)
    await scene.monitor.until(LIMIT, () => true)
    const taken = await took(writer)
    const kept = scene.monitor.now.text
    const begun = come(before, at, kept, 'nothing but letters at the caret')
    const drafted = scene.monitor.now.drafts.map((draft) => come(before, at, draft, 'the draft'))
    const had = [begun, ...drafted].sort((a, b) => b.length - a.length)[0] ?? ''
    expect(typed.startsWith(taken)).toBe(true)
    expect(had, 'all that the field took is in the record or in the draft').toBe(taken)
    expect(typed.startsWith(begun), 'in their order').toBe(true)
    expect(begun.length).toBeGreaterThan(5 * round)
    const later = typed.slice(taken.length)
    expect(later, 'it typed on').not.toBe('')
    await expect(asked(writer.app)).toBeVisible({ timeout: LIMIT })
    await expect(field(writer)).toHaveValue(kept)
    await expect(field(taker)).toHaveValue(kept)
    if (isLive) {
      expect(drafted, 'all is committed before control goes').toEqual([])
      await expect.poll(() => rangeIn(taker)).toEqual([at + begun.length, at + begun.length])
      await expect(taker.app.content).toBeFocused()
    } else await select(taker, [at + begun.length, at + begun.length])
    await presses(taker, '!')
    await stored(scene, 'the other’s letter', (text) => text.includes('!'))
    expect(come(before, at, scene.monitor.now.text, 'none unasked')).toBe(`${begun}!`)
    await click(writer, 'dialog')
    const whole = [`${typed}!`, `${begun}!${typed.slice(begun.length)}`].map(
      (letters) => before.slice(0, at) + letters + before.slice(at),
    )
    await stored(scene, whole.join(' or '), (text) => whole.includes(text))
    expect(scene.monitor.now.drafts).toEqual([])
    for (const tab of [writer, taker]) await expect(field(tab)).toHaveValue(scene.monitor.now.text)
    // Where nobody types the caret comes along too.
    const caret = await rangeIn(writer)
    await isReadOnly(taker)
    await click(taker, 'banner')
    await mayWrite(taker)
    await expect.poll(() => rangeIn(taker)).toEqual(caret)
    found.typed += typed.length
    found.stored += begun.length
    found.drafted += taken.length - begun.length
    found.held += later.length
    if (isLive) found.carets++
    ;[writer, taker] = [taker, writer]
  }
  process.stdout.write(`tabs: typed as control went ${JSON.stringify(found)}\n`)
  expect(found.carets, 'handed over').toBeGreaterThan(0)
  expect(scene.monitor.judge.faults).toEqual([])
})

test('P7 Take control takes a selected range along, in the text and in the title', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null, content: 'some words that are here' })
  let [writer, taker] = [scene.first, await scene.open('window')]
  const moves = async (name: 'content' | 'title', range: Range): Promise<void> => {
    // The one that takes control has been elsewhere.
    await select(taker, [20, 20])
    await select(writer, range, writer.app[name])
    await click(taker, 'banner')
    await mayWrite(taker)
    await expect(taker.app[name]).toBeFocused({ timeout: LIMIT })
    await expect.poll(() => rangeIn(taker, taker.app[name]), { timeout: LIMIT }).toEqual(range)
    await isReadOnly(writer)
    ;[writer, taker] = [taker, writer]
  }
  await moves('content', [5, 10])
  await moves('title', [0, 4])
  await types(writer, 'Few')
  await expect(taker.app.title).toHaveValue('Few tabs')
  await moves('content', [11, 15])
  await types(writer, 'all')
  await stored(scene, 'the range replaced', (text) => text === 'some words all are here')
  await moves('content', [0, 23])
  await moves('content', [23, 23])
  expect(scene.monitor.judge.faults).toEqual([])
})

const TEXT = '<A:>\n\n<B:>'
const partOf = (text: string, name: string): string | undefined =>
  new RegExp(`<${name}:([^<>]*)>`).exec(text)?.[1]

const WORDS = [
  ['hello', ' all', ' too', '\n\nsee'],
  ['bookkeeper\n\n', 'rr', 'ss  tt', 't\n\nt'],
  ['  ', '  off', 'ff', '\n\n\n'],
  ['aa', 'aaa', 'aa  aa', 'a'],
  ['ll\nl', 'l all  ', '  hill', 'll\nll'],
  ['add', 'ddd', 'dd', '\n\ndd'],
] as const

for (const held of [0, HELD])
  test(`P4 control goes back and forth, and each goes on typing at once behind letters that are a draft: all are there, in order${held ? ', everything heard late' : ''}`, {
    tag: '@long',
  }, async ({ scene: start }) => {
    test.setTimeout(60_000 + WORDS.length * 30_000)
    const scene = await start({ account: null, content: TEXT, held })
    const second = await scene.open('window')
    const pair = [
      { tab: second, name: 'B' },
      { tab: scene.first, name: 'A' },
    ] as const
    const typed = { A: '', B: '' }
    for (const { tab, name } of pair) {
      await select(tab, [TEXT.indexOf(`${name}:`) + 2, TEXT.indexOf(`${name}:`) + 2])
    }
    let drafts = 0
    for (const [turn, [lost, word, more, then]] of WORDS.entries()) {
      // A person's own keys, of which some may come to the question.
      const late = held ? lost.replaceAll('\n', '') : lost
      const [taker, loser] = turn % 2 ? [pair[1], pair[0]] : pair
      const hanging = held ? null : loser.tab.hang(HANGS, late)
      await taker.tab.bringToFront()
      // Its first letter asks; the rest is typed before anybody answers, the next as control is on its way.
      await types(taker.tab, word)
      await answer(taker.tab)
      await types(taker.tab, more)
      await expect(asked(taker.tab.app)).toBeHidden({ timeout: LIMIT })
      await types(taker.tab, then)
      await hasControl(scene, taker.tab)
      if (held) await types(loser.tab, late)
      await hanging
      typed[taker.name] += word + more + then
      await stored(
        scene,
        `“${typed[taker.name]}” of ${taker.name}`,
        (text) => partOf(text, taker.name) === typed[taker.name],
      )
      await isReadOnly(loser.tab)
      await mayWrite(taker.tab)
      await expect.poll(() => loser.tab.transactions(), { timeout: LIMIT }).toBe(0)
      await scene.monitor.until(LIMIT, () => true)
      if (scene.monitor.now.drafts.length > 0) drafts++
      const its = partOf(scene.monitor.now.text, loser.name)
      if (held) expect(its, 'none unasked').toBe(typed[loser.name])
      // On a busy machine it may be awake again before it has lost control.
      else expect([typed[loser.name], typed[loser.name] + late]).toContain(its)
      typed[loser.name] += late
    }
    process.stdout.write(`tabs: ${drafts} drafts in ${WORDS.length} turns\n`)
    expect(drafts, 'letters were refused').toBeGreaterThan(0)
    const last = WORDS.length % 2 ? pair[1] : pair[0]
    await last.tab.bringToFront()
    await types(last.tab, '.')
    await click(last.tab, 'dialog')
    const whole = `<A:${typed.A}${last.name === 'A' ? '.' : ''}>\n\n<B:${typed.B}${last.name === 'B' ? '.' : ''}>`
    await stored(scene, whole, (text) => text === whole)
    for (const { tab } of pair) await expect(field(tab)).toHaveValue(whole, { timeout: LIMIT })
    expect(scene.monitor.now.drafts).toEqual([])
    expect(scene.monitor.judge.faults).toEqual([])
  })

test('P7 a card too is written in one tab: an edit in the other asks, and is made only after Take control', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null })
  const { first } = scene
  const dialog = first.app.dialog('New card')
  await first.app.button('New card').click()
  await dialog.getByRole('textbox', { name: 'URL' }).fill('https://soup.example/')
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Soup')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await first.app.entry('Soup').click()
  await expect(first.app.title).toHaveValue('Soup')
  const { id } = first.app
  const second = await scene.open('window', new URL(first.page.url()).pathname)
  const title = (): Promise<unknown> =>
    within(LIMIT, 'a look at the card', storedField(scene.monitor.page, id, 'title'))
  await select(first, [4, 4], first.app.title)
  await types(first, ' of the day')
  await expect.poll(title, { timeout: LIMIT }).toBe('Soup of the day')
  await expect(second.app.title).toHaveValue('Soup of the day')
  const { right } = scene.monitor.now
  await select(second, [15, 15], second.app.title)
  await types(second, '!!')
  await expect(asked(second.app)).toBeVisible()
  // What the first writes meanwhile is stored; the edit is not.
  await types(first, ' and bread')
  await expect.poll(title, { timeout: LIMIT }).toBe('Soup of the day and bread')
  expect(scene.monitor.now.right, 'nobody took control').toEqual(right)
  await click(second, 'dialog')
  await expect.poll(title, { timeout: LIMIT }).toBe('Soup of the day!! and bread')
  await hasControl(scene, second)
  await expect(first.app.title).toHaveValue('Soup of the day!! and bread')
  await expect(first.app.title).toHaveAttribute('aria-readonly', 'true')
  // Viewing only, nothing is written.
  await types(first, '?')
  await expect(asked(first.app)).toBeVisible()
  await presses(first, 'Escape')
  await expect(asked(first.app)).toBeHidden()
  await types(second, '!')
  await expect.poll(title, { timeout: LIMIT }).toBe('Soup of the day!!! and bread')
  expect(scene.monitor.judge.faults).toEqual([])
})

test('P1 who presses Take control and types on at once, with the focus on the button, finds every letter in the record', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null, content: 'start' })
  const second = await scene.open('window')
  await select(second, [5, 5])
  // Control takes its time.
  const hanging = scene.first.hang(HANGS)
  await second.bringToFront()
  await types(second, ' all')
  await click(second, 'dialog')
  await types(second, ' bookkeepers  too')
  await hasControl(scene, second)
  await hanging
  await stored(scene, 'all of it', (text) => text === 'start all bookkeepers  too')
})

test('P1 line breaks and deletions that are typed while Another tab is editing is open are in the record too', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null, content: 'start' })
  const second = await scene.open('window')
  await select(second, [5, 5])
  await presses(second, ',')
  await expect(asked(second.app)).toBeVisible({ timeout: LIMIT })
  await types(second, ' all\n\ntop')
  await presses(second, 'Backspace')
  await types(second, 'o')
  await answer(second)
  await stored(scene, 'all of it', (text) => text === 'start, all\n\ntoo')
})
