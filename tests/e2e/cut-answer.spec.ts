import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { expect, test } from './support/test.ts'

test('P3 the answer of a push is cut after the server has committed: one record, one new version', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Sent twice', 'as first')
  await app.synced()
  const before = site.data.record(id)?.version ?? 0
  const revisions = site.data.revisions(id).length

  const held = site.proxy.holdNextPush()
  await app.write(', then edited')
  await held.answered
  expect(site.data.content(id)).toBe('as first, then edited')
  const sent = site.proxy.pushes.at(-1)?.mutations
  held.drop()

  await app.synced()
  const again = site.proxy.pushes.slice(-2)
  expect(again.map(({ mutations }) => mutations)).toEqual([sent, sent])
  expect(site.data.records()).toHaveLength(1)
  expect(site.data.record(id)?.version).toBe(before + 1)
  expect(site.data.revisions(id)).toHaveLength(revisions + 1)
  expect(site.data.content(id)).toBe('as first, then edited')
  await expect(app.content).toHaveValue('as first, then edited')
})

test('P3 the answer of a create is cut: no second note', async ({ site, devices }) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const held = site.proxy.holdNextPush()
  const id = await app.newNote('Only one', 'of me')
  await held.answered
  held.drop()
  await app.synced()
  expect(site.data.records().map((record) => record.id)).toEqual([id])
  await expect.poll(() => site.data.content(id)).toBe('of me')
  await app.page.reload()
  await expect(app.library.getByRole('listitem')).toHaveCount(1)
})
