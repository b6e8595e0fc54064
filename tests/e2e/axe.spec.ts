import { App } from './support/app.ts'
import { axeFaults } from './support/axe.ts'
import { ADA } from './support/client.ts'
import { tamper } from './support/tamper.ts'
import { expect, test } from './support/test.ts'

const WINDOWS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 780 } } as const

for (const window of ['desktop', 'phone'] as const) {
  // Both together would be a tenth of all that is waited for; the phone shows the same elements, one beneath another.
  const tag = window === 'phone' ? ['@long'] : []
  test(`axe finds nothing: ${window}, light and dark`, { tag }, async ({ site, devices }) => {
    // Some fifty looks at whole pages.
    test.setTimeout(300_000)
    const app = await App.open(await devices.context({ viewport: WINDOWS[window], reducedMotion: 'reduce' }))
    const { page } = app
    const found: string[] = []
    const look = async (where: string): Promise<void> => {
      found.push(...(await axeFaults(page, where)))
    }
    const make = async (what: 'New note' | 'New card' | 'New collection'): Promise<void> => {
      if (window === 'phone') await app.button('New').click()
      await app.button(what).click()
    }
    const home = async (): Promise<void> => {
      await page.goto('/')
      await expect(app.library).toBeVisible()
    }

    await look('empty library')
    await app.button('Sign in').click()
    await expect(app.dialog('Sign in')).toBeVisible()
    await look('sign in')
    await page.keyboard.press('Escape')
    await page.goto('/settings')
    await app.button('Verify my data').click()
    await expect(app.notice(/sign in/i)).toBeVisible()
    await look('settings, verify without an account')
    await page.goto('/')
    await app.signUp(ADA)

    const ada = await site.signIn(ADA)
    await ada.createNote({ title: 'A note', content: 'With text', tags: ['one', 'two'], pinned: true })
    await make('New collection')
    await app.dialog('New collection').getByRole('textbox', { name: 'Name' }).fill('Things')
    await look('new collection')
    await page.keyboard.press('Enter')
    await expect(app.dialog('New collection')).toBeHidden()
    await home()
    await make('New card')
    await app.dialog('New card').getByRole('textbox', { name: 'URL' }).fill('not an address')
    await app.dialog('New card').getByRole('button', { name: 'Save' }).click()
    await look('new card, with a problem')
    await app.dialog('New card').getByRole('textbox', { name: 'URL' }).fill('example.com')
    await app.dialog('New card').getByRole('button', { name: 'Save' }).click()
    await expect(app.dialog('New card')).toBeHidden()
    await home()
    await expect(app.entry('A note')).toBeVisible()
    await look('library')

    await app.entry('example.com').click()
    await look('card')
    await app.button('Collections').click()
    await look('collections menu')
    await page.keyboard.press('Escape')
    await home()
    await app.entry('A note').click()
    await expect(app.content).toHaveValue('With text')
    await look('note')
    await app.button('Delete').click()
    await expect(app.button('Undo')).toBeVisible()
    await look('notice')

    await home()
    await app.button('Sync status').click()
    await expect(page.getByRole('region', { name: 'Sync status' })).toBeVisible()
    await look('sync status')
    await page.goto('/trash')
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await expect(app.dialog('Delete for good')).toBeVisible()
    await look('trash, delete for good')
    await page.keyboard.press('Escape')
    await look('trash')
    await page.goto('/settings')
    await look('settings')
    await app.button('Verify my data').click()
    await expect(app.notice(/same on the server/)).toBeVisible()
    await look('settings, all is the same')
    const inServer = site.data.records('card')[0]?.id ?? ''
    await tamper(page, inServer, 'description', 'a bit fell over')
    await app.button('Verify my data').click()
    await expect(page.getByRole('list', { name: 'Records that differed' })).toBeVisible()
    await look('settings, what differed')

    const gone: string[] = []
    for (let n = 0; n < 30; n++) gone.push(await ada.createNote({ title: `Note ${n}` }))
    await home()
    await expect(app.entry('Note 29')).toHaveCount(1)
    await ada.push(
      gone.map((record) => ({ record, kind: 'note', on: 1, fields: { deleted: true, purged: true } })),
    )
    await page.getByRole('alert').getByRole('button', { name: 'Look at them' }).click()
    await expect(app.dialog('Records would vanish').getByRole('listitem')).toHaveCount(11)
    await look('records would vanish')
    await page.keyboard.press('Escape')
    await app.button('Sync status').click()
    await app.button('Sync log').click()
    await expect(page.getByRole('region', { name: 'Sync log' }).getByRole('listitem').first()).toBeVisible()
    await look('sync log')
    await page
      .getByRole('region', { name: 'Sync status' })
      .getByRole('button', { name: 'Look at them' })
      .click()
    await app.dialog('Records would vanish').getByRole('button', { name: 'Remove them' }).click()
    await expect(app.dialog('Records would vanish')).toBeHidden()

    site.proxy.cut()
    await home()
    await app.entry('example.com').click()
    await app.title.fill('A change that waits')
    await app.button('Sync status').click()
    await expect(page.getByRole('region', { name: 'Failed changes' })).toBeVisible({ timeout: 30_000 })
    await look('failed changes')
    await page.getByRole('button', { name: 'Discard' }).click()
    await expect(app.dialog('Discard change')).toBeVisible()
    await look('discard change')
    await page.keyboard.press('Escape')
    site.proxy.restore()
    await app.button('Sync now').click()
    await expect(page.getByRole('region', { name: 'Failed changes' })).toBeHidden()
    await home()
    await app.button('Account').click()
    await look('account menu')
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(app.dialog('Sign out')).toBeVisible()
    await look('sign out')
    await page.keyboard.press('Escape')
    await app.entry('A change that waits').click()
    await expect(app.title).toBeVisible()
    const session = await page.context().newCDPSession(page)
    await session.send('Storage.clearDataForOrigin', { origin: site.origin, storageTypes: 'indexeddb' })
    // The page looks every 2 s, and may have found its library gone before anything is typed: then it is read-only.
    await app.title.evaluate((field: HTMLTextAreaElement) => {
      field.value = 'Typed'
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    })
    await expect(page.getByRole('region', { name: 'Nothing more can be saved here' })).toBeVisible()
    await look('rescue mode')

    expect(found).toEqual([])
  })
}
