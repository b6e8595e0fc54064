import { App } from './support/app.ts'
import { expect, test } from './support/test.ts'

test('the worker claims the page of the first visit, without a reload', async ({ devices }) => {
  const context = await devices.context()
  const page = await context.newPage()
  let loads = 0
  page.on('load', () => loads++)
  await page.goto('/')
  const app = new App(page)
  await app.controlled()
  await expect(app.library).toBeAttached()
  await expect(app.button('New note')).toBeVisible()
  await app.newNote('First thing')
  await expect(app.entry('First thing')).toBeVisible()
  await expect(app.state).toHaveAttribute('data-sync-state', 'local')
  expect(loads).toBe(1)
})
