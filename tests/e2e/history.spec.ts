import type { Locator } from '@playwright/test'
import { App } from './support/app.ts'
import { axeFaults } from './support/axe.ts'
import { ADA, BEN } from './support/client.ts'
import { type Devices, expect, test } from './support/test.ts'

async function twoDevices(devices: Devices): Promise<[App, App]> {
  const here = await App.open(await devices.context())
  await here.signUp(ADA)
  const there = await App.open(await devices.context())
  await there.signIn(ADA)
  return [here, there]
}

/** Opens the record's versions; the server's part has been read, or it has been said why not. */
async function versions(app: App): Promise<Locator> {
  await app.button('Version history').click()
  const panel = app.dialog('Version history')
  await expect(panel).toBeVisible()
  await expect(panel.getByText('Reading the versions')).toHaveCount(0)
  return panel
}
const entry = (panel: Locator, text: string | RegExp): Locator =>
  panel.getByRole('listitem').filter({ hasText: text })
const restore = (panel: Locator, text: string | RegExp): Promise<void> =>
  entry(panel, text).getByRole('button', { name: 'Restore' }).click()
const names = (panel: Locator): Promise<string[]> =>
  panel
    .getByRole('listitem')
    .locator('ins, del')
    .evaluateAll((marks) => marks.map((mark) => `${mark.localName} ${mark.textContent}`))

test('P4 edits of two devices are both in the history; an old one restored is an edit that syncs', async ({
  site,
  devices,
}) => {
  const [here, there] = await twoDevices(devices)
  const id = await here.newNote('Plans', 'meet on Monday')
  await here.synced()
  await there.entry('Plans').click()
  await expect(there.content).toHaveValue('meet on Monday')
  await there.content.fill('meet on Tuesday')
  await there.synced()
  await expect(here.content).toHaveValue('meet on Tuesday')

  const panel = await versions(here)
  const list = panel.getByRole('list', { name: 'Versions' })
  await expect(list.getByRole('listitem').first()).toContainText('You')
  expect(await names(panel)).toEqual(expect.arrayContaining(['del Monday', 'ins Tuesday']))
  const buttons = panel.getByRole('button', { name: 'Restore' })
  expect(await buttons.count()).toBe(await list.getByRole('listitem').count())
  await expect(buttons.last()).toHaveAccessibleDescription(/^Plans .*You/)
  // The note was made and typed into in more than one version; the newest that still says Monday is meant.
  await list.getByRole('listitem').nth(1).getByRole('button', { name: 'Restore' }).click()

  await expect(panel).toBeHidden()
  await expect(here.notice('“Plans” is as it was')).toBeVisible()
  await expect(here.button('Version history')).toBeFocused()
  await expect(here.content).toHaveValue('meet on Monday')
  await expect(there.content).toHaveValue('meet on Monday', { timeout: 15_000 })
  await expect.poll(() => site.data.content(id)).toBe('meet on Monday')

  await here.button('Undo').click()
  await expect(here.content).toHaveValue('meet on Tuesday')
  await expect(there.content).toHaveValue('meet on Tuesday', { timeout: 15_000 })
  const again = await versions(here)
  await expect(again.getByRole('listitem').first()).toContainText('As it is now')
  await here.page.keyboard.press('Escape')
  await expect(again).toBeHidden()
})

test('P4 offline it shows what the device has and says what needs the server; back online it reads on', async ({
  devices,
}) => {
  const [here, there] = await twoDevices(devices)
  await here.newNote('Shared', 'base')
  await here.synced()
  await there.entry('Shared').click()
  await expect(there.content).toHaveValue('base')
  const device = here.page.context()

  await device.setOffline(true)
  await here.connection('offline')
  await here.title.fill('My title')
  await there.title.fill('Their title')
  await there.synced()
  await device.setOffline(false)
  await expect(here.title, 'the later one wins').toHaveValue('Their title', { timeout: 15_000 })
  await here.synced()

  await device.setOffline(true)
  await here.connection('offline')
  const panel = await versions(here)
  await expect(panel.getByRole('status').first()).toContainText('You are offline')
  await expect(panel.getByRole('button', { name: 'Try again' })).toBeVisible()
  await expect(panel.getByRole('listitem')).toHaveCount(1)
  await expect(entry(panel, 'My')).toContainText('Lost to a change')
  await device.setOffline(false)
  await expect(panel.getByRole('listitem').last()).toContainText('Created', { timeout: 15_000 })
  await expect(panel.getByText('You are offline')).toHaveCount(0)
  await expect(entry(panel, 'Lost to a change'), 'nothing is there twice').toHaveCount(1)
  await entry(panel, 'Lost to a change').getByRole('button', { name: 'Undo this merge' }).click()
  await expect(there.title).toHaveValue('My title', { timeout: 15_000 })

  await test.step('a merge is undone from the device that did not make it, too', async () => {
    await device.setOffline(true)
    await here.connection('offline')
    await here.content.fill('base\nfrom here')
    await there.title.fill('From there')
    await there.synced()
    await device.setOffline(false)
    await here.synced()
    await expect(there.content).toHaveValue('base\nfrom here')
    await expect(here.title).toHaveValue('From there')
    const theirs = await versions(there)
    const merge = entry(theirs, 'An automatic merge with the version before')
    await expect(merge.getByRole('button')).toHaveText(['Undo this merge', 'Restore'])
    await merge.getByRole('button', { name: 'Undo this merge' }).click()
    await expect(here.content).toHaveValue('base')
    await expect(here.title).toHaveValue('From there')
  })
})

test('P4 a failed change that was discarded is found in the history and restored', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Recipe', 'two eggs')
  await app.synced()
  site.proxy.interfere(({ path }) =>
    path === '/api/sync/push'
      ? { is: 'answered', status: 422, headers: { 'content-type': 'application/json' }, body: REFUSED }
      : null,
  )
  await app.write(' and a long thought')
  await app.button('Sync status').click()
  const failed = app.page.getByRole('region', { name: 'Failed changes' })
  await expect(failed.getByRole('listitem')).toHaveCount(1, { timeout: 30_000 })
  site.proxy.interfere(null)
  await failed.getByRole('button', { name: 'Discard' }).click()
  await app.dialog('Discard change').getByRole('button', { name: 'Discard', exact: true }).click()
  await expect(app.content).toHaveValue('two eggs')
  await app.page.keyboard.press('Escape')

  const panel = await versions(app)
  await expect(entry(panel, 'and a long thought')).toContainText('You discarded this')
  await restore(panel, 'and a long thought')
  await expect(app.content).toHaveValue('two eggs and a long thought')
  await expect.poll(() => site.data.content(id)).toBe('two eggs and a long thought')
})

test('P4 restoring over what was never sent keeps it in the history', async ({ site, devices }) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Draft', 'as it began')
  await app.synced()
  site.proxy.interfere(({ path }) => (path === '/api/sync/push' ? { is: 'lost' } : null))
  await app.content.fill('an afternoon that never left')
  await restore(await versions(app), 'as it began')
  await expect(app.content).toHaveValue('as it began')
  const panel = await versions(app)
  await expect(entry(panel, 'an afternoon that never left')).toContainText('You restored another version')
  await restore(panel, 'an afternoon that never left')
  site.proxy.interfere(null)
  await app.button('Sync status').click()
  await app.button('Sync now').click()
  await expect.poll(() => site.data.content(id), { timeout: 15_000 }).toBe('an afternoon that never left')
})

test('@long a record in the Trash has its history too, and a version of it brings it back', async ({
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  await app.newNote('List', 'milk')
  await app.synced()
  await app.content.fill('bread')
  await app.synced()
  await app.button('Delete').click()
  await app.page.goto('/trash')
  const panel = await versions(app)
  await expect(panel.getByRole('listitem').first()).toContainText('Moved to the Trash')
  await panel
    .getByRole('listitem')
    .filter({ has: app.page.locator('ins', { hasText: 'milk' }) })
    .getByRole('button', { name: 'Restore' })
    .click()
  await expect(app.notice('“List” is as it was')).toBeVisible()
  await app.entry('List').click()
  await expect(app.content).toHaveValue('milk')
})

test('very many versions: there at once, older ones on demand, none twice', { tag: '@long' }, async ({
  site,
  devices,
}) => {
  // Each version is a request of its own.
  test.slow()
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const ada = await site.signIn(ADA)
  const id = await ada.createNote({ title: 'Diary', content: 'day 0' })
  for (let day = 1; day < 120; day++) await ada.editNote(id, { content: `day ${day}` })
  await expect(app.entry('Diary')).toBeVisible({ timeout: 15_000 })
  await app.entry('Diary').click()
  await expect(app.content).toHaveValue('day 119')
  const panel = await versions(app)
  await expect(entry(panel, 'As it is now')).toContainText('119')
  const older = panel.getByRole('button', { name: 'Show older' })
  const rows = panel.getByRole('listitem')
  while ((await older.count()) > 0) {
    const before = await rows.count()
    await older.click()
    await expect.poll(() => rows.count()).toBeGreaterThan(before)
  }
  await expect(rows).toHaveCount(120)
  await expect(rows.last()).toContainText('Created')
  await restore(panel, 'Created')
  await expect(app.content).toHaveValue('day 0')
})

test('P10 another account’s session on this browser shows none of its data', async ({ devices }) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  await app.newNote('Mine', 'text')
  await app.synced()
  await app.page.evaluate(
    (account) =>
      fetch('/api/auth/sign-up/email', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...account, name: 'Ben' }),
      }),
    BEN,
  )
  const panel = await versions(app)
  await expect(panel).toContainText('signed in as somebody else')
  await expect(panel.getByRole('listitem')).toHaveCount(0)
})

for (const window of ['desktop', 'phone'] as const) {
  test(`axe finds nothing in the panel: ${window}, light and dark; the keyboard is enough`, {
    tag: '@long',
  }, async ({ devices }) => {
    const viewport = window === 'desktop' ? { width: 1280, height: 800 } : { width: 390, height: 780 }
    const app = await App.open(await devices.context({ viewport, reducedMotion: 'reduce' }))
    const { page } = app
    await app.signUp(ADA)
    await page.goto('/')
    if (window === 'phone') await app.button('New').click()
    await app.newNote('Plans', 'meet on Monday')
    await app.synced()
    await app.content.fill('meet on Tuesday')
    await app.synced()
    await app.button('Version history').focus()
    await page.keyboard.press('Enter')
    const panel = app.dialog('Version history')
    await expect(panel.getByRole('listitem').last()).toContainText('Created')
    await page.context().setOffline(true)
    expect(await axeFaults(page, 'version history')).toEqual([])
    await page.context().setOffline(false)
    const second = panel.getByRole('listitem').nth(1).getByRole('button', { name: 'Restore' })
    for (let tabs = 0; tabs < 6; tabs++) {
      await page.keyboard.press('Tab')
      if (await second.evaluate((button) => button.matches(':focus'))) break
    }
    await expect(second).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(app.content).toHaveValue('meet on Monday')
    await expect(app.button('Version history')).toBeFocused()
  })
}

const REFUSED = JSON.stringify({ error: { code: 'invalid', message: 'Refused for a test.' } })

test('how long this device keeps what it put aside is chosen in the settings, and stays @long', async ({
  devices,
}) => {
  const app = await App.open(await devices.context(), '/settings')
  const choice = app.page.getByRole('combobox', { name: 'Keep what was put aside' })
  await expect(choice).toHaveValue('90')
  await choice.selectOption('a year')
  await app.page.reload()
  await expect(choice).toHaveValue('365')
  for (const colorScheme of ['light', 'dark'] as const) {
    await app.page.emulateMedia({ colorScheme })
    expect(await axeFaults(app.page, `settings, ${colorScheme}`)).toEqual([])
  }
})
