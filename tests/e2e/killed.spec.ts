import { App } from './support/app.ts'
import { killWorkers } from './support/cdp.ts'
import { ADA } from './support/client.ts'
import { expect, test } from './support/test.ts'

test('P2 P3 the worker is killed while a push is unanswered: nothing is lost, nothing comes twice', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  const id = await app.newNote('Worker', 'before')
  await app.synced()
  const versions = site.data.record(id)?.version ?? 0

  const held = site.proxy.holdNextPush()
  await app.write(', in flight')
  await held.answered
  await killWorkers(context)
  held.drop()
  // Another worker takes up what the dead one left.
  await app.synced()
  await app.write(', after')

  await expect.poll(() => site.data.content(id)).toBe('before, in flight, after')
  await app.synced()
  expect(site.data.records()).toHaveLength(1)
  expect(site.data.record(id)?.version).toBe(versions + 2)
  expect(
    site.data
      .revisions(id)
      .slice(-2)
      .map(({ fields }) => fields.content),
  ).toEqual(['before, in flight', 'before, in flight, after'])
  await app.page.reload()
  await expect(app.content).toHaveValue('before, in flight, after')
})

test('P2 P3 the server is killed while its answer is held: nothing acknowledged is missing after', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  const acknowledged = await app.newNote('Acknowledged', 'said to be there')
  await app.synced()

  const held = site.proxy.holdNextPush()
  const unanswered = await app.newNote('Unanswered')
  await held.answered
  await site.server.kill()
  held.drop()
  await app.write('typed meanwhile')
  await site.server.start()

  await expect.poll(() => site.data.content(unanswered), { timeout: 30_000 }).toBe('typed meanwhile')
  await app.synced()
  expect(site.data.content(acknowledged)).toBe('said to be there')
  expect(site.data.records()).toHaveLength(2)
  const mutations = site.data.mutations()
  expect(new Set(mutations).size).toBe(mutations.length)
  expect(site.data.revisions(unanswered)).toHaveLength(site.data.record(unanswered)?.version ?? 0)
})
