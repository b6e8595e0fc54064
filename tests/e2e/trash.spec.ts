import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { expect, test } from './support/test.ts'

test('deleted: undone by the notice and by Ctrl+Z, restored from the trash, gone for good', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Thrown away', 'kept text')
  await app.synced()

  await app.button('Delete').click()
  await expect(app.entry('Thrown away')).toHaveCount(0)
  await expect(app.notice('Thrown away')).toBeVisible()
  await expect.poll(() => site.data.record(id)?.fields.deleted).toBe(true)
  await app.button('Undo').click()
  await expect(app.entry('Thrown away')).toBeVisible()
  await expect.poll(() => site.data.record(id)?.fields.deleted).toBe(false)

  await app.entry('Thrown away').click()
  await app.button('Delete').click()
  await expect(app.entry('Thrown away')).toHaveCount(0)
  await expect(app.button('Undo')).toBeVisible()
  await app.page.keyboard.press('Control+z')
  await expect(app.entry('Thrown away')).toBeVisible()

  await app.entry('Thrown away').click()
  await app.button('Delete').click()
  await expect(app.entry('Thrown away')).toHaveCount(0)
  await app.page.getByRole('link', { name: 'Trash' }).click()
  const gone = app.page.getByRole('listitem').filter({ hasText: 'Thrown away' })
  await expect(gone.getByRole('button', { name: 'Restore' })).toHaveAccessibleDescription('Thrown away')
  await gone.getByRole('button', { name: 'Restore' }).click()
  await app.entry('Thrown away').click()
  await expect(app.content).toHaveValue('kept text')

  await app.button('Delete').click()
  await app.page.getByRole('link', { name: 'Trash' }).click()
  await gone.getByRole('button', { name: 'Delete for good' }).click()
  await app.dialog('Delete for good').getByRole('button', { name: 'Delete for good' }).click()
  await expect(gone).toHaveCount(0)
  await expect.poll(() => site.data.record(id)?.fields.purged).toBe(true)
})
