import { expect, type Locator } from '@playwright/test'
import type { App } from './app.ts'

/** A record's line in the library. */
export const entryOf = (app: App, id: string): Locator =>
  app.library.getByRole('listitem').filter({ has: app.page.locator(`a[href$="${id}"]`) })

/** In the editor of the open record. */
export const editorButton = (app: App): Locator =>
  app.page.locator('pawkit-record-bar').getByRole('button', { name: 'Resolve conflict' })

/** The record asks, in its line of the library as everywhere else, and no dialog has opened by itself. */
export async function expectAsking(app: App, id: string): Promise<void> {
  const entry = entryOf(app, id)
  await expect(entry.locator('[data-sync-state]')).toHaveAttribute('data-sync-state', 'conflict')
  await expect(entry.getByRole('button', { name: 'Resolve conflict' })).toBeVisible()
  await expect(app.dialog('Resolve conflict')).toHaveCount(0)
}

export async function expectFigures(app: App, figures: Readonly<Record<string, number>>): Promise<void> {
  for (const [figure, many] of Object.entries(figures))
    await expect(app.figure(figure), figure).toHaveText(`${many}`)
}

/** Answers the conflict whose button this is; a merge takes what it begins with, both sides. */
export async function answer(
  app: App,
  button: Locator,
  how: 'Keep local version' | 'Use server version' | 'Merge both',
): Promise<void> {
  await button.click()
  const dialog = app.dialog('Resolve conflict')
  await dialog.getByRole('button', { name: how }).click()
  if (how === 'Merge both') await dialog.getByRole('button', { name: 'Save merge' }).click()
  await expect(dialog).toBeHidden()
}
