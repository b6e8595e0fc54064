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

test('P4 a title over its limit meets another device’s, is stored with it, and what it was before is in the history @long', async ({
  site,
  devices,
}) => {
  const [here, there] = [await App.open(await devices.context()), await App.open(await devices.context())]
  await here.signUp(ADA)
  await there.signIn(ADA)
  const long = Array.from({ length: 199 }, (_, at) => `w${String(at).padStart(3, '0')}`).join(' ')
  const id = await here.newNote(long, 'text')
  await here.synced()
  await expect.poll(() => site.data.record(id)?.fields.title).toBe(long)
  await there.page.goto(`${site.origin}/notes/${id}`)
  await expect(there.title).toHaveValue(long)
  await here.title.focus()
  await here.page.keyboard.press('End')
  await here.page.keyboard.type(' and more')
  const alert = here.page.getByRole('alert').filter({ hasText: 'Not saved' })
  await expect(alert).toBeVisible()
  await there.title.fill(long.slice(40))
  await expect(here.title).toHaveValue(`${long.slice(40)} and more`, { timeout: 15_000 })
  await expect(alert).toBeHidden()
  await expect.poll(() => site.data.record(id)?.fields.title).toBe(`${long.slice(40)} and more`)
  await here.button('Version history').click()
  const before = here
    .dialog('Version history')
    .getByRole('listitem')
    .filter({ hasText: 'Before an automatic merge' })
  await before.getByRole('button', { name: 'Undo this merge' }).click()
  await expect(here.page.getByRole('alert').filter({ hasText: 'at most 1000' })).toBeVisible()
  await here.page.keyboard.press('Escape')
  await expect(here.title).toHaveValue(`${long.slice(40)} and more`)
})
