import type { Page } from '@playwright/test'
import { App } from './support/app.ts'
import { clashOn } from './support/clash.ts'
import { ADA } from './support/client.ts'
import { refusal } from './support/fates.ts'
import { asked, secondTab, typeAndTake } from './support/tabs.ts'
import { expect, test } from './support/test.ts'
import { isOld, lookForUpdate, mark } from './support/update.ts'

/** What the page fetches to know which version waits. */
const askedVersion = (page: Page): Promise<unknown> =>
  page.waitForResponse(
    (answer) => answer.url().endsWith('/sw.js') && answer.request().resourceType() === 'fetch',
  )

test('a new version asks: accepted, both tabs reload, and what was typed is kept', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Before the update', 'typed early')
  const second = await secondTab(context, `/notes/${id}`)
  await expect(second.content).toHaveValue('typed early')
  for (const { page } of [first, second]) await mark(page)

  site.proxy.newVersion()
  await lookForUpdate(second.page)
  for (const app of [first, second]) await expect(app.button('Reload')).toBeVisible()
  for (const app of [first, second]) expect(await isOld(app.page), 'nothing reloads unasked').toBe(true)

  await first.write(', typed in the first tab')
  await second.content.focus()
  await second.page.keyboard.press('Control+Home')
  await typeAndTake(second, 'Typed last, ')
  await second.button('Reload').click()

  for (const { page } of [first, second])
    await expect.poll(() => isOld(page).catch(() => true), { message: 'the tab reloads' }).toBe(false)
  for (const app of [first, second]) {
    await expect(app.content).toHaveValue('Typed last, typed early, typed in the first tab')
    await expect(app.button('Reload')).toHaveCount(0)
  }
})

test('a new version is offered once: put off in one tab, it is gone from all; the next one is offered again', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  const second = await App.open(context)
  site.proxy.newVersion()
  await lookForUpdate(first.page)
  for (const app of [first, second]) await expect(app.button('Reload')).toBeVisible()
  await first.notice('A new version').getByRole('button', { name: 'Dismiss' }).click()
  for (const app of [first, second]) await expect(app.button('Reload')).toHaveCount(0)

  const page = await context.newPage()
  const known = askedVersion(page)
  await page.goto('/')
  await known
  const third = new App(page)
  await expect(third.button('New note')).toBeVisible()
  // A moment in which an offer would come; the further versions below show that this tab is told of them.
  await third.page.evaluate(() => new Promise((idle) => requestIdleCallback(idle)))
  await expect(third.button('Reload')).toHaveCount(0)

  // Each further one, however long the tabs have been open.
  for (const app of [first, second, third]) {
    site.proxy.newVersion()
    await lookForUpdate(first.page)
    for (const each of [first, second, third]) await expect(each.button('Reload')).toBeVisible()
    await app.notice('A new version').getByRole('button', { name: 'Dismiss' }).click()
    for (const each of [first, second, third]) await expect(each.button('Reload')).toHaveCount(0)
  }
})

test('a server that takes this version no more: Sync status has the button that brings the new one', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const panel = app.page.getByRole('region', { name: 'Sync status' })
  await app.button('Sync status').click()
  await expect(panel).toContainText('on the server')
  await expect(panel.getByRole('button', { name: 'Reload' })).toHaveCount(0)
  const { page } = app
  site.proxy.interfere(({ path }) => (path.startsWith('/api/sync/') ? refusal(426, 'client_too_old') : null))
  await panel.getByRole('button', { name: 'Sync now' }).click()
  await expect(panel).toContainText('Reload to go on')
  await mark(page)
  site.proxy.newVersion()
  await panel.getByRole('button', { name: 'Reload' }).click()
  await expect.poll(() => isOld(page).catch(() => true), { message: 'the tab reloads' }).toBe(false)
  await expect(app.button('New note')).toBeVisible()
  const newest = page.evaluate(async () => (await navigator.serviceWorker.ready).waiting === null)
  expect(await newest, 'the new version is the one at work').toBe(true)

  // One that the server has not got yet: the page is loaded anew all the same.
  await app.button('Sync status').click()
  await expect(panel).toContainText('Reload to go on')
  await mark(page)
  await panel.getByRole('button', { name: 'Reload' }).click()
  await expect.poll(() => isOld(page).catch(() => true), { message: 'the tab reloads' }).toBe(false)
})

test('P1 accepted in one tab, what stands in the open dialogs of the others comes back', async ({
  site,
  devices,
}) => {
  const { app: merging, id } = await clashOn(site, devices)
  const context = merging.page.context()
  await merging.page.locator('pawkit-record-bar').getByRole('button', { name: 'Resolve conflict' }).click()
  const dialog = merging.dialog('Resolve conflict')
  await dialog.getByRole('button', { name: 'Merge both' }).click()
  await dialog.getByRole('button', { name: 'Take mine' }).first().click()
  const text = dialog.getByRole('textbox', { name: 'Merged text' })
  await text.focus()
  await merging.page.keyboard.press('Control+End')
  await merging.page.keyboard.type(', and a word of my own')
  const merged = await text.innerText()
  expect(merged).toContain('and a word of my own')

  const saving = await secondTab(context)
  await saving.button('New card').click()
  await asked(saving).getByRole('button', { name: 'Take control' }).click()
  const form = saving.dialog('New card')
  await form.getByRole('textbox', { name: 'URL' }).fill('https://example.com/long/address')
  await form.getByRole('textbox', { name: 'Description' }).fill('Two lines\nof my own')

  const third = await secondTab(context)
  for (const { page } of [merging, saving]) await mark(page)
  site.proxy.newVersion()
  await lookForUpdate(third.page)
  await third.button('Reload').click()
  for (const { page } of [merging, saving])
    await expect.poll(() => isOld(page).catch(() => true), { message: 'the tab reloads' }).toBe(false)

  await expect(form.getByRole('textbox', { name: 'URL' })).toHaveValue('https://example.com/long/address')
  await expect(form.getByRole('textbox', { name: 'Description' })).toHaveValue('Two lines\nof my own')
  await expect(form.getByRole('textbox', { name: 'Title' })).toHaveValue('')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(form).toBeHidden()
  await expect(saving.notice('is saved')).toBeVisible()

  await expect.poll(() => text.innerText()).toBe(merged)
  await expect(dialog.getByRole('button', { name: 'Take mine' }).first()).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  await dialog.getByRole('button', { name: 'Save merge' }).click()
  await asked(merging).getByRole('button', { name: 'Take control' }).click()
  await expect(dialog).toBeHidden()
  await expect.poll(() => site.data.content(id)).toContain('and a word of my own')
  // Saved, neither comes back with the next reload.
  for (const app of [merging, saving]) {
    await app.page.reload()
    await expect(app.button('New note')).toBeVisible()
    await expect(app.page.getByRole('dialog')).toHaveCount(0)
  }
})

test('@long a page that was loaded past its worker reloads with the others', async ({ site, devices }) => {
  const context = await devices.context()
  const app = await App.open(context)
  const { page } = app
  const cdp = await context.newCDPSession(page)
  await cdp.send('Page.reload', { ignoreCache: true })
  const other = await App.open(context)
  // Until it has reloaded there is the page of before, or none to ask.
  const isPast = () => page.evaluate(() => navigator.serviceWorker.controller === null).catch(() => false)
  await expect.poll(isPast).toBe(true)
  site.proxy.newVersion()
  await lookForUpdate(other.page)
  await expect(app.button('Reload')).toBeVisible()
  await mark(page)
  await other.button('Reload').click()
  await expect.poll(() => isOld(page).catch(() => true), { message: 'the tab reloads' }).toBe(false)
})

test('@long a worker that waits for its next try does not keep the new version waiting', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  await app.newNote('In an outage', 'typed')
  await app.synced()
  site.proxy.newVersion()
  await lookForUpdate(app.page)
  await expect(app.button('Reload')).toBeVisible()
  const before = site.proxy.pushes.length
  // The worker waits that long, and is kept alive for it.
  site.proxy.interfere(({ path }) =>
    path === '/api/sync/push' ? refusal(503, 'down', { 'retry-after': '40' }) : null,
  )
  await app.write(' on')
  await expect.poll(() => site.proxy.pushes.length, { timeout: 20_000 }).toBeGreaterThan(before)
  await mark(app.page)
  await app.button('Reload').click()
  await expect
    .poll(() => isOld(app.page).catch(() => true), { message: 'the tab reloads', timeout: 3000 })
    .toBe(false)
  await expect(app.content).toHaveValue('typed on')
})
