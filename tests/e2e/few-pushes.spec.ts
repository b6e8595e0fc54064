import { setTimeout } from 'node:timers/promises'
import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { PUSH } from './support/proxy.ts'
import { driveStore } from './support/store.ts'
import { expect, test } from './support/test.ts'

test('P9 200 keystrokes, 60 ms apart, in an existing note cause at most 3 pushes', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Typed into', 'Begun. ')
  await app.synced()
  const before = site.server.answered('POST', PUSH)
  const text = 'twenty keys of text '.repeat(10)
  await app.write('')
  const begun = performance.now()
  for (const [index, key] of [...text].entries()) {
    // By the clock, so that a slow machine types no slower.
    await setTimeout(Math.max(0, begun + index * 60 - performance.now()))
    await app.page.keyboard.type(key)
  }
  const took = performance.now() - begun
  await expect.poll(() => site.data.content(id)).toBe(`Begun. ${text}`)
  await app.synced()
  const pushes = site.server.answered('POST', PUSH) - before
  process.stdout.write(`200 keystrokes in ${(took / 1000).toFixed(1)} s: ${pushes} pushes\n`)
  expect(pushes).toBeLessThanOrEqual(3)
})

test('P9 1,000 notes edited offline reach the server in at most 5 push requests', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  await driveStore(app.page)
  const waiting = (): Promise<number> => app.page.evaluate(() => pawkitStore.waiting())
  await app.page.evaluate(() => pawkitStore.create(1000))
  await expect.poll(waiting, { timeout: 30_000 }).toBe(0)

  await context.setOffline(true)
  await app.connection('offline')
  const before = site.server.answered('POST', PUSH)
  expect(await app.page.evaluate(() => pawkitStore.append(', edited offline'))).toBe(1000)
  expect(await waiting()).toBe(1000)
  await app.button('Sync status').click()
  await expect(app.figure('queue')).toHaveText('1000')

  await context.setOffline(false)
  await expect.poll(waiting, { timeout: 30_000 }).toBe(0)
  await expect(app.figure('queue')).toHaveText('0')
  const pushes = site.server.answered('POST', PUSH) - before
  process.stdout.write(`1,000 notes: ${pushes} pushes\n`)
  expect(pushes).toBeLessThanOrEqual(5)
  const notes = site.data.records('note')
  expect(notes).toHaveLength(1000)
  expect(notes.filter(({ fields }) => String(fields.content).endsWith(', edited offline'))).toHaveLength(1000)
})
