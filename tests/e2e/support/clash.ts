import { App } from './app.ts'
import { ADA } from './client.ts'
import type { Site } from './site.ts'
import { type Devices, expect } from './test.ts'

/** How a note reads before two devices change it. */
export const BEFORE =
  'Buy milk\nCall the plumber\nBuy ten eggs for Sunday\nSleep long\nPaint the old door red\nWater the plants'
/** What merges by itself: the milk is of one side only, and so is the last line. */
export const HERE =
  'Buy milk\nCall the plumber\nBuy six eggs for Sunday\nSleep long\nPaint the old door green\nWater the plants\nA line from here'
export const THERE =
  'Buy oat milk\nCall the plumber\nBuy twelve eggs for Sunday\nSleep long\nPaint the old door blue\nWater the plants'

/** A note that a browser and another device of the same account change in the same words, with the browser offline. */
export async function clashOn(
  site: Site,
  devices: Devices,
  options: Parameters<Devices['context']>[0] = {},
): Promise<{ readonly app: App; readonly id: string; readonly edit: (content: string) => Promise<void> }> {
  const app = await App.open(await devices.context(options))
  await app.signUp(ADA)
  const script = await site.signIn(ADA)
  const id = await script.createNote({ title: 'Weekend', content: BEFORE, tags: ['home'] })
  await expect(app.entry('Weekend')).toHaveCount(1)
  await app.page.goto(`/notes/${id}`)
  await expect(app.content).toHaveValue(BEFORE)
  await app.page.context().setOffline(true)
  await app.content.fill(HERE)
  const edit = (content: string): Promise<void> => script.editNote(id, { content })
  await edit(THERE)
  await app.page.context().setOffline(false)
  await expect(app.state).toHaveAttribute('data-sync-state', 'conflict')
  return { app, id, edit }
}
