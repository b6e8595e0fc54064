import { App } from './support/app.ts'
import { ADA, Client } from './support/client.ts'
import { readRow, storedField } from './support/store.ts'
import { tamper } from './support/tamper.ts'
import { expect, test } from './support/test.ts'

test('P11 P12 a record says since when the server has it; Verify names and repairs what was altered behind the app’s back', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  const id = await app.newNote('First', 'as it was written')
  await expect(app.state).toHaveText('On this device')
  await app.signUp(ADA)
  await app.synced()
  await expect(app.state).toHaveText(/^On the server since \d{1,2}:\d{2}.* \(version \d+\)$/)
  await expect(
    app.library.getByRole('listitem').filter({ hasText: 'First' }).locator('[data-sync-state]'),
  ).toHaveAttribute('title', /^On the server since .* \(version \d+\)$/)

  site.proxy.cut()
  await app.write(' and more')
  await expect(app.state).toHaveText(/^Waiting/)
  site.proxy.restore()
  await app.button('Sync status').click()
  await app.button('Sync now').click()
  await app.page.keyboard.press('Escape')
  await app.synced()
  await app.newNote('Second', 'another')
  await app.synced()

  await app.page.getByRole('link', { name: 'Settings' }).click()
  const verify = app.button('Verify my data')
  await verify.click()
  await expect(app.notice(/All 2 records here are the same on the server \(checked \d/)).toBeVisible()

  await tamper(app.page, id, 'content', 'a bit fell over')
  await verify.click()
  await expect(app.notice('1 record of 2 differed')).toBeVisible()
  const named = app.page.getByRole('list', { name: 'Records that differed' }).getByRole('listitem')
  await expect(named).toHaveCount(1)
  await expect(named).toContainText('First')
  expect(await storedField(app.page, id, 'content')).toBe('as it was written and more')
  expect(site.data.content(id)).toBe('as it was written and more')
  await verify.click()
  await expect(app.notice(/All 2 records here are the same/)).toBeVisible()

  await app.button('Sync status').click()
  await app.button('Sync log').click()
  await expect(app.page.getByRole('region', { name: 'Sync log' })).toContainText(
    'with the server: 1 differed',
  )
})

test('P12 Verify names every record that differs, however many', { tag: '@long' }, async ({
  site,
  devices,
}) => {
  const client = await Client.signUp(site.origin, ADA)
  const titles = Array.from({ length: 60 }, (_, index) => `Note ${index + 1}`)
  const ids: string[] = []
  for (const title of titles) ids.push(await client.createNote({ title }))
  const app = await App.open(await devices.context())
  await app.signIn(ADA)
  for (const id of ids) await expect.poll(() => readRow(app.page, 'records', id)).not.toBeNull()
  for (const id of ids) await tamper(app.page, id, 'content', 'a bit fell over')
  await app.page.goto('/settings')
  await app.button('Verify my data').click()
  await expect(app.notice('60 records of 60 differed')).toBeVisible()
  await app.page.getByText('And 10 more').click()
  const named = app.page.getByRole('list', { name: /ecords that differed/ }).getByRole('listitem')
  await expect(named).toHaveCount(60)
  for (const title of titles)
    await expect(named.filter({ hasText: new RegExp(`${title}(?!\\d)`) })).toHaveCount(1)
})

test('P4 what Verify brought together with the server is an automatic merge, and can be undone', {
  tag: '@long',
}, async ({ site, devices }) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Plans', 'as the server has it')
  await app.synced()
  await tamper(app.page, id, 'content', 'as this device had it')
  await app.page.goto('/settings')
  await app.button('Verify my data').click()
  await expect(app.page.getByRole('list', { name: /ecords that differed/ })).toContainText('Plans')
  await app.page.goto(`/notes/${id}`)
  await expect(app.content).toHaveValue('as the server has it')
  await app.button('Version history').click()
  const merge = app.dialog('Version history').getByRole('listitem').filter({ hasText: 'Lost to a change' })
  await expect(merge).toContainText('this device')
  await merge.getByRole('button', { name: 'Undo this merge' }).click()
  await expect(app.content).toHaveValue('as this device had it')
  await expect.poll(() => site.data.content(id)).toBe('as this device had it')
})
