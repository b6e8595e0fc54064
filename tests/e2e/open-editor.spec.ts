import type { Page } from '@playwright/test'
import { App } from './support/app.ts'
import { ADA, newId } from './support/client.ts'
import { storedField } from './support/store.ts'
import { expect, test } from './support/test.ts'

/** Every broadcast reaches this page 2 s late, as on a machine with much to do. */
function holdBroadcasts(): void {
  const LATE = 2000
  const { addEventListener } = EventTarget.prototype
  BroadcastChannel.prototype.addEventListener = function (
    this: BroadcastChannel,
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    const late = (event: Event): void =>
      void setTimeout(() => {
        if (typeof listener === 'function') listener.call(this, event)
        else listener?.handleEvent(event)
      }, LATE)
    addEventListener.call(this, type, type === 'message' ? late : listener, options)
  }
}

test('P4 a pull replaces a clean note between two keystrokes, broadcasts held back 2 s: both edits are in it', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  await context.addInitScript(holdBroadcasts)
  const app = await App.open(context)
  await app.signUp(ADA)
  const id = await app.newNote('Open', 'first line\nlast line')
  await app.synced()
  const other = await site.signIn(ADA)

  await app.write('!')
  await app.synced()
  await other.editNote(id, { content: 'FIRST line\nlast line!' })
  await expect
    .poll(() => storedField(app.page, id, 'content'), { intervals: [20] })
    .toBe('FIRST line\nlast line!')
  expect(await app.content.inputValue(), 'the editor has not heard of it').toBe('first line\nlast line!')
  await app.page.keyboard.type('?')

  await expect(app.content).toHaveValue('FIRST line\nlast line!?')
  await expect.poll(() => site.data.content(id)).toBe('FIRST line\nlast line!?')
})

test('cursor jumps while saving: typed into the middle through saves, answers and another device’s change, every letter stands where the caret was', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Caret', 'first line\nmiddle end')
  await app.synced()
  const other = await site.signIn(ADA)
  const caret = () =>
    app.content.evaluate((field: HTMLTextAreaElement) => [field.selectionStart, field.selectionEnd])
  const after = 'first line\nmiddle'
  await app.content.evaluate(
    (field: HTMLTextAreaElement, at) => field.setSelectionRange(at, at),
    after.length,
  )
  let typed = ''
  for (const letters of [' of', ' the', ' text']) {
    await app.page.keyboard.type(letters, { delay: 30 })
    typed += letters
    await app.synced()
    expect(await caret()).toEqual([after.length + typed.length, after.length + typed.length])
  }
  // A change above the caret moves it by as much as was put in, and not a letter further.
  await other.editNote(id, { content: `FIRST first line\nmiddle${typed} end` })
  await expect(app.content).toHaveValue(`FIRST first line\nmiddle${typed} end`)
  await app.page.keyboard.type('!')
  await expect(app.content).toHaveValue(`FIRST first line\nmiddle${typed}! end`)
  await expect.poll(() => site.data.content(id)).toBe(`FIRST first line\nmiddle${typed}! end`)
})

/** Holds every write of the page back, by a transaction on the stores that a write needs; the function lets them go. */
async function holdWrites(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('pawkit')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const db = opening.result
          const store = db.transaction(db.objectStoreNames, 'readwrite').objectStore('records')
          let held = true
          // A transaction lives while it is asked something.
          const goOn = (): void => {
            if (held) store.count().onsuccess = goOn
            else db.close()
          }
          Object.assign(globalThis, { letGo: () => (held = false) })
          store.count().onsuccess = () => {
            goOn()
            resolve()
          }
        }
      }),
  )
  return () => page.evaluate('letGo()')
}

test('P1 P12 a text or a tag that is not committed yet is never shown as saved', async ({ devices }) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Held', 'first')
  await app.synced()
  await expect(app.state).toContainText('On the server')

  for (const [name, key] of [
    ['Content', '!'],
    ['Title', '?'],
  ] as const) {
    const letGo = await holdWrites(app.page)
    await app.page.getByRole('textbox', { name, exact: true }).focus()
    await app.page.keyboard.press('Control+End')
    await app.page.keyboard.type(key)
    await expect(app.state, name).toHaveText('Saving…')
    await expect(app.state).toHaveAttribute('data-sync-state', 'pending')
    await letGo()
    await app.synced()
    await expect(app.state).toContainText('On the server')
  }

  const letGo = await holdWrites(app.page)
  await app.page.getByRole('textbox', { name: 'Tags' }).fill('garden')
  await expect(app.state).toHaveText('Saving…')
  await app.page.getByRole('textbox', { name: 'Tags' }).press('Enter')
  await expect(app.state).toHaveText('Saving…')
  await expect(app.state).toHaveAttribute('data-sync-state', 'pending')
  await letGo()
  await expect.poll(() => storedField(app.page, id, 'tags')).toEqual(['garden'])
  await app.synced()
})

test('P12 without an account, too, a text is on this device only when it is', async ({ devices }) => {
  const app = await App.open(await devices.context())
  await app.newNote('Held', 'first')
  await expect(app.state).toHaveAttribute('data-sync-state', 'local')
  const letGo = await holdWrites(app.page)
  await app.write('!')
  await expect(app.state).toHaveText('Saving…')
  await expect(app.state).toHaveAttribute('data-sync-state', 'pending')
  await letGo()
  await expect(app.state).toHaveText('On this device')
  await expect(app.state).toHaveAttribute('data-sync-state', 'local')
})

test('P6 a ring of collection parents from two devices is shown and loses nothing', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const [one, two] = [await site.signIn(ADA), await site.signIn(ADA)]
  const [red, blue] = [newId(), newId()]
  const createdAt = new Date().toISOString()
  await one.push([
    { record: red, kind: 'collection', on: 0, fields: { name: 'Red', createdAt } },
    { record: blue, kind: 'collection', on: 0, fields: { name: 'Blue', createdAt } },
    { record: newId(), kind: 'note', on: 0, fields: { title: 'In red', collectionIds: [red], createdAt } },
  ])
  // Neither device knows of the other's move: two records, no conflict, both accepted.
  await one.push([{ record: red, kind: 'collection', on: 1, fields: { parentId: blue } }])
  await two.push([{ record: blue, kind: 'collection', on: 1, fields: { parentId: red } }])

  for (const title of ['Red', 'Blue', 'In red']) await expect(app.entry(title)).toBeVisible()
  const collections = app.page.getByRole('list', { name: 'Collections' })
  await expect(collections.getByRole('button', { name: 'Red' })).toBeVisible()
  await expect(collections.getByRole('button', { name: 'Blue' })).toBeVisible()
  await collections.getByRole('button', { name: 'Red' }).click()
  await expect(app.entry('In red')).toBeVisible()
  await app.page.reload()
  for (const title of ['Red', 'Blue', 'In red']) await expect(app.entry(title)).toBeVisible()
  expect(site.data.record(red)?.fields.parentId).toBe(blue)
  expect(site.data.record(blue)?.fields.parentId).toBe(red)
})
