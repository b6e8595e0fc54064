import type { Page } from '@playwright/test'
import { App } from './support/app.ts'
import { secondTab, typeAndTake } from './support/tabs.ts'
import { expect, test } from './support/test.ts'

/** Marks the document, so that a reload shows. */
const mark = (page: Page): Promise<void> =>
  page.evaluate(() => document.documentElement.setAttribute('data-old', ''))
const isOld = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.hasAttribute('data-old'))

test('a new version asks: accepted, both tabs reload, and what was typed is kept', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('Before the update', 'typed early')
  const second = await secondTab(context, `/notes/${id}`)
  await expect(second.content).toHaveValue('typed early')
  for (const { page } of [first, second]) await mark(page)

  site.proxy.newVersion()
  await second.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    await registration.update()
  })
  for (const app of [first, second]) await expect(app.button('Reload')).toBeVisible()
  for (const app of [first, second]) expect(await isOld(app.page), 'nothing reloads unasked').toBe(true)

  await first.write(', typed in the first tab')
  await second.content.focus()
  await second.page.keyboard.press('Control+Home')
  await typeAndTake(second, 'Typed last, ')
  await second.button('Reload').click()

  for (const { page } of [first, second])
    await expect.poll(() => isOld(page).catch(() => true), { message: 'the tab reloads' }).toBe(false)
  for (const app of [first, second]) {
    await expect(app.content).toHaveValue('Typed last, typed early, typed in the first tab')
    await expect(app.button('Reload')).toHaveCount(0)
  }
})
