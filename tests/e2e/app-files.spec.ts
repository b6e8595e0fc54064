import { App } from './support/app.ts'
import { expect, test } from './support/test.ts'
import { isOld, lookForUpdate, mark } from './support/update.ts'

/** The addresses under which the app's files are kept. */
const kept = (app: App): Promise<string[]> =>
  app.page.evaluate(async () => {
    const names = await caches.keys()
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return all.flat().map(({ url }) => new URL(url).pathname)
  })

test('P1 the app’s files are kept for offline; one that the browser has taken back is fetched again', async ({
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.page.evaluate(() => navigator.serviceWorker.ready)
  const files = await kept(app)
  expect(files).toContain('/index.html')
  const script = files.find((path) => /^\/assets\/index-.*\.js$/.test(path))
  expect(script).toBeDefined()

  await app.page.evaluate(async (path) => {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys())
        if (new URL(request.url).pathname === path || request.url.includes('/index.html'))
          await cache.delete(request)
    }
  }, script ?? '')
  await app.page.goto('/trash')
  await expect(app.page.getByRole('link', { name: 'Library' }).first()).toBeVisible()
})

test('the files of the version before go when the new one takes over', async ({ site, devices }) => {
  const app = await App.open(await devices.context())
  await app.page.evaluate(async () => {
    await navigator.serviceWorker.ready
    const [name = ''] = await caches.keys()
    await (await caches.open(name)).put('/assets/of-the-version-before.js', new Response('old'))
  })
  expect(await kept(app)).toContain('/assets/of-the-version-before.js')
  site.proxy.newVersion()
  await lookForUpdate(app.page)
  await mark(app.page)
  await app.button('Reload').click()
  // While the page reloads it cannot be asked.
  await expect.poll(() => isOld(app.page).catch(() => true), { message: 'the tab reloads' }).toBe(false)
  await expect.poll(() => kept(app)).not.toContain('/assets/of-the-version-before.js')
  expect(await kept(app)).toContain('/index.html')
  await expect(app.page.getByRole('link', { name: 'Library' }).first()).toBeVisible()
})
