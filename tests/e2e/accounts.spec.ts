import { App } from './support/app.ts'
import { ADA, BEN, Client } from './support/client.ts'
import { readRow } from './support/store.ts'
import { secondTab, takeControl } from './support/tabs.ts'
import { expect, test } from './support/test.ts'

test('signing in adopts what was made on this device, and brings what the account has', async ({
  site,
  devices,
}) => {
  const elsewhere = await Client.signUp(site.origin, ADA)
  await elsewhere.createNote({ title: 'From before' })
  const context = await devices.context()
  const app = await App.open(context)
  const id = await app.newNote('Made without account', 'on this device')
  await expect(app.state).toHaveAttribute('data-sync-state', 'local')
  const second = await App.open(context)
  await expect(second.button('Sign in')).toBeVisible()
  await app.signIn(ADA)
  await expect(second.button('Account'), 'in every tab').toBeVisible()
  await expect(second.entry('From before')).toBeVisible()
  await app.synced()
  await expect(app.entry('From before')).toBeVisible()
  await expect(app.content).toHaveValue('on this device')
  expect(site.data.content(id)).toBe('on this device')
})

test('P10 signing out says what is not synced, removes the library here, ends the session', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  await app.newNote('On the server')
  await app.synced()
  expect(site.data.sessions()).toBe(1)

  let dialog = await app.askToSignOut()
  await expect(dialog).toContainText('Everything is on the server')
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  site.proxy.cut()
  await app.newNote('Only here')
  dialog = await app.askToSignOut()
  await expect(dialog).toContainText(/1 record .*not synced/)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toBeHidden()
  site.proxy.restore()
  await app.synced()

  dialog = await app.askToSignOut()
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await expect(app.button('Sign in')).toBeVisible()
  await expect(app.library.getByRole('listitem')).toHaveCount(0)
  await expect.poll(() => site.data.sessions()).toBe(0)
  await app.page.reload()
  await expect(app.button('New note')).toBeVisible()
  await expect(app.library.getByRole('listitem')).toHaveCount(0)
})

test('P10 signing out reaches every tab at once: none shows or writes what was on the device', async ({
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  await first.signUp(ADA)
  const id = await first.newNote('On the server', 'text')
  await first.synced()
  const second = await App.open(context, `/notes/${id}`)
  await expect(second.content).toHaveValue('text')
  const dialog = await first.askToSignOut()
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await expect(second.button('Sign in')).toBeVisible()
  await expect(second.page).toHaveURL('/')
  await expect(second.library.getByRole('listitem')).toHaveCount(0)
  await expect(second.content).toHaveCount(0)
  expect(await readRow(second.page, 'records', id)).toBeNull()
})

test('P10 signed out offline: the session at the server ends with the next connection, nothing comes back', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  await app.newNote('Private')
  await app.synced()
  await context.setOffline(true)
  await app.connection('offline')
  const dialog = await app.askToSignOut()
  await expect(dialog).toContainText('the session at the server ends with the next connection')
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await expect(app.button('Sign in')).toBeVisible()
  await expect(app.library.getByRole('listitem')).toHaveCount(0)
  expect(site.data.sessions()).toBe(1)
  expect(await readRow(app.page, 'device', 'sign-out')).not.toBeNull()

  const pulls = site.proxy.count('GET', '/api/sync/changes')
  await context.setOffline(false)
  await expect.poll(() => site.data.sessions()).toBe(0)
  await expect.poll(() => readRow(app.page, 'device', 'sign-out')).toBeNull()
  await app.page.reload()
  await expect(app.button('Sign in')).toBeVisible()
  await expect(app.library.getByRole('listitem')).toHaveCount(0)
  expect(site.proxy.count('GET', '/api/sync/changes')).toBe(pulls)
  // The next person may sign in at once.
  await app.signIn(ADA)
  await expect(app.entry('Private')).toBeVisible()
})

/** A device that holds Ada's library, whose session has ended, so that Ben can try to sign in. */
async function adasDevice(app: App): Promise<void> {
  await app.signUp(ADA)
  await app.newNote('Ada’s note', 'hers')
  await app.synced()
  await app.page.context().clearCookies()
  await app.write(' still')
  await app.connection('signed-out')
}

test('P10 another account is asked: cancel keeps the library and signs nobody in', async ({
  site,
  devices,
}) => {
  await Client.signUp(site.origin, BEN)
  const app = await App.open(await devices.context())
  await adasDevice(app)
  await app.enter(BEN, 'Sign in')
  const dialog = app.dialog("Another account's library")
  await expect(dialog).toContainText(ADA.email)
  await expect(dialog).toContainText('1 not synced yet')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toBeHidden()
  await expect(app.entry('Ada’s note')).toBeVisible()
  await expect(app.content).toHaveValue('hers still')
  await app.signIn(ADA)
  await app.synced()
  expect(site.data.records()).toHaveLength(1)
})

test('P10 another account may take the library over: it is set up anew there', async ({ site, devices }) => {
  const ben = await Client.signUp(site.origin, BEN)
  const app = await App.open(await devices.context())
  await adasDevice(app)
  await app.enter(BEN, 'Sign in')
  await app
    .dialog("Another account's library")
    .getByRole('button', { name: /^Move this library/ })
    .click()
  await expect(app.entry('Ada’s note')).toBeVisible()
  await expect
    .poll(() => ben.get<{ notes: { content: string }[] }>('/api/notes'))
    .toMatchObject({ notes: [{ title: 'Ada’s note', content: 'hers still' }] })
  const ada = await site.signIn(ADA)
  expect(await ada.get('/api/notes')).toMatchObject({ notes: [{ content: 'hers' }] })
  // What stood in the dialog was answered, and is not asked again.
  await app.page.reload()
  await expect(app.entry('Ada’s note')).toBeVisible()
  await expect(app.page.getByRole('dialog')).toHaveCount(0)
})

test('P10 another account may have the library exported and removed', async ({ site, devices }) => {
  const ben = await Client.signUp(site.origin, BEN)
  await ben.createNote({ title: 'Ben’s note' })
  const app = await App.open(await devices.context())
  await adasDevice(app)
  await app.enter(BEN, 'Sign in')
  const downloading = app.page.waitForEvent('download')
  await app.dialog("Another account's library").getByRole('button', { name: 'Export and remove' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/\.json$/)
  await expect(app.entry('Ben’s note')).toBeVisible()
  await expect(app.entry('Ada’s note')).toHaveCount(0)
})

for (const choice of ['Move this library', 'Export and remove'])
  test(`P10 another account with “${choice}” reaches a second tab: it shows that library, and writes to it`, {
    tag: '@long',
  }, async ({ site, devices }) => {
    const ben = await Client.signUp(site.origin, BEN)
    await ben.createNote({ title: 'Ben’s note' })
    const context = await devices.context()
    const first = await App.open(context)
    const second = await secondTab(context)
    await adasDevice(first)
    const { id } = first
    await expect(second.entry('Ada’s note')).toBeVisible()
    await second.connection('signed-out')
    await second.entry('Ada’s note').click()
    await expect(second.content).toHaveValue('hers still')

    await first.enter(BEN, 'Sign in')
    await first.dialog("Another account's library").getByRole('button', { name: choice }).click()
    await expect(second.entry('Ben’s note')).toBeVisible()
    await second.connection('online')
    if (choice === 'Export and remove') {
      await expect(second.entry('Ada’s note')).toHaveCount(0)
      await expect(second.content).toHaveCount(0)
      expect(await readRow(second.page, 'records', id)).toBeNull()
    } else {
      await expect(second.entry('Ada’s note')).toBeVisible()
    }
    await takeControl(second)
    await second.newNote('From the second tab')
    await expect
      .poll(() => ben.get<{ notes: { title: string }[] }>('/api/notes'))
      .toMatchObject({
        notes: expect.arrayContaining([expect.objectContaining({ title: 'From the second tab' })]),
      })
  })
