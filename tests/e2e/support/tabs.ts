import type { BrowserContext, Locator } from '@playwright/test'
import { App } from './app.ts'
import { expect } from './test.ts'

/** Banner `Multiple tabs`. */
export const banner = (app: App): Locator => app.page.getByRole('region', { name: 'Multiple tabs' })

/** Dialog `Another tab is editing`. */
export const asked = (app: App): Locator => app.dialog('Another tab is editing')

/** As a person does it in a tab that may not write. */
export async function takeControl(app: App): Promise<void> {
  await banner(app).getByRole('button', { name: 'Take control' }).click()
  await expect(banner(app)).not.toContainText('This tab is read-only')
}

/** Types at the caret in a tab that may not write: its first letter asks, and the person takes control. */
export async function typeAndTake(app: App, text: string): Promise<void> {
  await expect(app.content).toHaveAttribute('aria-readonly', 'true')
  const [first = '', ...rest] = text
  await app.page.keyboard.press(first)
  await asked(app).getByRole('button', { name: 'Take control' }).click()
  await expect(asked(app)).toBeHidden()
  await app.page.keyboard.type(rest.join(''))
}

/** Another tab, which may not write. */
export async function secondTab(context: BrowserContext, path = '/'): Promise<App> {
  const app = await App.open(context, path)
  await expect(banner(app)).toContainText('This tab is read-only')
  return app
}
