import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { expect, test } from './support/test.ts'

const MIB = 1024 * 1024

test('P2 a text over its limit is refused in words and stays in the editor; one key less, and it is saved whole', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Long', 'before ')
  await app.synced()
  await app.content.fill('x'.repeat(MIB + 1))
  const alert = app.page.getByRole('alert').filter({ hasText: 'Not saved' })
  await expect(alert).toBeVisible()
  await app.title.click()
  expect(await app.content.evaluate((field: HTMLTextAreaElement) => field.value.length)).toBe(MIB + 1)
  await app.content.focus()
  await app.page.keyboard.press('Control+End')
  await app.page.keyboard.press('Backspace')
  await expect(alert).toBeHidden()
  await expect.poll(() => String(site.data.content(id)).length, { timeout: 20_000 }).toBe(MIB)
  expect(await app.content.evaluate((field: HTMLTextAreaElement) => field.value.length)).toBe(MIB)
})
