import { App } from './support/app.ts'
import { expect, test } from './support/test.ts'

async function newCard(app: App, url: string, title: string): Promise<void> {
  await app.page.goto('/')
  await app.button('New card').first().click()
  const dialog = app.dialog('New card')
  await dialog.getByRole('textbox', { name: 'URL' }).fill(url)
  await dialog.getByRole('textbox', { name: 'Title' }).fill(title)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
}

test('a card that is given the link of another: the page offers to merge the two, and nothing of either is lost', async ({
  devices,
}) => {
  const app = await App.open(await devices.context())
  const { page } = app
  await newCard(app, 'https://a.example/', 'First')
  await newCard(app, 'https://b.example/', 'Second')
  await page.goto('/')
  await app.entry('Second').click()
  await expect(page.getByRole('button', { name: 'Merge the two' })).toHaveCount(0)
  await page.getByRole('textbox', { name: 'Description' }).fill('of the second')
  await page.getByRole('textbox', { name: 'URL' }).fill('https://a.example/?utm_source=x#top')
  await page.getByRole('button', { name: 'Merge the two' }).click()
  await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue('First')
  await expect(page.getByRole('textbox', { name: 'Description' })).toHaveValue('of the second')
  await expect(page.getByRole('button', { name: 'Merge the two' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('button', { name: 'Merge the two' })).toBeVisible()
})
