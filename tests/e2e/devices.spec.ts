import type { Locator } from '@playwright/test'
import { App } from './support/app.ts'
import { axeFaults } from './support/axe.ts'
import { ADA } from './support/client.ts'
import { type Devices, expect, test } from './support/test.ts'

/** Region `Other devices`, as it is after the server was asked just now. */
async function devicesOf(app: App): Promise<Locator> {
  const panel = app.page.getByRole('region', { name: 'Sync status' })
  if (await panel.isVisible()) await app.page.keyboard.press('Escape')
  await expect(panel).toBeHidden()
  await app.button('Sync status').click()
  const region = app.page.getByRole('region', { name: 'Other devices' })
  await expect(region.getByRole('status')).toBeEmpty()
  return region
}
const device = (region: Locator, name: string | RegExp): Locator =>
  region.getByRole('listitem').filter({ hasText: name })

async function rename(region: Locator, from: string | RegExp, to: string): Promise<void> {
  const page = region.page()
  await device(region, from).getByRole('button', { name: 'Rename' }).click()
  await expect(region.getByRole('textbox', { name: /^Name of/ })).toBeFocused()
  await page.keyboard.type(to)
  await page.keyboard.press('Enter')
  await expect(device(region, to).getByRole('button', { name: 'Rename' })).toBeFocused()
  await expect(device(region, to).getByRole('button', { name: 'Rename' })).toHaveAccessibleDescription(to)
}

/** Pulls until the server knows that what there was has been stored. */
async function syncNow(app: App): Promise<void> {
  if (!(await app.button('Sync now').isVisible())) await app.button('Sync status').click()
  const button = app.button('Sync now')
  await button.click()
  await expect(button).toHaveAttribute('aria-busy', 'false')
}

async function twoDevices(devices: Devices): Promise<[App, App]> {
  const here = await App.open(await devices.context())
  await here.button('Sync status').click()
  await expect(here.page.locator('pawkit-other-devices')).toBeAttached()
  await expect(here.page.getByRole('region', { name: 'Other devices' })).toHaveCount(0)
  await here.page.keyboard.press('Escape')
  await here.signUp(ADA)
  const there = await App.open(await devices.context())
  const streaming = streamOf(there)
  await there.signIn(ADA)
  await streaming
  return [here, there]
}

/** From when on others see that it is online: the list asks when it is opened, and then every half minute. */
const streamOf = ({ page }: App): Promise<unknown> =>
  page.waitForResponse((answer) => answer.url().includes('/api/sync/stream'))

test('P12 another device: none without an account; online or not, its name from either side, what has reached it', async ({
  devices,
}) => {
  // Many steps, of which some wait for what a device does by itself.
  test.slow()
  const [here, there] = await twoDevices(devices)

  await test.step('it is online; a name given here is the one that it has there, also after its next change', async () => {
    const region = await devicesOf(here)
    await expect(device(region, 'This device')).toHaveCount(1)
    await expect(device(region, 'Online now')).toHaveCount(1)
    await rename(region, 'Online now', 'Phone')
    await rename(region, 'This device', 'Laptop')
    // The list of the other asks when it is opened, and then every half minute.
    await expect(device(region, 'Laptop'), 'the server has it').not.toContainText('next connection')
    const its = await devicesOf(there)
    await expect(device(its, 'This device')).toContainText('Phone')
    await expect(device(its, 'Online now')).toContainText('Laptop')
    await expect(there.page.getByRole('region', { name: 'Open tabs' })).toContainText('Open in Phone')
    await there.page.keyboard.press('Escape')
    await there.newNote('From the phone', 'written there')
    await there.synced()
    await expect(here.entry('From the phone')).toBeVisible()
    await expect(device(await devicesOf(here), 'Phone')).toContainText('Online now')
    await here.page.keyboard.press('Escape')
    await here.entry('From the phone').click()
    await here.button('Version history').click()
    const versions = here.dialog('Version history')
    await expect(versions.getByRole('listitem').first()).toContainText('You · Phone')
    await here.page.keyboard.press('Escape')
    await expect(versions).toBeHidden()
  })

  await test.step('a record is also there once it has pulled it, and not before', async () => {
    await there.page.context().setOffline(true)
    await there.connection('offline')
    await here.newNote('For the phone', 'written here')
    await here.synced()
    await here.button('Version history').click()
    const versions = here.dialog('Version history')
    await expect(versions.getByText('As it is now')).toBeVisible()
    await expect(versions.getByText('Also on')).toHaveCount(0)
    await here.page.keyboard.press('Escape')
    const streaming = streamOf(there)
    await there.page.context().setOffline(false)
    await expect(there.entry('For the phone')).toBeVisible({ timeout: 15_000 })
    await syncNow(there)
    await streaming
    await here.button('Version history').click()
    const receipt = versions.getByText(/^Also on Phone since \d{1,2}:\d{2}/)
    await expect(receipt).toBeVisible()
    await receipt.press('Enter')
    await expect(versions.getByRole('listitem').filter({ hasText: /^Phone: .*\d/ })).toBeVisible()
    await here.page.keyboard.press('Escape')
    await expect(device(await devicesOf(here), 'Phone')).toContainText('Up to date since')
  })

  await test.step('offline it says of when it knows; this device can be renamed, another not', async () => {
    const region = await devicesOf(here)
    await here.page.context().setOffline(true)
    await expect(region.getByRole('status')).toContainText(/^You are offline\. As of \d{1,2}:\d{2}/)
    await expect(device(region, 'Phone')).toContainText('Was online')
    await device(region, 'Phone').getByRole('button', { name: 'Rename' }).click()
    await expect(region.getByRole('alert')).toContainText('You are offline.')
    await rename(region, 'This device', 'Desk')
    await expect(device(region, 'Desk')).toContainText('goes to the server with the next connection')
    // Opened again within two seconds, so that a train of devices does not come back in one moment.
    const streaming = streamOf(here)
    await here.page.context().setOffline(false)
    await expect(region.getByRole('status')).toBeEmpty()
    await expect(device(region, 'Desk')).not.toContainText('next connection')
    await streaming
    await expect(device(await devicesOf(there), 'Online now')).toContainText('Desk')
  })

  await test.step('Escape gives a name up, and the panel stays', async () => {
    const region = await devicesOf(here)
    await device(region, 'Desk').getByRole('button', { name: 'Rename' }).click()
    await expect(region.getByRole('textbox')).toBeFocused()
    await here.page.keyboard.type('Never mind')
    await here.page.keyboard.press('Escape')
    await expect(device(region, 'Desk').getByRole('button', { name: 'Rename' })).toBeFocused()
  })

  await test.step('it closes: it is not online any more', async () => {
    await there.page.context().close()
    await expect
      .poll(async () => (await device(await devicesOf(here), 'Phone').textContent()) ?? '')
      .toContain('Last seen')
  })

  await test.step('axe finds nothing in the list, nor in the form', async () => {
    const region = await devicesOf(here)
    await device(region, 'Desk').getByRole('button', { name: 'Rename' }).click()
    expect(await axeFaults(here.page, 'the list of devices')).toEqual([])
  })
})

test('the page says that this device’s clock is off, and that it was not used', { tag: '@long' }, async ({
  devices,
}) => {
  const app = await App.open(await devices.context())
  const { page } = app
  // The panel has its words in it also while it is closed.
  const words = page.getByText(/^This device’s clock is/).filter({ visible: true })
  // As an answer would leave it; without an account none comes that measures it anew.
  const measured = (offset: number): Promise<void> =>
    page.evaluate(
      (offset) =>
        new Promise<void>((resolve, reject) => {
          const opening = indexedDB.open('pawkit')
          opening.onerror = () => reject(opening.error)
          opening.onsuccess = () => {
            const tx = opening.result.transaction('meta', 'readwrite')
            tx.objectStore('meta').put({ key: 'clock', offset })
            tx.onerror = () => reject(tx.error)
            tx.oncomplete = () => {
              opening.result.close()
              resolve()
            }
          }
        }),
      offset,
    )
  for (const [offset, says] of [
    [-61 * 60_000, 'This device’s clock is 61 min ahead; it was not used.'],
    [5 * 60_000, 'This device’s clock is 5 min behind; it was not used.'],
  ] as const) {
    await measured(offset)
    await page.goto('/')
    await expect(words).toHaveCount(0)
    await app.button('Sync status').click()
    await expect(words).toHaveText([says])
    await page.goto('/settings')
    await expect(words).toHaveText([says])
  }
})
