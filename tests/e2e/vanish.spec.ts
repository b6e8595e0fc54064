import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { expect, test } from './support/test.ts'

const MANY = 30

test('P5 P8 trace 32: many records deleted for good elsewhere wait for a person; Keep them brings them back everywhere', async ({
  site,
  devices,
}) => {
  const here = await App.open(await devices.context())
  await here.signUp(ADA)
  const script = await site.signIn(ADA)
  const ids: string[] = []
  for (let n = 1; n <= MANY + 5; n++)
    ids.push(await script.createNote({ title: `Note ${n}`, content: `text ${n}` }))
  const there = await App.open(await devices.context())
  await there.signIn(ADA)
  await expect(here.entry(`Note ${MANY}`)).toHaveCount(1)
  await expect(there.entry(`Note ${MANY}`)).toHaveCount(1)

  const gone = ids.slice(0, MANY)
  await there.page.context().setOffline(true)
  await script.push(gone.map((record) => ({ record, kind: 'note', on: 1, fields: { deleted: true } })))
  await script.push(
    gone.map((record) => ({ record, kind: 'note', on: 2, fields: { deleted: true, purged: true } })),
  )
  await there.page.context().setOffline(false)

  const asked = (app: App) => app.page.getByRole('alert').filter({ hasText: `${MANY} records` })
  await expect(asked(there)).toBeVisible()
  await expect(there.dialog('Records would vanish')).toHaveCount(0)
  await expect(there.entry('Note 1')).toHaveCount(1)
  await there.page.reload()
  await expect(asked(there)).toHaveCount(1)
  await asked(there).getByRole('button', { name: 'Dismiss' }).click()

  await there.button('Sync status').click()
  const panel = there.page.getByRole('region', { name: 'Sync status' })
  await expect(panel).toContainText('All 5 records are on the server')
  await panel.getByRole('button', { name: 'Look at them' }).click()
  const dialog = there.dialog('Records would vanish')
  await expect(dialog).toContainText(`${MANY} records`)
  await expect(dialog.getByRole('listitem')).toHaveCount(11)
  await expect(dialog.getByRole('listitem').last()).toHaveText(`and ${MANY - 10} more`)
  await expect(there.figure('queue')).toHaveText('0')
  await dialog.getByRole('button', { name: 'Keep them' }).click()
  await expect(dialog).toBeHidden()
  await expect(panel.getByRole('button', { name: 'Look at them' })).toHaveCount(0)
  await expect(panel, 'the focus stays where the button was').toBeFocused()

  const onServer = () => site.data.records('note').filter(({ fields }) => fields.purged !== true).length
  await expect.poll(onServer).toBe(MANY + 5)
  expect(site.data.content(gone[0] ?? '')).toBe('text 1')
  for (const app of [here, there]) {
    await expect(app.page.getByRole('alert')).toHaveCount(0)
    await expect(app.entry('Note 1')).toHaveCount(1)
    await expect(app.library.getByRole('listitem')).toHaveCount(MANY + 5)
  }
})

test('trace 32: the notice leads to the dialog, and Remove them lets them go', async ({ site, devices }) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const script = await site.signIn(ADA)
  const ids: string[] = []
  for (let n = 1; n <= MANY; n++) ids.push(await script.createNote({ title: `Note ${n}` }))
  await expect(app.library.getByRole('listitem')).toHaveCount(MANY)
  // Straight from version 1: a script needs no Trash.
  await script.push(
    ids.map((record) => ({ record, kind: 'note', on: 1, fields: { deleted: true, purged: true } })),
  )
  await app.page.getByRole('alert').getByRole('button', { name: 'Look at them' }).click()
  const dialog = app.dialog('Records would vanish')
  await dialog.getByRole('button', { name: 'Not now' }).click()
  await expect(app.library.getByRole('listitem')).toHaveCount(MANY)
  const out = await app.askToSignOut()
  await expect(out).toContainText(`${MANY} earlier versions are kept only on this device`)
  await out.getByRole('button', { name: 'Cancel' }).click()
  await app.button('Sync status').click()
  await app.page
    .getByRole('region', { name: 'Sync status' })
    .getByRole('button', { name: 'Look at them' })
    .click()
  await dialog.getByRole('button', { name: 'Remove them' }).click()
  await expect(dialog).toBeHidden()
  await expect(app.library.getByRole('listitem')).toHaveCount(0)
  await expect(app.figure('queue')).toHaveText('0')
  await app.page.reload()
  await expect(app.button('Account')).toBeVisible()
  await expect(app.page.getByRole('alert')).toHaveCount(0)
})
