import type { Page } from '@playwright/test'
import { App } from './support/app.ts'
import { ADA, BEN, Client } from './support/client.ts'
import { banner, secondTab } from './support/tabs.ts'
import { expect, test } from './support/test.ts'

const PHONE = { width: 390, height: 780 }

/** What has the focus, by its accessible name or its words. */
const focus = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    const words = element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? ''
    return element === document.body ? 'body' : words
  })

const focusIs = (page: Page, name: string | RegExp): Promise<void> =>
  expect.poll(() => focus(page)).toMatch(name instanceof RegExp ? name : new RegExp(`^${name}$`))

test('@long the focus goes on where the work does: account', async ({ site, devices }) => {
  await Client.signUp(site.origin, BEN)
  const app = await App.open(await devices.context())
  const { page } = app
  await app.signUp(ADA)
  await focusIs(page, 'Account')
  await app.askToSignOut()
  await page.keyboard.press('Escape')
  await expect(app.dialog('Sign out')).toBeHidden()
  await focusIs(page, 'Account')
  // A menu takes its own Escape and nothing else.
  await app.newNote('Hers')
  await app.synced()
  await app.button('Collections').click()
  await page.keyboard.press('Escape')
  await focusIs(page, 'Collections')
  await context(page).clearCookies()
  await app.write('more')
  await app.connection('signed-out')
  await app.enter(BEN, 'Sign in')
  await expect(app.dialog("Another account's library")).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(app.dialog("Another account's library")).toBeHidden()
  await focusIs(page, /Sign in|Account/)
})

const context = (page: Page) => page.context()

for (const window of ['desktop', 'phone'] as const) {
  test(`the focus goes on where the work does: deleting and restoring, ${window}`, async ({ devices }) => {
    const app = await App.open(await devices.context(window === 'phone' ? { viewport: PHONE } : {}))
    const { page } = app
    const make = async (title: string): Promise<void> => {
      await page.goto('/')
      if (window === 'phone') await app.button('New').click()
      await app.newNote(title)
    }
    for (const title of ['One', 'Two', 'Three']) await make(title)
    await app.button('Delete').click()
    await app.button('Undo').click()
    await focusIs(page, 'Three')
    for (const title of ['Three', 'Two', 'One']) {
      await app.entry(title).click()
      await app.button('Delete').click()
      await expect(app.entry(title)).toBeHidden()
    }
    await page.goto('/trash')
    await app.button('Restore').nth(1).click()
    await expect(app.button('Restore')).toHaveCount(2)
    await focusIs(page, 'Restore')
    await app.button('Delete for good').first().click()
    await app.dialog('Delete for good').getByRole('button', { name: 'Delete for good' }).click()
    await expect(app.button('Restore')).toHaveCount(1)
    await focusIs(page, 'Restore')
    await app.button('Restore').click()
    await focusIs(page, 'Trash')
  })

  test(`a saved card is told of, and the focus stays: ${window}`, async ({ devices }) => {
    const app = await App.open(await devices.context(window === 'phone' ? { viewport: PHONE } : {}))
    const { page } = app
    if (window === 'phone') await app.button('New').click()
    await app.button('New card').click()
    const dialog = app.dialog('New card')
    await dialog.getByRole('textbox', { name: 'URL' }).fill('example.com/page')
    // While the dialog is open, nothing behind it has a name.
    await expect(page.getByRole('button', { name: 'New note' })).toHaveCount(0)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(app.notice('“example.com” is saved.')).toBeVisible()
    await focusIs(page, window === 'phone' ? 'New' : 'New card')
  })
}

test('the focus goes on where the work does: Take control, and a draft that is taken in', async ({
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  await first.newNote('One', 'text')
  const second = await secondTab(context)
  const take = banner(second).getByRole('button', { name: 'Take control' })
  await first.page.goto('/settings')
  await take.press('Enter')
  await expect(take).toBeHidden()
  await focusIs(second.page, 'Pawkit')

  await keepDraft(second.page)
  await second.button('Sync status').click()
  const drafts = second.page.getByRole('region', { name: 'Drafts' })
  await drafts.getByRole('button', { name: 'Take in' }).press('Enter')
  await expect(drafts).toBeHidden()
  await focusIs(second.page, 'Sync status')
})

/** As a tab left it that has lost control and is closed since. */
async function keepDraft(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((done, fail) => {
        const opening = indexedDB.open('pawkit')
        opening.onerror = () => fail(opening.error)
        opening.onsuccess = () => {
          const tx = opening.result.transaction('drafts', 'readwrite')
          const [id, recordId] = ['a draft', '01a229f0-3a2b-720c-84a2-0f199612fccf']
          const typed = { title: 'Kept', content: 'as a draft' }
          tx.objectStore('drafts').put({ id, recordId, kind: 'note', create: true, shown: {}, typed, at: 1 })
          tx.oncomplete = () => {
            opening.result.close()
            new BroadcastChannel('pawkit').postMessage({ v: 1, type: 'right-changed' })
            done()
          }
        }
      }),
  )
}
