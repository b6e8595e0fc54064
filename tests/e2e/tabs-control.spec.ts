import type { Page } from '@playwright/test'
import { App } from './support/app.ts'
import { axeFaults } from './support/axe.ts'
import { ADA } from './support/client.ts'
import { storedField } from './support/store.ts'
import { asked, banner, secondTab, takeControl } from './support/tabs.ts'
import { expect, test } from './support/test.ts'

/** The text behind a dialog, where it has no name. */
const behind = (app: App) => app.page.locator('#content')

const selection = (app: App): Promise<readonly [number, number]> =>
  app.content.evaluate((field: HTMLTextAreaElement) => [field.selectionStart, field.selectionEnd] as const)

test('P7 with two tabs one may write: both say so, and none does when one is left', async ({ devices }) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Two', 'text')
  await expect(banner(first)).toHaveCount(0)
  const second = await secondTab(context, `/notes/${id}`)

  await expect(banner(first)).toContainText('2 tabs')
  await expect(banner(first).getByRole('button')).toHaveCount(0)
  await expect(banner(second)).toContainText('2 tabs')
  await expect(second.content).toHaveAttribute('aria-readonly', 'true')
  await expect(first.content).not.toHaveAttribute('aria-readonly', 'true')

  await first.write(', more')
  await expect(second.content, 'what is written in one shows in the other').toHaveValue('text, more')
  await second.button('Sync status').click()
  await expect(second.figure('sessions')).toHaveText('2')
  const status = second.page.getByRole('region', { name: 'Sync status' })
  await expect(status).toContainText('(read-only)')
  await expect(status.getByRole('region', { name: 'Open tabs' }).getByRole('listitem')).toHaveText([
    /Another tab, writes here, in sight/,
    /This tab, read-only, in sight/,
  ])

  await first.page.close()
  await expect(banner(second)).toHaveCount(0)
  await expect(second.figure('sessions')).toHaveText('1')
  await expect(second.content).not.toHaveAttribute('aria-readonly', 'true', { timeout: 5000 })
  await second.write(' and more')
  await expect.poll(() => storedField(second.page, id, 'content')).toBe('text, more and more')

  const third = await secondTab(context, `/notes/${id}`)
  const session = await context.newCDPSession(second.page)
  // It never answers: the page is gone.
  void session.send('Page.crash').catch(() => {})
  await expect(third.content, 'a crash promotes too').not.toHaveAttribute('aria-readonly', 'true', {
    timeout: 5000,
  })
  await expect(banner(third)).toHaveCount(0)
  await third.write('!')
  await expect.poll(() => storedField(third.page, id, 'content')).toBe('text, more and more!')
})

test('a key in a read-only editor asks; after Take control it is typed at the caret, and the other tab is read-only', async ({
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Asked', 'onethree')
  const second = await secondTab(context, `/notes/${id}`)
  await expect(second.content).toHaveValue('onethree')
  const { keyboard } = second.page

  await second.content.click()
  await keyboard.press('Control+Home')
  for (let time = 0; time < 3; time++) await keyboard.press('ArrowRight')
  await keyboard.press('Control+a')
  await keyboard.press('Control+c')
  await keyboard.press('ArrowLeft')
  for (let time = 0; time < 3; time++) await keyboard.press('ArrowRight')
  await expect(asked(second), 'what changes no text asks nothing').toHaveCount(0)

  await keyboard.type('two')
  await expect(asked(second)).toBeVisible()
  await expect(behind(second)).toHaveValue('onethree')
  // Without a mouse: View only, Open in new tab, Take control.
  for (let time = 0; time < 3; time++) await keyboard.press('Tab')
  await expect(asked(second).getByRole('button', { name: 'Take control' })).toBeFocused()
  await keyboard.press('Enter')
  await expect(asked(second)).toBeHidden()
  await expect(second.content).toHaveValue('onetwothree')
  await expect(second.content).toBeFocused()
  await keyboard.type('!')
  await expect(first.content).toHaveValue('onetwo!three')
  await expect(first.content).toHaveAttribute('aria-readonly', 'true')
  await expect(banner(first)).toContainText('This tab is read-only')
})

test('the other tab goes while this one asks: the dialog goes too, and what was typed is written', async ({
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Left', 'text')
  const second = await secondTab(context, `/notes/${id}`)
  await expect(second.content).toHaveValue('text')
  await second.content.click()
  await second.page.keyboard.press('Control+End')
  await second.page.keyboard.press('!')
  await expect(asked(second)).toBeVisible()
  await second.page.keyboard.press('?')
  await first.page.close()
  await expect(asked(second)).toBeHidden()
  await expect(second.content).toBeFocused()
  await second.page.keyboard.type(' and on')
  await expect(second.content).toHaveValue('text!? and on')
  await expect.poll(() => storedField(second.page, id, 'content')).toBe('text!? and on')

  // A deletion waits for its person, who may have gone.
  const third = await secondTab(context, `/notes/${id}`)
  await third.button('Delete').click()
  await expect(asked(third)).toBeVisible()
  await second.page.close()
  await expect(behind(third)).not.toHaveAttribute('aria-readonly', 'true', { timeout: 5000 })
  await expect(asked(third)).toBeVisible()
  expect(await storedField(third.page, id, 'deleted')).not.toBe(true)
  await asked(third).getByRole('button', { name: 'Take control' }).click()
  await expect.poll(() => storedField(third.page, id, 'deleted')).toBe(true)
})

test('View only and Escape leave everything as it was', async ({ devices }) => {
  const context = await devices.context()
  const first = await App.open(context)
  await first.button('New collection').click()
  await first.dialog('New collection').getByRole('textbox', { name: 'Name' }).fill('Garden')
  await first.dialog('New collection').getByRole('button', { name: 'Save' }).click()
  const id = await first.newNote('Viewed', 'as it was')
  const second = await secondTab(context, `/notes/${id}`)
  for (const leave of ['button', 'Escape']) {
    await second.content.click()
    await second.page.keyboard.press('x')
    await expect(asked(second)).toBeVisible()
    if (leave === 'button') await asked(second).getByRole('button', { name: 'View only' }).click()
    else await second.page.keyboard.press('Escape')
    await expect(asked(second)).toBeHidden()
    await expect(second.content).toHaveValue('as it was')
    await expect(second.content).toBeFocused()
  }
  await second.button('Delete').click()
  await asked(second).getByRole('button', { name: 'View only' }).click()
  await expect(second.page).toHaveURL(`/notes/${id}`)
  expect(await storedField(second.page, id, 'deleted')).not.toBe(true)
  await second.button('Collections').click()
  const garden = second.page.getByRole('checkbox', { name: 'Garden' })
  await garden.click()
  await asked(second).getByRole('button', { name: 'View only' }).click()
  await second.button('Collections').click()
  await expect(garden, 'nothing looks written that was not').not.toBeChecked()
  await second.page.keyboard.press('Escape')
  await first.write('!')
  await expect(second.content).toHaveValue('as it was!')
})

async function drop(page: Page): Promise<void> {
  const dataTransfer = await page.evaluateHandle(() => {
    const data = new DataTransfer()
    data.setData('text/plain', 'two')
    return data
  })
  const content = page.getByRole('textbox', { name: 'Content' })
  const { x, y } = (await content.boundingBox()) ?? { x: 0, y: 0 }
  const style = await content.evaluate((field) => {
    const { paddingLeft, paddingTop, lineHeight } = getComputedStyle(field)
    return [paddingLeft, paddingTop, lineHeight].map(Number.parseFloat)
  })
  const [left = 0, top = 0, line = 0] = style
  // At the front of the first line, while the caret is at the end.
  await content.dispatchEvent('drop', { dataTransfer, clientX: x + left + 1, clientY: y + top + line / 2 })
}

/** Letters that stand in the field before they are chosen, which no page can hold back. */
async function compose(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  for (const text of ['に', 'にほ', 'にほん'])
    await session.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    })
  await session.send('Input.insertText', { text: '日本' })
}

test('cursor jumps: what comes in while a dialog is open moves no caret', async ({ devices }) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Caret', 'onethree')
  const second = await secondTab(context, `/notes/${id}`)
  await expect(second.content).toHaveValue('onethree')
  await second.content.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(3, 3))
  await second.content.focus()
  await second.page.keyboard.press('x')
  await expect(asked(second)).toBeVisible()
  for (const letter of 'ab') {
    await first.content.focus()
    await first.page.keyboard.press('Control+Home')
    await first.page.keyboard.type(letter)
    await expect(behind(second)).toHaveValue(new RegExp(`^${letter}`))
  }
  await asked(second).getByRole('button', { name: 'Take control' }).click()
  await expect(second.content).toHaveValue('baonexthree')
  expect(await selection(second)).toEqual([6, 6])
})

for (const [what, edit] of [
  ['paste', (page: Page) => page.keyboard.press('Control+v')],
  ['cut', (page: Page) => page.keyboard.press('Control+x')],
  ['Backspace', (page: Page) => page.keyboard.press('Control+Backspace')],
  ['Enter', (page: Page) => page.keyboard.press('Enter')],
  ['dropped text', drop],
  ['dictation', (page: Page) => page.keyboard.insertText('日本')],
  ['an input method', compose],
] as const) {
  test(`${what} asks in a read-only editor, and is made after Take control`, async ({ devices, site }) => {
    const context = await devices.context()
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: site.origin })
    const first = await App.open(context)
    const id = await first.newNote('Edited', 'keep this word')
    const second = await secondTab(context, `/notes/${id}`)
    await expect(second.content).toHaveValue('keep this word')
    await second.page.evaluate(() => navigator.clipboard.writeText('two\nlines'))
    await second.content.focus()
    await second.page.keyboard.press('Control+End')
    if (what === 'cut') await second.page.keyboard.press('Control+Shift+ArrowLeft')
    await edit(second.page)
    await expect(asked(second)).toBeVisible()
    await expect(behind(second)).toHaveValue('keep this word')
    await asked(second).getByRole('button', { name: 'Take control' }).click()
    const after = {
      paste: 'keep this wordtwo\nlines',
      cut: 'keep this ',
      Backspace: 'keep this ',
      Enter: 'keep this word\n',
      'dropped text': 'twokeep this word',
      dictation: 'keep this word日本',
      'an input method': 'keep this word日本',
    }[what]
    await expect(second.content).toHaveValue(after)
    await expect(first.content).toHaveValue(after)
  })
}

test('the buttons that write ask too, and do it after Take control', async ({ devices }) => {
  const context = await devices.context()
  const tabs = [await App.open(context)]
  const id = await tabs[0]?.newNote('Pinned', 'text')
  tabs.push(await secondTab(context, `/notes/${id}`))
  // Control goes back and forth: each next button is pressed in the tab that may not write.
  let turn = 0
  const next = (): App => tabs[++turn % 2] as App
  const take = async (app: App): Promise<void> => {
    await asked(app).getByRole('button', { name: 'Take control' }).click()
    await expect(asked(app)).toBeHidden()
  }
  let app = next()
  await app.button('Pin').click()
  await take(app)
  await expect(app.button('Pin')).toHaveAttribute('aria-pressed', 'true')
  app = next()
  await expect(banner(app)).toContainText('This tab is read-only')
  await app.page.getByRole('textbox', { name: 'Tags' }).pressSequentially('a, b')
  await take(app)
  await app.page.keyboard.press('Enter')
  await expect.poll(() => storedField(app.page, id ?? '', 'tags')).toEqual(['a', 'b'])
  app = next()
  await expect(banner(app)).toContainText('This tab is read-only')
  await app.button('New card').click()
  await take(app)
  await expect(app.dialog('New card')).toBeVisible()
  await app.dialog('New card').getByRole('textbox', { name: 'URL' }).fill('example.com')
  const other = next()
  await takeControl(other)
  await app.dialog('New card').getByRole('button', { name: 'Save' }).click()
  await take(app)
  await expect(app.dialog('New card')).toBeHidden()
  await expect(other.entry('example.com')).toBeVisible()
  await expect(banner(other)).toContainText('This tab is read-only')
  await other.button('New note').click()
  await take(other)
  await expect(other.title).toBeFocused()
  await other.page.keyboard.type('From here')
  await expect(app.entry('From here')).toBeVisible()
  await expect(banner(app)).toContainText('This tab is read-only')
  await app.button('Delete').click()
  await take(app)
  await expect(app.button('Undo')).toBeVisible()
  await expect(other.entry('Pinned')).toHaveCount(0)
})

test('P7 a card too is changed in one tab: an edit in the other asks, and is made only after Take control', async ({
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  await first.button('New card').click()
  const dialog = first.dialog('New card')
  await dialog.getByRole('textbox', { name: 'URL' }).fill('https://soup.example/')
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Soup')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await first.entry('Soup').click()
  await expect(first.title).toHaveValue('Soup')
  const { id } = first
  const second = await secondTab(context, new URL(first.page.url()).pathname)
  await first.title.focus()
  await first.page.keyboard.press('End')
  await first.page.keyboard.type(' of the day')
  await expect(second.title, 'what one writes shows in the other').toHaveValue('Soup of the day')

  await second.title.focus()
  await second.page.keyboard.press('End')
  await second.page.keyboard.type('!')
  await expect(asked(second)).toBeVisible()
  expect(await storedField(second.page, id, 'title')).toBe('Soup of the day')
  await asked(second).getByRole('button', { name: 'Take control' }).click()
  await expect.poll(() => storedField(second.page, id, 'title')).toBe('Soup of the day!')
  await expect(first.title).toHaveValue('Soup of the day!')
  await expect(first.title).toHaveAttribute('aria-readonly', 'true')
})

/** The texts of all drafts on this device. */
const draftTexts = (page: Page): Promise<string[]> =>
  page.evaluate(
    () =>
      new Promise<string[]>((done, fail) => {
        const opening = indexedDB.open('pawkit')
        opening.onerror = () => fail(opening.error)
        opening.onsuccess = () => {
          const got = opening.result.transaction('drafts').objectStore('drafts').getAll()
          got.onsuccess = () => {
            opening.result.close()
            done(got.result.map(({ typed }) => String(typed.content ?? '')))
          }
        }
      }),
  )

test('Take control during typing: every letter is in the record, caret, selection and scroll come along', async ({
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  const lines = Array.from({ length: 120 }, (_, index) => `line ${index}`).join('\n')
  const id = await first.newNote('Typing')
  await first.content.fill(lines)
  const second = await secondTab(context)
  await first.content.focus()
  await first.page.keyboard.press('Control+End')
  const typed = 'abcdefghijklmnopqrstuvwxyz'
  const typing = first.page.keyboard.type(typed, { delay: 15 })
  await takeControl(second)
  await typing
  await expect(second.page, 'it goes on in the record').toHaveURL(`/notes/${id}`)
  await expect(second.content).toBeFocused()
  const kept = await second.content.inputValue()
  const begun = kept.slice(lines.length)
  expect(kept).toBe(lines + typed.slice(0, begun.length))
  expect(begun.length, 'typing had begun').toBeGreaterThan(0)
  expect(await selection(second)).toEqual([kept.length, kept.length])
  const scrolled = (app: App) => app.page.locator('section.detail').evaluate((pane) => pane.scrollTop)
  expect(await scrolled(second)).toBeGreaterThan(1000)
  expect(await storedField(second.page, id, 'content')).toBe(kept)
  // What came after waits for an answer there, or was kept as a draft; none of it is in the record.
  await expect(behind(first)).toHaveValue(kept)
  await second.page.keyboard.type('!')
  await expect(behind(first)).toHaveValue(`${kept}!`)
  const take = asked(first).getByRole('button', { name: 'Take control' })
  const lost = async (): Promise<string> => {
    // Asked about letters that came after: they are made where the person says so, whenever the question comes.
    if (await take.isVisible()) await take.click()
    const texts = [await behind(first).inputValue(), ...(await draftTexts(first.page))]
    const kept = texts.map((text) => text.slice(lines.length)).join('')
    return [...typed].filter((letter) => !kept.includes(letter)).join('')
  }
  await expect.poll(lost, { message: 'the letters that are in no record and no draft' }).toBe('')
})

test('reload of the active tab keeps control; the one opened by window.open gets an id of its own', async ({
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Reloaded', 'text')
  const second = await secondTab(context, `/notes/${id}`)
  for (let time = 0; time < 3; time++) {
    await first.page.reload()
    await expect(banner(first)).toContainText('2 tabs')
    await expect(banner(first)).not.toContainText('This tab is read-only')
    await expect(banner(second)).toContainText('This tab is read-only')
  }
  const [page] = await Promise.all([
    context.waitForEvent('page'),
    first.page.evaluate(() => void window.open(location.href)),
  ])
  const copy = new App(page)
  await expect(banner(copy)).toContainText('3 tabs')
  await expect(banner(copy)).toContainText('This tab is read-only')
  await expect(banner(first)).not.toContainText('This tab is read-only')
  await first.write(' goes on')
  await expect(copy.content).toHaveValue('text goes on')
})

test('a page that goes into the cache while it still opens is no session there, and the same one when it is back', async ({
  devices,
}) => {
  const context = await devices.context()
  const old = await context.newPage()
  await old.goto('/nothing-here.txt')
  // An older tab keeps the library closed: the page cannot open.
  await old.evaluate(() => new Promise((open) => (indexedDB.open('pawkit', 1).onsuccess = open)))
  const page = await context.newPage()
  await page.goto('/')
  const sessions = (): Promise<string[]> =>
    old.evaluate(async () => {
      const { held = [] } = await navigator.locks.query()
      return held.flatMap(({ name }) => (name?.startsWith('pawkit-session:') ? [name] : []))
    })
  await expect.poll(sessions).toHaveLength(1)
  const [session] = await sessions()
  const moves = (type: string): Promise<boolean> =>
    page.evaluate((type) => dispatchEvent(new PageTransitionEvent(type, { persisted: true })), type)
  await moves('pagehide')
  await expect.poll(sessions).toEqual([])
  await moves('pageshow')
  await expect.poll(sessions).toEqual([session])
})

test('the setting: a tab that is opened and focused takes control by itself', async ({ devices }) => {
  const context = await devices.context()
  const first = await App.open(context, '/settings')
  const choice = first.page.getByRole('checkbox', { name: 'Take control when a tab is focused' })
  await expect(choice, 'as it comes, a tab asks').not.toBeChecked()
  await choice.check()
  const second = await App.open(context)
  await expect(banner(second)).toContainText('You write in this one')
  await expect(banner(first)).toContainText('This tab is read-only')
  await expect(second.page, 'nobody asked to go anywhere').toHaveURL('/')
  await first.page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(banner(second)).toContainText('This tab is read-only')
  await expect(banner(first)).not.toContainText('This tab is read-only')
})

test('the setting: who clicks into a field of the tab that takes control stays in it', async ({
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context, '/settings')
  await first.page.getByRole('checkbox', { name: 'Take control when a tab is focused' }).check()
  const id = await first.newNote('Two', 'text')
  const second = await App.open(context, `/notes/${id}`)
  await expect(banner(first)).toContainText('This tab is read-only')
  await second.content.focus()
  const search = first.page.getByRole('searchbox', { name: 'Search' })
  await search.evaluate((field) => {
    field.focus()
    window.dispatchEvent(new Event('focus'))
  })
  await first.page.keyboard.type('soup')
  await expect(banner(first)).toContainText('You write in this one')
  await first.page.keyboard.type(' of the day')
  await expect(search).toHaveValue('soup of the day')
  await expect(first.content).toHaveValue('text')
})

test('Open in new tab opens the record in a tab that takes control', async ({ devices }) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Opened', 'text')
  const second = await secondTab(context, `/notes/${id}`)
  await second.button('Pin').click()
  const [page] = await Promise.all([
    context.waitForEvent('page'),
    asked(second).getByRole('button', { name: 'Open in new tab' }).click(),
  ])
  const third = new App(page)
  await expect(page).toHaveURL(`/notes/${id}`)
  await expect(banner(third)).toContainText('3 tabs')
  await expect(banner(third)).not.toContainText('This tab is read-only')
  await expect(banner(first)).toContainText('This tab is read-only')
  await expect(third.content).toHaveValue('text')
  await third.write(' from the third')
  await expect(first.content).toHaveValue('text from the third')
  await first.page.close()
  await second.page.close()
  await expect(banner(third)).toHaveCount(0)
})

test('P1 Open in new tab: what was typed to get there waits in it as a draft', async ({ devices }) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Opened', 'text')
  const second = await secondTab(context, `/notes/${id}`)
  await expect(second.content).toHaveValue('text')
  await second.content.focus()
  await second.page.keyboard.press('End')
  await second.page.keyboard.type(' xyz')
  const [page] = await Promise.all([
    context.waitForEvent('page'),
    asked(second).getByRole('button', { name: 'Open in new tab' }).click(),
  ])
  const third = new App(page)
  await expect(third.content).toHaveValue('text')
  await third.button('Take in').click()
  await expect(third.content).toHaveValue('text xyz')
  await expect(second.content).toHaveValue('text xyz')
  await expect(first.content).toHaveValue('text xyz')
  await expect(second.button('Take in')).toHaveCount(0)
  await expect(second.content, 'it asks again').toHaveAttribute('aria-readonly', 'true')

  // Tags too.
  await second.page.getByRole('textbox', { name: 'Tags' }).click()
  await second.page.keyboard.type('soup')
  const [another] = await Promise.all([
    context.waitForEvent('page'),
    asked(second).getByRole('button', { name: 'Open in new tab' }).click(),
  ])
  const fourth = new App(another)
  const tags = second.page.getByRole('textbox', { name: 'Tags' })
  await fourth.button('Take in').click()
  await expect(fourth.page.getByRole('textbox', { name: 'Tags' })).toHaveValue('soup')
  await expect(tags).toHaveValue('soup')
  // A read-only field shows every change at once, also while somebody is in it.
  await tags.focus()
  await fourth.page.getByRole('textbox', { name: 'Tags' }).fill('soup, bread')
  await fourth.page.keyboard.press('Enter')
  await expect(tags).toHaveValue(/bread/)
})

test('P1 the page goes with the question open: what was typed is a draft, in it and in the other tab', async ({
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Gone', 'text')
  const second = await secondTab(context, `/notes/${id}`)
  await expect(second.content).toHaveValue('text')
  await second.content.focus()
  await second.page.keyboard.press('End')
  await second.page.keyboard.type(' xyz')
  await expect(asked(second)).toBeVisible()
  await second.page.reload()
  await expect(second.button('Take in')).toBeVisible()
  await expect(asked(second)).toBeHidden()
  await first.button('Take in').click()
  for (const app of [first, second]) await expect(app.content).toHaveValue('text xyz')
})

test('an Undo that asks for control and is left is offered again', async ({ devices }) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Binned', 'text')
  const second = await secondTab(context, `/notes/${id}`)
  await first.button('Delete').click()
  await expect(first.button('Undo')).toBeVisible()
  await takeControl(second)
  await expect(banner(first)).toContainText('This tab is read-only')
  await first.page.keyboard.press('Control+z')
  await asked(first).getByRole('button', { name: 'View only' }).click()
  expect(await storedField(first.page, id, 'deleted')).toBe(true)
  await first.button('Undo').click()
  await asked(first).getByRole('button', { name: 'Take control' }).click()
  await expect.poll(() => storedField(first.page, id, 'deleted')).toBe(false)
})

/**
 * Another tab has taken control, unheard, as this one is written in: so it is with one that slept and woke.
 * @param then in the same task, for the page looks every 2 s who may write: it hears of that, or Enter is pressed
 */
async function typeFenced(
  first: App,
  second: App,
  text: string,
  field = first.content,
  then: 'told' | 'Enter' | null = null,
): Promise<void> {
  const active = await second.page.evaluate(() => sessionStorage.getItem('pawkit-session'))
  await field.focus()
  await field.evaluate(
    (element, [active, text, then]) =>
      new Promise<void>((done) => {
        const opening = indexedDB.open('pawkit')
        opening.onsuccess = () => {
          const tx = opening.result.transaction('session', 'readwrite')
          const store = tx.objectStore('session')
          const got = store.get('session')
          got.onsuccess = () => store.put({ ...got.result, active, epoch: got.result.epoch + 1 })
          tx.oncomplete = () => {
            document.execCommand('insertText', false, text)
            opening.result.close()
            if (then === 'told') new BroadcastChannel('pawkit').postMessage({ v: 1, type: 'right-changed' })
            if (then === 'Enter') element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))
            done()
          }
        }
      }),
    [active, text, then] as const,
  )
}

test('P7 what a tab wrote that had lost control is in no record: offered as a draft, taken in or given up', async ({
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  await first.signUp(ADA)
  const id = await first.newNote('Draft', 'one line\nanother line')
  const second = await secondTab(context, `/notes/${id}`)
  await expect(second.content).toHaveValue('one line\nanother line')
  await first.content.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(3, 3))

  await typeFenced(first, second, ' long')
  await expect(first.page.getByRole('alert').filter({ hasText: 'kept as a draft' }).first()).toBeVisible()
  await expect(first.content, 'it shows the record').toHaveValue('one line\nanother line')
  await expect(first.content).toHaveAttribute('aria-readonly', 'true')
  await expect(second.content).not.toHaveAttribute('aria-readonly', 'true')
  await second.content.focus()
  await second.page.keyboard.press('Control+End')
  await second.page.keyboard.type('!')

  await second.button('Sync status').click()
  const drafts = second.page.getByRole('region', { name: 'Drafts' })
  await expect(drafts.getByRole('listitem')).toContainText(['one long line'])
  await drafts.getByRole('button', { name: 'Take in' }).click()
  await expect(drafts).toBeHidden()
  for (const app of [first, second]) await expect(app.content).toHaveValue('one long line\nanother line!')
  await expect(first.page.getByRole('button', { name: 'Take in' })).toHaveCount(0)

  await takeControl(first)
  await typeFenced(first, second, 'lost')
  await expect(drafts.getByRole('listitem')).toHaveCount(1)
  const dialog = await first.askToSignOut()
  await expect(dialog).toContainText('1 draft')
  await first.page.keyboard.press('Escape')
  await drafts.getByRole('button', { name: 'Discard' }).click()
  await second.dialog('Discard draft').getByRole('button', { name: 'Cancel' }).click()
  await expect(drafts.getByRole('listitem')).toHaveCount(1)
  await drafts.getByRole('button', { name: 'Discard' }).click()
  await second.dialog('Discard draft').getByRole('button', { name: 'Discard' }).click()
  await expect(drafts).toBeHidden()
  expect(await storedField(second.page, id, 'content')).not.toContain('lost')

  // Tags too; and who wants to view only is asked once.
  await takeControl(first)
  const tags = first.page.getByRole('textbox', { name: 'Tags' })
  await typeFenced(first, second, 'soup', tags, 'Enter')
  await asked(first).getByRole('button', { name: 'View only' }).click()
  await expect(tags).toHaveValue('')
  await first.content.click()
  await expect(drafts.getByRole('listitem')).toContainText(['soup'])
  await expect(asked(first)).toBeHidden()
  await drafts.getByRole('button', { name: 'Take in' }).click()
  await expect(tags).toHaveValue('soup')
})

test('P7 tags that were half typed when a tab hears that it has lost control are a draft', async ({
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Tags', 'text')
  const second = await secondTab(context, `/notes/${id}`)
  await second.button('Sync status').click()
  const tags = first.page.getByRole('textbox', { name: 'Tags' })
  await typeFenced(first, second, 'soup', tags, 'told')
  const drafts = second.page.getByRole('region', { name: 'Drafts' })
  await expect(drafts.getByRole('listitem')).toContainText(['soup'])
  await expect(tags, 'it shows the record').toHaveValue('')
  await expect(asked(first), 'nobody is asked for what nobody does').toBeHidden()
})

for (const [window, viewport] of [
  ['desktop', { width: 1280, height: 800 }],
  ['phone', { width: 390, height: 780 }],
] as const) {
  test(`banner, dialog, tabs, drafts and setting are clean for axe, nothing jumps: ${window}`, {
    tag: '@long',
  }, async ({ devices }) => {
    test.slow()
    const context = await devices.context({ viewport, reducedMotion: 'reduce' })
    const first = await App.open(context)
    if (window === 'phone') await first.button('New').click()
    const id = await first.newNote('Looked at', 'Some text.\n\nAnd some more of it.')
    const before = await first.content.boundingBox()
    const second = await secondTab(context, `/notes/${id}`)
    await expect(banner(first)).toContainText('2 tabs')
    if (window === 'desktop') expect((await first.content.boundingBox())?.y).toBe(before?.y)
    const found: string[] = []
    const look = async (app: App, where: string): Promise<void> => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await app.page.emulateMedia({ colorScheme })
        await app.page.screenshot({ path: test.info().outputPath(`${where}-${colorScheme}.png`) })
      }
      found.push(...(await axeFaults(app.page, where)))
    }
    await look(first, 'active')
    await look(second, 'read-only')
    await second.content.focus()
    await second.page.keyboard.press('x')
    await expect(asked(second)).toBeVisible()
    await look(second, 'asked')
    await second.page.keyboard.press('Escape')
    await typeFenced(first, second, 'typed in vain')
    await expect(first.page.getByRole('alert').first()).toBeVisible()
    await look(first, 'draft')
    if (window === 'phone') await second.page.goto('/')
    await second.button('Sync status').click()
    await expect(second.page.getByRole('region', { name: 'Drafts' })).toBeVisible()
    await look(second, 'status')
    await second.page.goto('/settings')
    await second.page.getByRole('checkbox', { name: 'Take control when a tab is focused' }).check()
    await second.page.getByRole('checkbox').first().scrollIntoViewIfNeeded()
    await look(second, 'settings')
    await second.page.reload()
    await expect(
      second.page.getByRole('checkbox', { name: 'Take control when a tab is focused' }),
    ).toBeChecked()
    expect(found).toEqual([])
  })
}
