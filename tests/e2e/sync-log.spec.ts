import { readFileSync } from 'node:fs'
import type { Locator } from '@playwright/test'
import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { readRow } from './support/store.ts'
import { expect, test } from './support/test.ts'

/** What a button gives as a file. */
async function fileOf(app: App, button: Locator): Promise<string> {
  const [download] = await Promise.all([app.page.waitForEvent('download'), button.click()])
  return readFileSync(await download.path(), 'utf8')
}

/** Whether the sign in a button has the colour of what is wrong. */
const isRed = (button: Locator): Promise<boolean> =>
  button.evaluate((element) => {
    const probe = element.appendChild(document.createElement('i'))
    probe.style.color = 'var(--bad)'
    const [bad, icon] = [probe, element.querySelector('.icon')].map(
      (each) => each && getComputedStyle(each).color,
    )
    probe.remove()
    return icon === bad
  })

test('P11 P12 what failed can be copied and exported, turns the status red, and the sync log tells it by level and record', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const app = await App.open(context)
  await app.signUp(ADA)
  await app.newNote('Calm', 'on the server')
  await app.synced()
  expect(await isRed(app.button('Sync status'))).toBe(false)
  site.proxy.cut()
  const secret = 'only on this device'
  await app.newNote('Stormy', secret)
  await app.button('Sync status').click()
  const failed = app.page.getByRole('region', { name: 'Failed changes' })
  await expect(failed.getByRole('listitem')).toHaveCount(1, { timeout: 30_000 })

  await test.step('its words, without the server', async () => {
    await failed.getByRole('button', { name: 'Copy' }).click()
    await expect(app.notice('Copied.')).toBeVisible()
    expect(await app.page.evaluate(() => navigator.clipboard.readText())).toContain(secret)
    expect(await fileOf(app, failed.getByRole('button', { name: 'Export' }))).toContain(secret)
  })

  await test.step('red, with the reason', async () => {
    await expect(failed).toContainText('The server does not answer.')
    expect(await isRed(app.button('Sync status'))).toBe(true)
  })

  await test.step('the log of one record, of one level, and whole as a file that tells nobody what was written', async () => {
    await app.button('Sync log').click()
    const log = app.page.getByRole('region', { name: 'Sync log' })
    const lines = log.getByRole('listitem')
    await log.getByRole('combobox', { name: 'Record' }).selectOption({ label: 'Calm' })
    await expect(lines.filter({ hasText: '“Calm”' })).not.toHaveCount(0)
    await expect(lines.filter({ hasNotText: '“Calm”' })).toHaveCount(0)
    await log.getByRole('combobox', { name: 'Record' }).selectOption({ label: 'All' })
    await log.getByRole('combobox', { name: 'Level' }).selectOption({ label: 'Warnings' })
    await expect(lines.filter({ hasText: 'failed' })).not.toHaveCount(0)
    await expect(lines.filter({ hasText: 'Sent ' })).toHaveCount(0)
    const file = await fileOf(app, log.getByRole('button', { name: 'Export' }))
    const { log: rows } = JSON.parse(file) as { log: { event: { what: string } }[] }
    expect(rows.map(({ event }) => event.what)).toEqual(
      expect.arrayContaining(['failed', 'outcome', 'pushed']),
    )
    for (const word of [secret, 'Stormy', 'Calm', 'on the server']) expect(file).not.toContain(word)
  })
})

/**
 * Alters a change that waits as if it had been made at `since`, by a newer Pawkit whose format this one does not send:
 * nothing is tried with it, so nothing fails, and nobody but the watchdog has a reason to speak.
 */
const strand = (app: App, since: number): Promise<void> =>
  app.page.evaluate(
    ([id, made]) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('pawkit')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const db = opening.result
          const tx = db.transaction('outbox', 'readwrite')
          const outbox = tx.objectStore('outbox')
          const got = outbox.get(id)
          got.onsuccess = () => outbox.put({ ...got.result, since: made, format: 1000 })
          tx.onerror = () => reject(tx.error)
          tx.oncomplete = () => {
            db.close()
            resolve()
          }
        }
      }),
    [app.id, since] as const,
  )

test('P12 the watchdog: a change that nothing moves turns the status red after two minutes, by itself', {
  tag: '@long',
}, async ({ devices }) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  await app.newNote('Stuck', 'on the server')
  await app.synced()
  const status = app.button('Sync status')
  await status.click()
  const alert = app.page.getByRole('region', { name: 'Sync status' }).getByRole('alert')
  await context.setOffline(true)
  await app.connection('offline')
  await app.write(' and more')
  await expect.poll(() => readRow(app.page, 'outbox', app.id)).not.toBeNull()
  const moment = Date.now() + 15_000
  await strand(app, moment - 120_000)
  await context.setOffline(false)
  await app.connection('online')
  await expect(app.figure('pending')).toHaveText('1')
  expect(await isRed(status), 'until then all is well').toBe(false)
  await expect(alert).toBeHidden()
  expect(Date.now(), 'so it was looked at in time').toBeLessThan(moment)

  await expect(alert).toContainText(/^1 change has waited since .* although the server answers/, {
    timeout: 30_000,
  })
  await expect.poll(() => isRed(status)).toBe(true)
  expect(Date.now()).toBeGreaterThan(moment)
  await expect(app.figure('failed')).toHaveText('0')
})
