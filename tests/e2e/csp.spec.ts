import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { expect, test } from './support/test.ts'

test('a walk through the app breaks no content security policy and throws nothing', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const said: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error' || message.text().includes('Content Security Policy'))
      said.push(message.text())
  })
  context.on('weberror', (error) => said.push(error.error().message))
  const app = await App.open(context)
  await app.signUp(ADA)
  await app.newNote('A walk', 'through **it** all')
  await app.button('Pin').click()
  await app.page.getByRole('textbox', { name: 'Tags' }).fill('tagged')
  await app.page.keyboard.press('Enter')
  await app.button('New collection').click()
  const collection = app.dialog('New collection')
  await collection.getByRole('textbox', { name: 'Name' }).fill('Reading')
  await collection.getByRole('button', { name: 'Save' }).click()
  await expect(collection).toBeHidden()
  await app.button('New card').click()
  const card = app.dialog('New card')
  await card.getByRole('textbox', { name: 'URL' }).fill('https://example.com/walk')
  await card.getByRole('button', { name: 'Save' }).click()
  await app.entry('example.com').click()
  await app.button('Collections').click()
  await app.page.getByRole('checkbox', { name: 'Reading' }).check()
  await app.page.keyboard.press('Escape')
  await app.page.getByRole('textbox', { name: 'Description' }).fill('A page about walking')
  await app.button('Sync status').click()
  await app.button('Sync now').click()
  await expect(app.figure('queue')).toHaveText('0')
  await app.page.getByRole('searchbox', { name: 'Search' }).fill('walk')
  await expect(app.entry('A walk')).toBeVisible()
  await app.page.getByRole('link', { name: 'Settings' }).click()
  await app.page.getByRole('link', { name: 'Trash' }).click()
  await app.page.goto('/settings')
  await expect(app.button('New note')).toBeVisible()
  const { headers } = await fetch(`${site.origin}/`)
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toContain('unsafe')
  expect(said).toEqual([])
})
