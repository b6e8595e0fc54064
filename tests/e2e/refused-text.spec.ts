import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { expect, test } from './support/test.ts'
import { lookForUpdate, replaced } from './support/update.ts'

const MIB = 1024 * 1024

test('P2 a text over its limit is refused in words and stays in the editor; one key less, and it is saved whole', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  const id = await app.newNote('Long', 'before ')
  await app.synced()
  await app.content.fill('x'.repeat(MIB + 1))
  const alert = app.page.getByRole('alert').filter({ hasText: 'Not saved' })
  await expect(alert).toBeVisible()
  await app.title.click()
  // It is nowhere else, so that an update accepted in another tab does not reload this one.
  const update = replaced(app.page)
  const other = await App.open(context)
  site.proxy.newVersion()
  await lookForUpdate(other.page)
  await other.button('Reload').click()
  await update
  await other.page.close()
  expect(await app.content.evaluate((field: HTMLTextAreaElement) => field.value.length)).toBe(MIB + 1)
  await app.content.focus()
  await app.page.keyboard.press('Control+End')
  await app.page.keyboard.press('Backspace')
  await expect(alert).toBeHidden()
  await expect.poll(() => String(site.data.content(id)).length, { timeout: 20_000 }).toBe(MIB)
  expect(await app.content.evaluate((field: HTMLTextAreaElement) => field.value.length)).toBe(MIB)
})
