import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Locator, Page } from '@playwright/test'
import { DATABASE_NAME, DATABASE_VERSION } from '../../src/store/schema.ts'
import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { readRow, storedField } from './support/store.ts'
import { expect, test } from './support/test.ts'
import { lookForUpdate, replaced } from './support/update.ts'

/** The region of the rescue mode. */
const rescue = ({ page }: App): Locator =>
  page.getByRole('region', { name: 'Nothing more can be saved here' })

/** The open note's own text, beside the rescued ones. */
const editor = ({ page }: App): Locator =>
  page.locator('pawkit-note-page').getByRole('textbox', { name: 'Content' })

/** How much room the browser gives the site; null: as much as it likes. */
async function room(page: Page, quotaSize: number | null): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const origin = new URL(page.url()).origin
  await session.send(
    'Storage.overrideQuotaForOrigin',
    quotaSize === null ? { origin } : { origin, quotaSize },
  )
}

/** From the first visit on: Chromium goes on for up to half a minute with the room that it last knew of. */
const LITTLE = 1_150_000
/** Allowed in a note, and soon more than there is room for. */
const LONG = 'milk and honey '.repeat(30_000)

/** Pastes a long text over the open note until the device has no room for it; returns the one that was not stored. */
async function fillUp(app: App): Promise<string> {
  let round = 0
  await expect(async () => {
    await app.content.evaluate((field: HTMLTextAreaElement, text) => {
      if (field.readOnly) return
      field.value = text
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    }, `${++round} ${LONG}`)
    await expect(rescue(app)).toContainText('no room left', { timeout: 1500 })
  }).toPass({ timeout: 60_000 })
  return editor(app).inputValue()
}

/** A page of the same origin with nothing of Pawkit in it, which opens the database at a version and holds it. */
async function hold(context: BrowserContext, version: number): Promise<Page> {
  const page = await context.newPage()
  await page.goto('/robots.txt')
  await page.evaluate(
    ([name, wanted]) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name, wanted)
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          Object.assign(globalThis, { held: opening.result })
          resolve()
        }
      }),
    [DATABASE_NAME, version] as const,
  )
  return page
}

test('P1 P12 no room left while one types: the text can be copied and taken out, and is stored and sent once there is room', async ({
  site,
  devices,
}) => {
  test.slow()
  const context = await devices.context({ permissions: ['clipboard-read', 'clipboard-write'] })
  const keeper = await context.newPage()
  await keeper.goto('/robots.txt')
  await room(keeper, LITTLE)
  const app = await App.open(context)
  await app.signUp(ADA)
  const id = await app.newNote('Groceries', 'milk')
  await app.synced()

  const typed = await fillUp(app)
  await expect(app.page.getByRole('alert').filter({ hasText: 'Nothing more can be saved' })).toBeVisible()
  const text = rescue(app).getByRole('textbox', { name: '“Groceries”, text' })
  const isThere = async (field: Locator): Promise<void> => {
    expect((await field.inputValue()) === typed, 'the long text is there to the letter').toBe(true)
  }
  await isThere(text)
  await isThere(editor(app))
  await expect(editor(app)).toHaveJSProperty('readOnly', true)
  expect((await storedField(app.page, id, 'content')) === typed).toBe(false)

  await rescue(app).getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(rescue(app).getByText('Copied.')).toBeVisible()
  expect((await app.page.evaluate(() => navigator.clipboard.readText())) === typed).toBe(true)
  const [file] = await Promise.all([
    app.page.waitForEvent('download'),
    rescue(app).getByRole('button', { name: 'Export library' }).click(),
  ])
  const { records } = JSON.parse(readFileSync(await file.path(), 'utf8'))
  expect(records).toHaveLength(1)
  expect(records[0].fields.content === typed).toBe(true)

  // An update that another tab accepts does not take it.
  const other = await App.open(context)
  site.proxy.newVersion()
  await lookForUpdate(other.page)
  const update = replaced(app.page)
  await other.button('Reload').click()
  await update
  await other.page.close()
  await isThere(text)

  // Reading goes on, and a try that fails costs nothing.
  await expect(app.entry('Groceries')).toBeVisible()
  await rescue(app).getByRole('button', { name: 'Try again' }).click()
  await expect(rescue(app).getByText('It did not work yet')).toBeVisible()
  await isThere(text)

  await room(keeper, null)
  await rescue(app).getByRole('button', { name: 'Try again' }).click()
  await expect(rescue(app)).toBeHidden()
  await expect(editor(app)).toHaveJSProperty('readOnly', false)
  await app.title.focus()
  await app.page.keyboard.type('!')
  await app.synced()
  expect(site.data.content(id) === typed).toBe(true)
  expect(site.data.records()).toHaveLength(1)
})

test('P1 P5 the browser removes the library of an open page: it is put back, with what was typed, and syncs on', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  const other = await app.newNote('Other', 'untouched')
  await app.synced()
  const id = await app.newNote('Groceries', 'milk')
  await app.synced()

  const session = await context.newCDPSession(app.page)
  await session.send('Storage.clearDataForOrigin', { origin: site.origin, storageTypes: 'indexeddb' })
  // In one task: the page looks every 2 s who may write, and is read-only once it has found its library gone.
  await editor(app).evaluate((field: HTMLTextAreaElement) => {
    field.value += ', bread'
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  })
  await expect(rescue(app)).toContainText('removed the library')
  await expect(app.entry('Other')).toBeVisible()
  await rescue(app).getByRole('button', { name: 'Try again' }).click()
  await expect(rescue(app)).toBeHidden()
  await expect(editor(app)).toHaveValue(/^milk,/)
  await app.write('. Done')
  await app.synced()
  expect(site.data.content(id)).toBe(await editor(app).inputValue())
  expect(site.data.content(other)).toBe('untouched')
  expect(site.data.records()).toHaveLength(2)
  expect(await readRow(app.page, 'meta', 'library')).toMatchObject({ account: { email: ADA.email } })
})

test('P1 P12 a newer version opens the library elsewhere: this tab says so, writes nothing, and loses nothing', async ({
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  const id = await app.newNote('Groceries', 'milk')
  await expect.poll(() => storedField(app.page, id, 'content')).toBe('milk')
  const newer = await hold(context, DATABASE_VERSION + 1)
  await expect(rescue(app)).toContainText('newer Pawkit')
  await expect(editor(app)).toHaveJSProperty('readOnly', true)
  await expect(editor(app)).toHaveValue('milk')
  await rescue(app).getByRole('button', { name: 'Reload' }).click()

  const page = app.page.getByRole('alert').filter({ hasText: 'Your library did not open' })
  await expect(page).toContainText('newer Pawkit')
  const [file] = await Promise.all([app.page.waitForEvent('download'), app.button('Export library').click()])
  expect(readFileSync(await file.path(), 'utf8')).toContain('milk')
  await newer.close()
})

test('P12 an older tab that does not let go: the page says what it waits for, gives up in time, and goes on by itself when that tab closes', async ({
  devices,
}) => {
  const context = await devices.context()
  const older = await hold(context, 1)
  const { page } = new App(await context.newPage())
  await page.goto('/')
  const waiting = page.getByRole('alert').filter({ hasText: 'Waiting for your library' })
  await expect(waiting).toContainText('Close other tabs', { timeout: 3000 })
  const gaveUp = page.getByRole('alert').filter({ hasText: 'Your library did not open' })
  await expect(gaveUp).toContainText('older Pawkit', { timeout: 12_000 })
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(waiting).toBeVisible()
  // The database of that tab is older than any of ours: what it has is kept, what it lacks is made.
  await older.evaluate(() => {
    ;(globalThis as unknown as { held: IDBDatabase }).held.close()
    indexedDB.deleteDatabase('pawkit')
  })
  await older.close()
  await expect(waiting).toBeHidden()
})

for (const damage of ['garbage', 'cut short'] as const) {
  test(`P12 the browser’s files of the library are damaged (${damage}): the page says what happened, and is never blank`, async ({
    site,
    devices,
  }) => {
    const profile = devices.profile()
    let app = await App.open(await profile.start())
    await app.signUp(ADA)
    const id = await app.newNote('Groceries', 'milk')
    await app.synced()
    await profile.close()

    const folder = join(profile.folder, 'Default', 'IndexedDB')
    const [library] = readdirSync(folder).filter((name) => name.endsWith('.leveldb'))
    const files = join(folder, String(library))
    for (const name of readdirSync(files).filter((each) => /\.(log|ldb)$|^MANIFEST/.test(each))) {
      const bytes = readFileSync(join(files, name))
      writeFileSync(
        join(files, name),
        damage === 'garbage' ? bytes.fill(0x5a) : bytes.subarray(0, bytes.length >> 1),
      )
    }

    app = new App(await (await profile.start()).newPage())
    await app.page.goto('/')
    const told = app.page
      .getByRole('alert')
      .filter({ hasText: /lost the library|Your library did not open|Nothing more can be saved/ })
    await expect(told).toBeVisible({ timeout: 20_000 })
    expect(site.data.content(id)).toBe('milk')
    // What is on the server comes back.
    if (await app.button('Sign in').isVisible()) {
      await app.signIn(ADA)
      await app.entry('Groceries').click()
      await expect(app.content).toHaveValue('milk')
    }
  })
}

test('P11 settings say how safe storage is, how much is used, and how old the oldest unsent change is', async ({
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  await app.newNote('Groceries', 'milk')
  await app.synced()
  await app.page.getByRole('link', { name: 'Settings' }).click()
  const storage = app.page.getByRole('region', { name: 'Storage' })
  await expect(storage).toContainText(/About [\d.]+ (kB|MB) used/)
  await expect(storage).toContainText('No change waits')
  // A fresh headless browser never agrees; the answer is told.
  await storage.getByRole('button', { name: 'Keep it safe' }).click()
  await expect(storage.getByRole('status')).toContainText('did not agree')
  await context.setOffline(true)
  await app.button('New note').click()
  await app.page.keyboard.type('Offline')
  await app.page.getByRole('link', { name: 'Settings' }).click()
  await expect(storage).toContainText('was made just now')
  await context.setOffline(false)
  await expect(storage).toContainText('No change waits')
})
