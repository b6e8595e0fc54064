import type { Locator } from '@playwright/test'
import { POLICY_ROWS } from '../../src/ui/policy-words.ts'
import { App } from './support/app.ts'
import { axeFaults } from './support/axe.ts'
import { BEFORE, clashOn, HERE, THERE } from './support/clash.ts'
import { ADA } from './support/client.ts'
import { storedField } from './support/store.ts'
import { expect, test } from './support/test.ts'

const WINDOWS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 780 } } as const

const openDialog = async (app: App) => {
  await app.page.locator('pawkit-record-bar').getByRole('button', { name: 'Resolve conflict' }).click()
  const dialog = app.dialog('Resolve conflict')
  await expect(dialog).toBeVisible()
  return dialog
}

for (const window of ['desktop', 'phone'] as const) {
  test(`P4 the merge editor by keyboard alone: ${window}`, async ({ site, devices }) => {
    const { app, id } = await clashOn(site, devices, {
      viewport: WINDOWS[window],
      reducedMotion: 'reduce',
    })
    const { page } = app
    const { keyboard } = page
    const dialog = app.dialog('Resolve conflict')
    await expect(dialog, 'it never opens by itself').toHaveCount(0)
    const opener = page.locator('pawkit-record-bar').getByRole('button', { name: 'Resolve conflict' })
    await expect(opener).toHaveAccessibleDescription('Weekend')
    await opener.focus()
    await keyboard.press('Enter')
    await expect(dialog).toBeVisible()

    /** On with Tab, as somebody who sees only what has the focus. */
    const tabTo = async (name: string, description?: string): Promise<void> => {
      const wanted = dialog.getByRole('button', { name, exact: true })
      const target = description ? wanted.and(page.locator(`[aria-description="${description}"]`)) : wanted
      for (let steps = 0; steps < 30; steps++) {
        await keyboard.press('Tab')
        if (
          await target.evaluate((element) => (element.getRootNode() as ShadowRoot).activeElement === element)
        )
          return
      }
      throw new Error(`Tab does not lead to ${name} ${description ?? ''}`)
    }
    await tabTo('Merge both')
    await keyboard.press('Enter')
    const text = dialog.getByRole('textbox', { name: 'Merged text' })
    await expect(text).toBeVisible()
    await expect(dialog.getByRole('group', { name: 'Block 1 of 2' })).toBeVisible()
    await tabTo('Take mine', 'Block 1 of 2')
    await keyboard.press('Space')
    await expect(dialog.getByRole('button', { name: 'Take mine' }).first()).toHaveAttribute(
      'aria-pressed',
      'true',
    )
    await tabTo('Take theirs', 'Block 2 of 2')
    await keyboard.press('Space')

    // Into the text, and out of it again with Escape and Tab; the dialog stays.
    for (let steps = 0; steps < 5; steps++) {
      await keyboard.press('Tab')
      if (await text.evaluate((element) => (element.getRootNode() as ShadowRoot).activeElement === element))
        break
    }
    await expect(text).toBeFocused()
    // A choice is undone and done again as what one types is.
    const second = dialog.getByRole('group', { name: 'Block 2 of 2' })
    await keyboard.press('Control+z')
    await expect(second.getByRole('button', { name: 'Take both' })).toHaveAttribute('aria-pressed', 'true')
    await keyboard.press('Control+y')
    await expect(second.getByRole('button', { name: 'Take theirs' })).toHaveAttribute('aria-pressed', 'true')
    await keyboard.press('Control+End')
    await keyboard.type(' and more')
    await keyboard.press('Escape')
    await keyboard.press('Tab')
    await expect(text).not.toBeFocused()
    await expect(dialog).toBeVisible()
    await tabTo('Preview')
    await keyboard.press('Enter')
    await expect(dialog.getByRole('region', { name: 'Preview' })).toContainText('A line from here and more')
    await keyboard.press('Enter')
    await tabTo('Save merge')
    await keyboard.press('Enter')
    await expect(dialog).toBeHidden()

    const merged =
      'Buy oat milk\nCall the plumber\nBuy six eggs for Sunday\nSleep long\nPaint the old door blue\nWater the plants\nA line from here and more'
    await expect(app.content).toHaveValue(merged)
    await expect.poll(() => site.data.content(id)).toBe(merged)
    await expect(app.state).toHaveAttribute('data-sync-state', 'synced')
    await expect(
      page.locator('pawkit-record-bar').getByRole('button', { name: 'Resolve conflict' }),
    ).toHaveCount(0)
    await expect(app.notice('Weekend').last()).toContainText('merged version')
  })

  test(`axe finds nothing in what there is of conflicts: ${window}, light and dark`, {
    tag: '@long',
  }, async ({ site, devices }) => {
    test.slow()
    const said: string[] = []
    const { app } = await clashOn(site, devices, { viewport: WINDOWS[window], reducedMotion: 'reduce' })
    const { page } = app
    page.on('console', (message) => {
      if (message.type() === 'error' || message.text().includes('Content Security Policy'))
        said.push(message.text())
    })
    page.on('pageerror', (error) => said.push(error.message))
    const found = await axeFaults(page, 'editor')
    const dialog = await openDialog(app)
    found.push(...(await axeFaults(page, 'compare')))
    await dialog.getByRole('button', { name: 'Merge both' }).click()
    await expect(dialog.getByRole('textbox', { name: 'Merged text' })).toBeVisible()
    found.push(...(await axeFaults(page, 'merge, both taken')))
    await dialog.getByRole('button', { name: 'Take mine' }).first().click()
    found.push(...(await axeFaults(page, 'merge, mine taken')))
    await dialog.getByRole('combobox', { name: 'Compared with' }).selectOption('Before both changes')
    await dialog.getByRole('textbox', { name: 'Merged text' }).focus()
    found.push(...(await axeFaults(page, 'merge, in the text')))
    await dialog.getByRole('button', { name: 'Preview' }).click()
    found.push(...(await axeFaults(page, 'preview')))
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await page.goto('/')
    await expect(app.entry('Weekend')).toBeVisible()
    found.push(...(await axeFaults(page, 'library')))
    await page.getByRole('button', { name: 'Sync status' }).click()
    await expect(page.getByRole('region', { name: 'Open conflicts' })).toBeVisible()
    found.push(...(await axeFaults(page, 'open conflicts')))
    await page.goto('/settings')
    await expect(page.getByRole('group', { name: 'Deleted here, edited there' })).toBeVisible()
    found.push(...(await axeFaults(page, 'settings')))
    expect(found).toEqual([])
    expect(said, 'CodeMirror keeps to the content security policy').toEqual([])
  })
}

test('both versions stand side by side on a desktop and one under the other on a phone, with what changed marked', async ({
  site,
  devices,
}) => {
  // Nothing is on its way to its place while places are compared.
  const { app } = await clashOn(site, devices, { viewport: WINDOWS.desktop, reducedMotion: 'reduce' })
  const dialog = await openDialog(app)
  const mine = dialog.getByRole('group', { name: /^This device, today/ })
  const theirs = dialog.getByRole('group', { name: /^A program, you, today/ })
  await expect(mine.getByRole('insertion')).toHaveText(['six', 'green', 'A line from here'])
  await expect(mine.getByRole('deletion')).toHaveText(['ten', 'red'])
  await expect(theirs.getByRole('insertion')).toHaveText([/^oat\s*$/, 'twelve', 'blue'])
  const boxes = async () => {
    const [a, b] = [await mine.boundingBox(), await theirs.boundingBox()]
    if (!a || !b) throw new Error('one of the two is not shown')
    return { a, b }
  }
  const wide = await boxes()
  expect(wide.b.x).toBeGreaterThanOrEqual(wide.a.x + wide.a.width)
  expect(Math.abs(wide.a.y - wide.b.y)).toBeLessThan(2)
  await app.page.setViewportSize(WINDOWS.phone)
  const narrow = await boxes()
  expect(narrow.b.y).toBeGreaterThanOrEqual(narrow.a.y + narrow.a.height)
  const fits = () => dialog.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)
  expect(await fits()).toBe(true)
  await dialog.getByRole('button', { name: 'Merge both' }).click()
  await expect(dialog.getByRole('textbox', { name: 'Merged text' })).toBeVisible()
  expect(await fits()).toBe(true)
})

test('P4 keeping one version: the other device gets it, closing keeps the conflict for later, the focus returns, and a further change elsewhere is shown first', async ({
  site,
  devices,
}) => {
  const { app, id, edit } = await clashOn(site, devices)
  const dialog = await openDialog(app)
  await app.page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(
    app.page.locator('pawkit-record-bar').getByRole('button', { name: 'Resolve conflict' }),
  ).toBeFocused()
  await expect(app.state).toHaveAttribute('data-sync-state', 'conflict')
  expect(site.data.content(id)).toBe(THERE)

  // The badge and the list lead to it too.
  await expect(app.button('Sync status')).toHaveAccessibleDescription('1 conflict waits for you')
  await app.button('Sync status').click()
  const open = app.page.getByRole('region', { name: 'Open conflicts' })
  await expect(open.getByRole('listitem')).toHaveCount(1)
  await open.getByRole('button', { name: 'Resolve conflict' }).click()
  const theirs = dialog.getByRole('group', { name: /^A program, you, today/ })
  await expect(theirs).toContainText('twelve')
  await edit(THERE.replace('twelve', 'thirteen'))
  await expect(theirs).toContainText('thirteen')
  await expect(theirs).not.toContainText('twelve')
  await expect(dialog.getByRole('status')).toContainText('The other version has changed meanwhile')
  // It is a choice against what is shown by now, so that nothing asks once more.
  await dialog.getByRole('button', { name: 'Keep local version' }).click()
  await expect(dialog).toBeHidden()
  await expect.poll(() => site.data.content(id)).toBe(HERE)
  await expect(open).toHaveCount(0)
  await expect(app.figure('conflicts')).toHaveText('0')
})

test('P4 Use server version takes the other side, from the list', async ({ site, devices }) => {
  const { app, id } = await clashOn(site, devices)
  await app.page.goto('/')
  const entry = app.library.getByRole('listitem')
  await expect(entry).toHaveText(/^Weekend/)
  await entry.getByRole('button', { name: 'Resolve conflict' }).click()
  await app.dialog('Resolve conflict').getByRole('button', { name: 'Use server version' }).click()
  await app.entry('Weekend').click()
  await expect(app.content).toHaveValue(THERE)
  await expect(app.state).toHaveAttribute('data-sync-state', 'synced')
  expect(site.data.content(id)).toBe(THERE)
})

test('P4 a further change elsewhere while one merges is shown, and loses nothing of what was chosen and typed', async ({
  site,
  devices,
}) => {
  const { app, id, edit } = await clashOn(site, devices)
  const dialog = await openDialog(app)
  await dialog.getByRole('button', { name: 'Merge both' }).click()
  const text = dialog.getByRole('textbox', { name: 'Merged text' })
  await dialog.getByRole('button', { name: 'Take mine' }).first().click()
  await text.focus()
  await app.page.keyboard.press('Control+End')
  await app.page.keyboard.type(', typed')
  await edit(`${THERE.replace('twelve', 'thirteen')}`.replace('oat milk', 'oat milk, two of them'))
  await expect(dialog.getByRole('status')).toContainText('The other version has changed meanwhile')
  await expect(dialog.getByRole('group', { name: 'Block 1 of 2' })).toContainText('thirteen')
  await expect(dialog.getByRole('button', { name: 'Take mine' }).first()).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  await dialog.getByRole('button', { name: 'Take both' }).last().click()
  // Closing keeps what was begun as long as the page is there.
  await app.page.keyboard.press('Escape')
  await app.page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await openDialog(app)
  await dialog.getByRole('button', { name: 'Merge both' }).click()
  await dialog.getByRole('button', { name: 'Save merge' }).click()
  const merged =
    'Buy oat milk, two of them\nCall the plumber\nBuy six eggs for Sunday\nSleep long\nPaint the old door blue\nPaint the old door green\nWater the plants\nA line from here, typed'
  await expect.poll(() => site.data.content(id)).toBe(merged)
})

test('P1 P4 settled elsewhere while one merges: what was typed stays, beside the record as it is now, and is saved, copied or put off', async ({
  site,
  devices,
}) => {
  const { app, id, edit } = await clashOn(site, devices, {
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const { page } = app
  const { keyboard } = page
  const dialog = await openDialog(app)
  await dialog.getByRole('button', { name: 'Merge both' }).click()
  const text = dialog.getByRole('textbox', { name: 'Merged text' })
  await text.focus()
  await keyboard.press('Control+End')
  await keyboard.type(', and a paragraph')
  // The version that was refused is restored from history there: both sides say the same.
  await edit(HERE)
  await expect(dialog.getByRole('status')).toHaveText(
    'This conflict is settled meanwhile; what you wrote is still here.',
  )
  await expect(text, 'one types on').toBeFocused()
  await keyboard.type(' of my own')
  const now = dialog.getByRole('region', { name: 'As it is now' })
  await expect(now.getByRole('group', { name: 'Text as it is now' })).toHaveText(
    /^\s*Buy milk[\s\S]*Buy six eggs for Sunday[\s\S]*A line from here\s*$/,
  )
  expect(await axeFaults(page, 'settled meanwhile')).toEqual([])

  await dialog.getByRole('button', { name: 'Copy' }).click()
  await expect(dialog.getByRole('status')).toHaveText('What you wrote is copied.')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(
    'A line from here, and a paragraph of my own',
  )
  // A reload and Escape keep it.
  await page.reload()
  await expect(text).toContainText('and a paragraph of my own')
  await keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  const kept = page.getByRole('alert').filter({ hasText: 'What you wrote while merging' })
  await kept.getByRole('button', { name: 'Show' }).click()
  await expect(text).toContainText('and a paragraph of my own')

  const save = dialog.getByRole('button', { name: 'Save what I wrote' })
  await save.focus()
  await keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect.poll(() => site.data.content(id)).toContain('A line from here, and a paragraph of my own')
  await expect(app.state).toHaveAttribute('data-sync-state', 'synced')
  await page.reload()
  await expect(app.content).toHaveValue(/and a paragraph of my own/)
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('the merge editor opens offline, though it has never been opened before', async ({ site, devices }) => {
  const { app } = await clashOn(site, devices)
  await app.page.context().setOffline(true)
  await app.page.reload()
  await expect(app.content).toHaveValue(HERE)
  const dialog = await openDialog(app)
  await dialog.getByRole('button', { name: 'Merge both' }).click()
  await expect(dialog.getByRole('textbox', { name: 'Merged text' })).toBeVisible()
  await dialog.getByRole('button', { name: 'Save merge' }).click()
  await expect(dialog).toBeHidden()
  await expect(app.state).toHaveAttribute('data-sync-state', 'pending')
})

test('choices of the settings are kept, and do what they say: titles ask, and what was deleted here asks in the Trash', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const script = await site.signIn(ADA)
  const id = await script.createNote({ title: 'Rome', content: BEFORE })
  const gone = await script.createNote({ title: 'Old list', content: 'one' })
  await app.page.goto('/settings')
  const choice = (group: string) =>
    app.page.getByRole('group', { name: group }).getByRole('radio', { name: 'Always ask' })
  for (const { asks, choices } of POLICY_ROWS)
    for (const { says, example } of choices)
      await expect(
        app.page.getByRole('group', { name: asks }).getByRole('radio', { name: says }),
      ).toHaveAccessibleDescription(example)
  const groups = ['You changed it on another device too', 'Deleted here, edited there']
  for (const group of groups) await choice(group).check()
  await expect(app.notice('Saved on this device.')).toBeVisible()
  await app.page.reload()
  for (const group of groups) await expect(choice(group)).toBeChecked()
  await expect(choice('Deleted there, edited here')).not.toBeChecked()

  await app.page.goto(`/notes/${id}`)
  await expect(app.title).toHaveValue('Rome')
  await app.page.context().setOffline(true)
  await app.title.fill('Rome in May')
  await app.page.goto(`/notes/${gone}`)
  await app.button('Delete').click()
  await script.editNote(id, { title: 'Rome and Naples' })
  await script.editNote(gone, { content: 'one and two' })
  await app.page.context().setOffline(false)
  await expect(app.figure('conflicts')).toHaveText('2')

  await app.page.goto(`/notes/${id}`)
  const dialog = await openDialog(app)
  await dialog.getByRole('button', { name: 'Merge both' }).click()
  const title = dialog.getByRole('group', { name: 'Title' })
  await expect(title.getByRole('radio', { name: /This device/ })).toBeChecked()
  await title.getByRole('radio', { name: /This device/ }).focus()
  await app.page.keyboard.press('ArrowDown')
  await expect(title.getByRole('radio', { name: 'Rome and Naples' })).toBeChecked()
  await app.page.keyboard.press('ArrowUp')
  await expect(title.getByRole('radio', { name: /This device/ })).toBeChecked()
  await title.getByRole('textbox', { name: 'Title as it will be' }).fill('x'.repeat(1001))
  await expect(title.getByRole('radio', { name: 'Your own words' })).toBeChecked()
  await dialog.getByRole('button', { name: 'Save merge' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Title must be at most 1000 characters')
  await title.getByRole('textbox').fill('Rome, then Naples')
  await dialog.getByRole('button', { name: 'Save merge' }).click()
  await expect(dialog).toBeHidden()
  await expect
    .poll(() => site.data.records('note').find((note) => note.id === id)?.fields.title)
    .toBe('Rome, then Naples')

  await app.page.goto('/trash')
  const deleted = app.page.getByRole('list', { name: 'Deleted records' }).getByRole('listitem')
  await deleted.getByRole('button', { name: 'Resolve conflict' }).click()
  await expect(dialog).toContainText('“Old list” was deleted here and edited by a program.')
  await dialog.getByRole('button', { name: 'Use server version' }).click()
  // Behind an open dialog the list counts as empty.
  await expect(dialog).toBeHidden()
  await expect(deleted).toHaveCount(0)
  await app.page.goto(`/notes/${gone}`)
  await expect(app.content).toHaveValue('one and two')
})

test('P4 tags that differ are in the merge too: what is unticked there goes, what came elsewhere stays', async ({
  site,
  devices,
}) => {
  const { app, id } = await clashOn(site, devices, { reducedMotion: 'reduce' })
  const tags = app.page.getByRole('textbox', { name: 'Tags' })
  const tagsThere = () => site.data.records().find((record) => record.id === id)?.fields.tags
  await tags.fill('home, garden')
  await tags.press('Enter')
  await expect.poll(() => storedField(app.page, id, 'tags')).toEqual(['home', 'garden'])
  const dialog = await openDialog(app)
  await dialog.getByRole('button', { name: 'Merge both' }).click()
  const group = dialog.getByRole('group', { name: 'Tags' })
  await expect(group.getByRole('checkbox')).toHaveCount(2)
  await expect(group.getByRole('checkbox', { name: /^garden/ })).toBeChecked()
  await expect(group).toContainText('only on this device')
  await group.getByRole('checkbox', { name: /^garden/ }).uncheck()
  await group.getByRole('textbox', { name: 'More tags' }).fill('spring')
  await group.getByRole('textbox', { name: 'More tags' }).press('Tab')
  await expect(group.getByRole('checkbox', { name: 'spring' })).toBeChecked()
  expect(await axeFaults(app.page, 'tags in the merge editor')).toEqual([])
  await dialog.getByRole('button', { name: 'Save merge' }).click()
  await expect(dialog).toBeHidden()
  await app.synced()
  await expect.poll(() => tagsThere()).toEqual(['home', 'spring'])
})

test('P4 both of a block, and tags, by keyboard alone', { tag: '@long' }, async ({ site, devices }) => {
  const { app, id } = await clashOn(site, devices, { reducedMotion: 'reduce' })
  const { keyboard } = app.page
  const tags = app.page.getByRole('textbox', { name: 'Tags' })
  await tags.fill('home, garden')
  await tags.press('Enter')
  await expect.poll(() => storedField(app.page, id, 'tags')).toEqual(['home', 'garden'])
  const dialog = await openDialog(app)
  const tabTo = async (wanted: Locator): Promise<void> => {
    for (let steps = 0; steps < 40; steps++) {
      await keyboard.press('Tab')
      if (await wanted.evaluate((one) => (one.getRootNode() as ShadowRoot).activeElement === one)) return
      // The text keeps Tab for itself until Escape.
      const text = dialog.getByRole('textbox', { name: 'Merged text' })
      if ((await text.count()) > 0 && (await text.evaluate((one) => one.matches(':focus'))))
        await keyboard.press('Escape')
    }
    throw new Error(`Tab does not lead to ${wanted}`)
  }
  await tabTo(dialog.getByRole('button', { name: 'Merge both' }))
  await keyboard.press('Enter')
  const take = (which: string, block: string) =>
    dialog.getByRole('group', { name: block }).getByRole('button', { name: which })
  await expect(take('Take both', 'Block 1 of 2')).toBeVisible()
  await tabTo(take('Take theirs', 'Block 1 of 2'))
  await keyboard.press('Space')
  await expect(take('Take theirs', 'Block 1 of 2')).toHaveAttribute('aria-pressed', 'true')
  await keyboard.press('Tab')
  await expect(take('Take both', 'Block 1 of 2')).toBeFocused()
  await keyboard.press('Space')
  await expect(take('Take both', 'Block 1 of 2')).toHaveAttribute('aria-pressed', 'true')
  const group = dialog.getByRole('group', { name: 'Tags' })
  await tabTo(group.getByRole('checkbox', { name: /^garden/ }))
  await keyboard.press('Space')
  await expect(group.getByRole('checkbox', { name: /^garden/ })).not.toBeChecked()
  await tabTo(group.getByRole('textbox', { name: 'More tags' }))
  await keyboard.type('spring')
  await tabTo(dialog.getByRole('button', { name: 'Save merge' }))
  await keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await app.synced()
  await expect
    .poll(() => site.data.records().find((record) => record.id === id)?.fields.tags)
    .toEqual(['home', 'spring'])
  // Of the first block the words of both.
  expect(site.data.content(id)).toMatch(/twelve[\s\S]*six|six[\s\S]*twelve/)
})
