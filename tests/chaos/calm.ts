import { setTimeout as pass } from 'node:timers/promises'
import type { App } from '../e2e/support/app.ts'
import type { ChaosDevice } from './device.ts'
import type { Scene } from './faults.ts'
import { digest, readDevice } from './held.ts'
import { within } from './limit.ts'

const LOOK_EVERY = 250
const LOOK_LIMIT = 10_000

/** Looks until it holds. @returns false when it did not in time */
async function until(holds: () => Promise<boolean>, limit: number): Promise<boolean> {
  const end = Date.now() + limit
  while (Date.now() < end) {
    if (await within(LOOK_LIMIT, 'a look', holds()).catch(() => false)) return true
    await pass(LOOK_EVERY)
  }
  return false
}

async function isCalm({ site, devices }: Scene): Promise<boolean> {
  const atServer = digest(site.data.records())
  for (const device of devices) {
    const { page } = await device.ready()
    const held = await readDevice(page)
    if (held.outbox.length > 0 || digest(held.records) !== atServer) return false
  }
  return true
}

/** What an impatient person does: long pauses after many failures end at once. */
async function hurry({ page }: App): Promise<void> {
  const sync = page.getByRole('button', { name: 'Sync now', exact: true })
  if (!(await sync.isVisible())) await page.getByRole('button', { name: 'Sync status', exact: true }).click()
  const retry = page.getByRole('button', { name: 'Retry all', exact: true })
  if (await retry.isVisible()) await retry.click()
  await sync.click()
}

/** A line that one device cut and the other wrote on is asked about; whoever merges keeps the words of both. */
async function settle({ page }: App): Promise<void> {
  const ask = page.getByRole('button', { name: 'Resolve conflict', exact: true }).first()
  if (!(await ask.isVisible())) return
  await ask.click()
  const dialog = page.getByRole('dialog', { name: 'Resolve conflict' })
  await dialog.getByRole('button', { name: 'Merge both', exact: true }).click()
  await dialog.getByRole('button', { name: 'Save merge', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
}

async function hurryAll(devices: readonly ChaosDevice[]): Promise<void> {
  for (const device of devices) await hurry(await device.ready())
}

/** The figures of the dashboard that are not 0, of both devices. */
async function figures({ devices }: Scene): Promise<string[]> {
  const wrong: string[] = []
  for (const device of devices) {
    const { page } = await device.ready()
    const sync = page.getByRole('button', { name: 'Sync now', exact: true })
    if (!(await sync.isVisible()))
      await page.getByRole('button', { name: 'Sync status', exact: true }).click()
    const shown = await page
      .locator('[data-sync-figure]')
      .evaluateAll((all) =>
        all.map((each) => `${each.getAttribute('data-sync-figure')} ${each.textContent?.trim()}`),
      )
    const queue = shown.filter((figure) => !figure.startsWith('sessions'))
    wrong.push(
      ...queue.filter((figure) => !figure.endsWith(' 0')).map((figure) => `${device.name}: ${figure}`),
    )
    if (queue.length < 5) wrong.push(`${device.name}: ${queue.length} figures`)
  }
  return wrong
}

/**
 * Faults have stopped: both devices and the server come to hold the same, and every figure to be 0.
 * @param hurried without it nobody touches anything, and the longest pause is waited for
 * @returns what is not so after all, nothing when all is well
 */
export async function calmDown(scene: Scene, hurried: boolean): Promise<string[]> {
  if (hurried) await hurryAll(scene.devices)
  let looks = 0
  const limit = hurried ? 15_000 : 7 * 60_000
  const same = await until(async () => {
    // Once is not enough where the two were sending to each other.
    if (hurried && ++looks % 8 === 0) await hurryAll(scene.devices)
    for (const device of scene.devices) await settle(await device.ready())
    return isCalm(scene)
  }, limit)
  let wrong: string[] = []
  const zero = await until(async () => {
    wrong = await figures(scene)
    return wrong.length === 0
  }, 10_000)
  return [
    ...(same ? [] : ['Devices and server do not come to hold the same.']),
    ...(zero ? [] : [`Figures that are not 0: ${wrong.join(', ')}`]),
  ]
}
