import type { App } from '../e2e/support/app.ts'
import type { Dice } from './dice.ts'
import { type DeviceName, type Ledger, wordsIn } from './ledger.ts'
import { replaceIn } from './monitor.ts'

/** What one step of a person has at hand. */
export interface Step {
  readonly app: App
  readonly device: DeviceName
  readonly dice: Dice
  readonly ledger: Ledger
}

type Edit = (step: Step) => Promise<void>

/** Links that both devices come upon: a card of each is one card in the end. */
const SHARED = Array.from({ length: 8 }, (_, index) => `https://shared.example/${index}`)
const NEWEST = 25

/** Opens one of the newest records. @returns false when there is none */
async function openOne({ app, dice }: Step, path: string, named = false): Promise<boolean> {
  const links = app.library.locator(`a[href^="${path}"]`)
  const found = await links.evaluateAll((all) =>
    all.map((each) => ({ href: each.getAttribute('href') ?? '', text: each.textContent ?? '' })),
  )
  const one = dice.pick(found.slice(0, NEWEST).filter(({ text }) => !named || wordsIn(text).length > 0))
  if (!one) return false
  await app.library.locator(`a[href="${one.href}"]`).click()
  await app.page.waitForURL(`**${one.href}`)
  return true
}

const newNote: Edit = async ({ app, device, dice, ledger }) => {
  await app.newNote(ledger.newWord(device), dice.chance(0.5) ? ledger.newWord(device) : '')
}

/** At the beginning or the end, where the other device writes too. */
const type: Edit = async (step) => {
  const { app, device, dice, ledger } = step
  if (!dice.chance(0.5) && !(await openOne(step, '/notes/'))) return
  if (!(await app.content.isVisible())) return newNote(step)
  await app.content.focus()
  const end = dice.chance(0.6)
  await app.page.keyboard.press(end ? 'Control+End' : 'Control+Home')
  for (let many = dice.between(1, 4); many > 0; many--) {
    const word = ledger.newWord(device)
    const gap = dice.chance(0.3) ? '\n' : ' '
    await app.page.keyboard.type(end ? `${gap}${word}` : `${word}${gap}`)
  }
}

const retitle: Edit = async (step) => {
  const { app, device, ledger } = step
  if (!(await openOne(step, '/', true))) return
  const field = (await app.title.count()) > 0 ? app.title : app.page.getByRole('textbox', { name: 'Name' })
  ledger.removing(wordsIn(await field.inputValue()))
  await field.evaluate(replaceIn, ['all', ledger.newWord(device)] as const)
}

const cutLine: Edit = async (step) => {
  const { app } = step
  if (!(await openOne(step, '/notes/'))) return
  await app.content.evaluate(replaceIn, ['last-line', ''] as const)
}

const newCard: Edit = async ({ app, device, dice, ledger }) => {
  const shared = dice.chance(0.4)
  const word = ledger.newWord(device)
  await app.button('New card').click()
  const form = app.dialog('New card')
  await form
    .getByRole('textbox', { name: 'URL' })
    .fill(shared ? (dice.pick(SHARED) ?? '') : `https://${word}.example/`)
  if (!shared) await form.getByRole('textbox', { name: 'Title' }).fill(word)
  await form.getByRole('textbox', { name: 'Description' }).fill(ledger.newWord(device))
  await form.getByRole('button', { name: 'Save' }).click()
  const refused = form.getByText('in your library already')
  await Promise.race([form.waitFor({ state: 'hidden' }), refused.waitFor()])
  if (await refused.isVisible()) await form.getByRole('button', { name: 'Cancel' }).click()
}

const describeCard: Edit = async (step) => {
  const { app, device, ledger } = step
  if (!(await openOne(step, '/cards/'))) return
  const field = app.page.getByRole('textbox', { name: 'Description' })
  await field.focus()
  await app.page.keyboard.press('Control+End')
  await app.page.keyboard.type(` ${ledger.newWord(device)}`)
}

const tag: Edit = async (step) => {
  const { app, device, dice, ledger } = step
  if (!(await openOne(step, dice.chance(0.7) ? '/notes/' : '/cards/'))) return
  const field = app.page.getByRole('textbox', { name: 'Tags' })
  if (dice.chance(0.25)) {
    ledger.removing(wordsIn(await field.inputValue()))
    await field.fill('')
  } else {
    await field.focus()
    await app.page.keyboard.press('Control+End')
    await app.page.keyboard.type(`, ${ledger.newWord(device)},`)
  }
  await field.blur()
}

const pin: Edit = async (step) => {
  if (await openOne(step, step.dice.chance(0.7) ? '/notes/' : '/cards/')) await step.app.button('Pin').click()
}

const remove: Edit = async (step) => {
  // A link that both have stays: deleted before it was sent, it would just go where the other has it.
  if (await openOne(step, '/', true)) await step.app.button('Delete').click()
}

const restore: Edit = async ({ app }) => {
  if (await app.button('Undo').first().isVisible()) return app.button('Undo').first().click()
  await app.page.getByRole('link', { name: 'Trash' }).click()
  const first = app.page.getByRole('button', { name: 'Restore' }).first()
  if (await first.isVisible()) await first.click()
}

const newCollection: Edit = async ({ app, device, ledger }) => {
  await app.button('New collection').click()
  const form = app.dialog('New collection')
  await form.getByRole('textbox', { name: 'Name' }).fill(ledger.newWord(device))
  await form.getByRole('button', { name: 'Save' }).click()
  await form.waitFor({ state: 'hidden' })
}

const collect: Edit = async (step) => {
  const { app, dice } = step
  if (!(await openOne(step, dice.chance(0.7) ? '/notes/' : '/cards/'))) return
  await app.button('Collections').click()
  const boxes = app.page.getByRole('checkbox')
  const many = await boxes.count()
  if (many > 0) await boxes.nth(dice.between(0, many - 1)).click()
  await app.page.keyboard.press('Escape')
}

const EDITS: readonly (readonly [number, string, Edit])[] = [
  [10, 'new notes', newNote],
  [40, 'typing', type],
  [8, 'titles', retitle],
  [4, 'lines cut', cutLine],
  [8, 'new cards', newCard],
  [6, 'descriptions', describeCard],
  [7, 'tags', tag],
  [4, 'pins', pin],
  [5, 'deletions', remove],
  [5, 'restores', restore],
  [2, 'new collections', newCollection],
  [4, 'put into collections', collect],
]

/** What a person does next. */
export function nextEdit(dice: Dice): { readonly name: string; readonly run: Edit } {
  return dice.weighted(EDITS.map(([weight, name, run]) => [weight, { name, run }] as const))
}
