import { App } from './support/app.ts'
import { expect, test } from './support/test.ts'

test('Pawkit installs, with no installability error, and its window opens offline', async ({
  site,
  devices,
}) => {
  const context = await devices.profile().start()
  const app = await App.open(context)
  await app.newNote('Installed with me')
  const session = await context.newCDPSession(app.page)
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  expect(installabilityErrors).toEqual([])
  const { appId } = await session.send('Page.getAppId')
  expect(appId).toBe(`${site.origin}/`)
  const manifestId = appId ?? ''
  await session.send('PWA.install', { manifestId })

  await context.setOffline(true)
  const opening = context.waitForEvent('page')
  await session.send('PWA.launch', { manifestId })
  const window = new App(await opening)
  await expect(window.button('New note')).toBeVisible()
  await expect(window.entry('Installed with me')).toBeVisible()
  await session.send('PWA.uninstall', { manifestId })
})
