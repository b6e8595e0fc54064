import type { Wait } from '../../src/core/wait.ts'
import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { readRow } from './support/store.ts'
import { expect, test } from './support/test.ts'

test('P8 P11 failed changes say why, are tried again on demand, and a discarded one never returns', async ({
  site,
  devices,
}) => {
  // Rounds of tries in vain, with their pauses.
  test.slow()
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const kept = await app.newNote('Kept', 'first')
  await app.synced()
  const dropped = await app.newNote('Dropped', 'as the server has it')
  await app.synced()

  site.proxy.cut()
  await app.write(' and a change')
  await app.entry('Kept').click()
  await app.write(' and more')
  await app.button('Sync status').click()
  const failed = app.page.getByRole('region', { name: 'Failed changes' })
  await expect(failed.getByRole('listitem')).toHaveCount(2, { timeout: 30_000 })
  await expect(failed).toContainText('The server does not answer.')
  await expect(app.page.locator('[data-sync-figure=failed]')).toHaveText('2')

  const before = site.proxy.pushes.length
  await failed.getByRole('button', { name: 'Retry all' }).click()
  await expect.poll(() => site.proxy.pushes.length, { message: 'it tried at once' }).toBeGreaterThan(before)
  await failed.getByRole('link', { name: 'Dropped', exact: true }).click()
  await expect(app.content, 'its title opens it, to be edited').toHaveValue(
    'as the server has it and a change',
  )
  const discard = failed
    .getByRole('listitem')
    .filter({ hasText: 'Dropped' })
    .getByRole('button', { name: 'Discard' })
  await discard.click()
  await expect(app.dialog('Discard change')).toBeVisible()
  await app.page.keyboard.press('Escape')
  await expect(app.dialog('Discard change')).toBeHidden()
  await expect(discard, 'Escape is the dialog’s, and the focus goes back').toBeFocused()
  await discard.click()
  await app.dialog('Discard change').getByRole('button', { name: 'Discard', exact: true }).click()
  site.proxy.restore()
  // Where all three tries of the round were in vain, the next comes 15 s later and more.
  await expect.poll(() => site.data.content(kept), { timeout: 30_000 }).toBe('first and more')
  await expect(failed).toBeHidden()
  await expect(app.page.locator('[data-sync-figure=queue]')).toHaveText('0')
  expect(site.data.content(dropped)).toBe('as the server has it')
  await app.entry('Dropped').click()
  await expect(app.content).toHaveValue('as the server has it')
})

test('P4 a conflict comes while Discard asks: nothing is given up, and the dialog says where to choose', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  const id = await app.newNote('Train', 'leaves at nine')
  await app.synced()
  site.proxy.cut()
  await app.content.fill('leaves at ten')
  await app.button('Sync status').click()
  const failed = app.page.getByRole('region', { name: 'Failed changes' })
  await expect(failed.getByRole('listitem')).toHaveCount(1, { timeout: 30_000 })
  await failed.getByRole('button', { name: 'Discard' }).click()
  const dialog = app.dialog('Discard change')
  await expect(dialog).toContainText('will not be sent')

  await context.setOffline(true)
  site.proxy.restore()
  const ada = await site.signIn(ADA)
  await ada.editNote(id, { content: 'leaves at eleven' })
  await context.setOffline(false)
  await expect(app.state).toHaveAttribute('data-sync-state', 'conflict', { timeout: 20_000 })
  await dialog.getByRole('button', { name: 'Discard', exact: true }).click()
  await expect(dialog.getByRole('alert')).toContainText('nothing was given up')
  await expect(dialog.getByRole('button')).toHaveText('Close')
  await expect(dialog.getByRole('button', { name: 'Close' })).toBeFocused()
  await app.page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(app.content).toHaveValue('leaves at ten')
  await expect(app.page.getByRole('button', { name: 'Resolve conflict' }).first()).toBeVisible()
  expect(site.data.content(id)).toBe('leaves at eleven')
})

test('P8 a deletion for good that fails has no text to copy or export, says how it stands, and how to go on', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Thrown away', 'for good')
  await app.synced()
  await app.button('Delete').click()
  await expect.poll(() => site.data.record(id)?.fields.deleted).toBe(true)
  await app.page.getByRole('link', { name: 'Trash' }).click()
  site.proxy.cut()
  const row = app.page.getByRole('listitem').filter({ hasText: 'Thrown away' })
  await row.getByRole('button', { name: 'Delete for good' }).click()
  await app.dialog('Delete for good').getByRole('button', { name: 'Delete for good' }).click()
  await app.button('Sync status').click()
  const failed = app.page.getByRole('region', { name: 'Failed changes' })
  await expect(failed.getByRole('listitem')).toContainText('A deleted record', { timeout: 30_000 })
  await expect(failed.getByRole('listitem').getByRole('button')).toHaveText(['Retry', 'Discard'])
  const stored = (await readRow(app.page, 'meta', 'connection')) as { row: { wait: Wait } }
  const { start, length } = stored.row.wait
  const [last, next] = await app.page.evaluate(
    (times) =>
      times.map((at) =>
        new Date(at).toLocaleTimeString(navigator.language, { hour: '2-digit', minute: '2-digit' }),
      ),
    [start, start + length],
  )
  await expect(failed.getByRole('listitem'), 'when, how often, and when next').toContainText(
    `The server does not answer. ${last}, tried 3 times. Next try at ${next}.`,
  )
  const before = site.proxy.pushes.length
  await failed.getByRole('button', { name: 'Retry', exact: true }).click()
  await expect.poll(() => site.proxy.pushes.length, { message: 'it tried at once' }).toBeGreaterThan(before)
  await expect(failed.getByRole('listitem')).toContainText(/tried [4-9] times/)
  await failed.getByRole('listitem').getByRole('button', { name: 'Discard' }).click()
  await expect(app.dialog('Discard change')).toContainText(
    'The unsent change of this record will not be sent. The record goes back to what the server has.',
  )
})
