import type { BrowserContext } from '@playwright/test'
import { App } from './support/app.ts'
import { denyBackgroundSync, killBrowser, killWorkers } from './support/cdp.ts'
import { ADA } from './support/client.ts'
import { storedField, workerOf } from './support/store.ts'
import { expect, test } from './support/test.ts'

/** From the last key to the tab's end. */
const AT_MOST = 100
const LETTERS = 'The last letters, typed and left: äöü 🐾.'

/** Types the text and closes the tab right after the last key; returns the note's id. */
async function typeAndClose(app: App, text = LETTERS): Promise<string> {
  const id = await app.newNote('Left behind')
  await app.content.focus()
  await app.page.keyboard.type(text)
  const lastKey = performance.now()
  const closed = app.page.close()
  expect(performance.now() - lastKey).toBeLessThan(AT_MOST)
  await closed
  return id
}

async function signedIn(context: BrowserContext): Promise<App> {
  const app = await App.open(context)
  await app.signUp(ADA)
  return app
}

/** What Background Sync is asked for and is not done. */
function syncTags(app: App): Promise<string[]> {
  return app.page.evaluate(async () => {
    const registration = (await navigator.serviceWorker.ready) as ServiceWorkerRegistration & {
      sync: { getTags(): Promise<string[]> }
    }
    return registration.sync.getTags()
  })
}

test('pending syncs lost at tab close (P2), online: typed, closed within 100 ms, and the server has it with no page open', async ({
  site,
  devices,
}) => {
  const app = await signedIn(await devices.profile().start())
  const id = await typeAndClose(app)
  await expect.poll(() => site.data.content(id)).toBe(LETTERS)
  expect(site.data.record(id)?.fields.title).toBe('Left behind')
})

test('pending syncs lost at tab close (P2), offline: typed, closed, and Background Sync brings it when the network is back, with no page open', async ({
  site,
  devices,
}) => {
  const context = await devices.profile().start()
  const app = await App.open(context)
  // A worker that lives hears `online` too; counted is what the browser itself fires. It may do so as soon as it is asked,
  // since only the page's network is gone: the event then waits for the network, and carries what was typed.
  const worker = workerOf(context)
  await worker.evaluate(() => {
    const counting = globalThis as { syncs?: number }
    counting.syncs = 0
    addEventListener('sync', () => (counting.syncs = (counting.syncs ?? 0) + 1))
  })
  const syncs = () => worker.evaluate(() => (globalThis as { syncs?: number }).syncs ?? 0)
  await app.signUp(ADA)
  // Signing in asks as well. Its event is over before the network goes, or it would carry what is typed.
  await expect.poll(syncs).toBeGreaterThan(0)
  await expect.poll(() => syncTags(app)).toEqual([])
  const atSignIn = await syncs()
  await context.setOffline(true)
  await app.connection('offline')
  const id = await typeAndClose(app)
  expect(site.data.record(id)).toBeNull()
  await context.setOffline(false)
  await expect.poll(() => site.data.content(id)).toBe(LETTERS)
  await expect.poll(syncs, { timeout: 30_000 }).toBeGreaterThan(atSignIn)
})

test('P2 server down: typed, closed, and it arrives once the server is back, with no page open', async ({
  site,
  devices,
}) => {
  const app = await signedIn(await devices.profile().start())
  await expect.poll(() => site.proxy.count('GET', '/api/sync/changes')).toBeGreaterThan(0)
  await site.server.kill()
  site.proxy.cut()
  const before = site.proxy.pushes.length
  const id = await typeAndClose(app)
  await expect.poll(() => site.proxy.pushes.length, { message: 'it tried in vain' }).toBeGreaterThan(before)
  await site.server.start()
  site.proxy.restore()
  await expect.poll(() => site.data.content(id), { timeout: 30_000 }).toBe(LETTERS)
})

test('P2 server down and the worker killed: the browser’s own retry brings it, with no page open', async ({
  site,
  devices,
}) => {
  // Its waits of minutes, in seconds.
  const context = await devices
    .profile()
    .start([
      '--force-fieldtrials=BackgroundSync/G',
      '--force-fieldtrial-params=BackgroundSync.G:initial_retry_delay_sec/2/retry_delay_factor/2/max_sync_attempts/4',
    ])
  const app = await signedIn(context)
  site.proxy.cut()
  const before = site.proxy.pushes.length
  const id = await typeAndClose(app)
  await expect.poll(() => site.proxy.pushes.length).toBeGreaterThan(before)
  await expect.poll(() => storedField(workerOf(context), id, 'content')).toBe(LETTERS)
  await killWorkers(context)
  site.proxy.restore()
  await expect.poll(() => site.data.content(id), { timeout: 20_000 }).toBe(LETTERS)
})

test('P2 Background Sync denied, online: the message of the closing tab carries it', async ({
  site,
  devices,
}) => {
  const context = await devices.profile().start()
  await denyBackgroundSync(context, site.origin)
  const app = await signedIn(context)
  const id = await typeAndClose(app)
  await expect.poll(() => site.data.content(id)).toBe(LETTERS)
})

test('P2 Background Sync denied, offline: the next start of the app brings it', async ({ site, devices }) => {
  const profile = devices.profile()
  let context = await profile.start()
  await denyBackgroundSync(context, site.origin)
  const app = await signedIn(context)
  await app.button('Sync status').click()
  await expect(app.page.getByRole('region', { name: 'Sync status' })).toContainText(
    'until Pawkit is opened again',
  )
  await context.setOffline(true)
  await app.connection('offline')
  const id = await typeAndClose(app)
  // P2 counts from the commit on, and the worker commits a closing page's last letters.
  await expect.poll(() => storedField(workerOf(context), id, 'content')).toBe(LETTERS)
  await profile.close()
  expect(site.data.record(id)).toBeNull()
  context = await profile.start()
  await App.open(context)
  await expect.poll(() => site.data.content(id)).toBe(LETTERS)
})

test('P2 browser closed: started on a blank page, it brings what was typed', async ({ site, devices }) => {
  const profile = devices.profile()
  let context = await profile.start()
  const app = await signedIn(context)
  await context.setOffline(true)
  await app.connection('offline')
  const id = await typeAndClose(app)
  // P2 counts from the commit on, and the worker commits a closing page's last letters.
  await expect.poll(() => storedField(workerOf(context), id, 'content')).toBe(LETTERS)
  await profile.close()
  expect(site.data.record(id)).toBeNull()
  context = await profile.start()
  await expect.poll(() => site.data.content(id), { timeout: 20_000 }).toBe(LETTERS)
  expect(context.pages().every((page) => page.url() === 'about:blank')).toBe(true)
})

test('P2 browser killed: what was committed is there, and reaches the server', async ({ site, devices }) => {
  const profile = devices.profile()
  let context = await profile.start()
  let app = await signedIn(context)
  await context.setOffline(true)
  await app.connection('offline')
  const id = await app.newNote('Cut short')
  await app.write(LETTERS)
  await expect.poll(() => storedField(app.page, id, 'content')).toBe(LETTERS)
  // Chromium writes its cookies down every 30 s: losing the session is not what this is about.
  const cookies = await context.cookies()
  await killBrowser(context)
  // Background Sync fires as the browser starts: not before the session is back, or it meets a 401.
  site.proxy.cut()
  context = await profile.start()
  await context.addCookies(cookies)
  site.proxy.restore()
  app = await App.open(context, `/notes/${id}`)
  await expect(app.content).toHaveValue(LETTERS)
  await expect.poll(() => site.data.content(id), { timeout: 30_000 }).toBe(LETTERS)
})
