import type { Page } from '@playwright/test'
import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { expect, test } from './support/test.ts'

async function reloadOffline(page: Page, path: string): Promise<App> {
  await page.goto(path)
  await page.reload()
  return new App(page)
}

test('P1 offline from the second visit: every address opens, what is made stays, through reload and restart', async ({
  devices,
}) => {
  const profile = devices.profile()
  let context = await profile.start()
  let app = await App.open(context)
  const kept = await app.newNote('Kept', 'as it was')
  const changed = await app.newNote('Changed', 'first words')
  await app.newNote('Gone', 'to the trash')
  await app.button('Delete').click()
  await expect(app.entry('Gone')).toHaveCount(0)
  await app.page.close()

  // The second visit, with no network.
  await context.setOffline(true)
  const page = await context.newPage()
  app = await reloadOffline(page, '/')
  await expect(app.entry('Kept')).toBeVisible()
  app = await reloadOffline(page, '/trash')
  await expect(page.getByRole('list', { name: 'Deleted records' }).getByText('Gone')).toBeVisible()
  app = await reloadOffline(page, `/notes/${kept}`)
  await expect(app.content).toHaveValue('as it was')
  await app.connection('offline')

  const made = await app.newNote('Made offline', 'with no network')
  await app.entry('Changed').click()
  await expect(app.content).toHaveValue('first words')
  await app.write(', and more')
  await app.entry('Kept').click()
  await expect(app.title).toHaveValue('Kept')
  await app.button('Delete').click()
  await expect(app.entry('Kept')).toHaveCount(0)

  const asLeft = async (): Promise<void> => {
    await page0.goto(`/notes/${made}`)
    await expect(app.content).toHaveValue('with no network')
    await page0.goto(`/notes/${changed}`)
    await expect(app.content).toHaveValue('first words, and more')
    await page0.goto('/trash')
    const trash = page0.getByRole('list', { name: 'Deleted records' })
    await expect(trash.getByRole('listitem').filter({ hasText: 'Kept' })).toBeVisible()
    await expect(trash.getByRole('listitem').filter({ hasText: 'Gone' })).toBeVisible()
    await page0.goto('/')
    await expect(app.entry('Made offline')).toBeVisible()
    await expect(app.entry('Changed')).toBeVisible()
    await expect(app.library.getByRole('listitem')).toHaveCount(2)
  }
  let page0 = page
  await page.reload()
  await asLeft()

  await profile.close()
  context = await profile.start()
  await context.setOffline(true)
  page0 = await context.newPage()
  app = new App(page0)
  await asLeft()
})

test('P12 on a phone what is said of an open record leaves its bar as high as it is, and is there whole to be read', async ({
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  await app.newNote('Shopping', 'milk')
  await app.synced()
  await app.page.setViewportSize({ width: 390, height: 780 })
  await expect(app.page.getByRole('link', { name: 'Back' }), 'it is the bar of a phone').toBeVisible()
  const high = async () => (await app.page.locator('pawkit-record-bar').boundingBox())?.height
  expect(await high()).toBe(56)
  await context.setOffline(true)
  await app.connection('offline')
  await app.write(' and eggs')
  const words = 'Waiting. Saved on this device; it goes when the network is back.'
  await expect(app.state).toContainText(words)
  await expect(app.state).toHaveAttribute('title', words)
  expect(await high()).toBe(56)
})
