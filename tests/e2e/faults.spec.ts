import type { Page } from '@playwright/test'
import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { type Answered, type Fate, LOGIN, PORTAL, refusal } from './support/fates.ts'
import { PUSH, type Seen } from './support/proxy.ts'
import { expect, test } from './support/test.ts'
import { lookForUpdate, mark } from './support/update.ts'

const PULL = '/api/sync/changes'
const SOON = { timeout: 20_000, intervals: [50, 100, 250] }

/** A fate for everything that is the server's. */
const forApi =
  (fate: Fate) =>
  ({ path }: Seen): Fate | null =>
    path.startsWith('/api/') ? fate : null
const forSync =
  (fate: Fate) =>
  ({ path }: Seen): Fate | null =>
    path === PUSH || path === PULL ? fate : null

/** All notices that say that something failed. */
const alerts = (page: Page) => page.getByRole('alert').filter({ hasText: /\S/ })

async function open(app: App, title: string): Promise<void> {
  await app.entry(title).click()
  await expect(app.title).toHaveValue(title)
}

async function syncNow(app: App): Promise<void> {
  if (!(await app.button('Sync now').isVisible())) await app.button('Sync status').click()
  await app.button('Sync now').click()
}

test('P9 P12 a captive portal, as a page or as a way to its login: nothing is lost, nobody is signed out, one notice', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Behind a portal', 'before')
  await app.synced()
  site.proxy.interfere(forApi(PORTAL))
  await app.write(', behind the page')
  await app.connection('server-unreachable')
  await expect(app.state).toHaveAttribute('data-sync-state', 'failed', SOON)
  await expect(alerts(app.page)).toHaveCount(1)
  site.proxy.interfere(forApi(LOGIN))
  await app.write(', behind the login')
  const tried = site.proxy.pushes.length
  await syncNow(app)
  await expect.poll(() => site.proxy.pushes.length, SOON).toBeGreaterThan(tried)
  await app.connection('server-unreachable')
  await expect(app.button('Account')).toBeVisible()
  await expect(app.figure('queue')).toHaveText('1')
  await expect(alerts(app.page)).toHaveCount(1)
  expect(site.data.content(id)).toBe('before')

  site.proxy.interfere(null)
  await syncNow(app)
  await expect.poll(() => site.data.content(id), SOON).toBe('before, behind the page, behind the login')
  await app.synced()
  await app.connection('online')
  await expect(alerts(app.page)).toHaveCount(0)
})

test('P3 an answer breaks off half-way, another stands still: each mutation counts once, and nobody waits to type', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Bad line', 'one')
  await app.synced()
  const version = site.data.record(id)?.version ?? 0
  const fates: Fate[] = [{ is: 'halved' }, { is: 'slow', ms: 2500 }]
  site.proxy.interfere(({ path }) => (path === PUSH ? (fates.shift() ?? null) : null))
  await app.write(' two')
  await expect.poll(() => site.data.content(id), SOON).toBe('one two')
  // The same mutation is under way again, in an answer that takes its time.
  await expect.poll(() => fates.length, SOON).toBe(0)
  await expect(app.state).toHaveAttribute('data-sync-state', 'syncing')
  await app.write(' three')
  await expect(app.content).toHaveValue('one two three')
  await expect.poll(() => site.data.content(id), SOON).toBe('one two three')
  await app.synced()
  const [cut, slow] = site.proxy.pushes.slice(-3)
  expect(slow?.mutations).toEqual(cut?.mutations)
  expect(site.data.record(id)?.version).toBe(version + 2)
})

test('P9 429: nothing is sent before its time, not even by Sync now; then everything is', async ({
  site,
  devices,
}) => {
  const PAUSE = 5
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Too many', 'first')
  await app.synced()
  let refusedAt = 0
  site.proxy.interfere(({ path, at }) => {
    if (path !== PUSH || refusedAt > 0) return null
    refusedAt = at
    return refusal(429, 'too_many', { 'retry-after': String(PAUSE) })
  })
  await app.write(' and second')
  await expect.poll(() => refusedAt, SOON).toBeGreaterThan(0)
  await app.connection('server-unreachable')
  await app.button('Sync status').click()
  await expect(app.page.getByRole('region', { name: 'Sync status' })).toContainText('asks for a pause')
  await app.button('Sync now').click()
  await expect.poll(() => site.data.content(id), SOON).toBe('first and second')
  const after = site.proxy.seen.filter(({ path, at }) => (path === PUSH || path === PULL) && at > refusedAt)
  expect((after[0]?.at ?? 0) - refusedAt).toBeGreaterThanOrEqual(PAUSE * 1000)
  await app.synced()
})

test('P8 413 from a proxy for a batch: it goes in parts, and nobody sees a failure', async ({
  site,
  devices,
}) => {
  const context = await devices.context()
  const app = await App.open(context)
  await app.signUp(ADA)
  await context.setOffline(true)
  await app.connection('offline')
  for (const title of ['One', 'Two', 'Three', 'Four']) await app.newNote(title, `Text of ${title}`)
  const html: Answered = {
    is: 'answered',
    status: 413,
    headers: { 'content-type': 'text/html' },
    body: '<h1>413 Request Entity Too Large</h1>',
  }
  site.proxy.interfere(({ path, mutations }) => (path === PUSH && mutations.length > 1 ? html : null))
  await context.setOffline(false)
  await expect.poll(() => site.data.records().length, SOON).toBe(4)
  await app.button('Sync status').click()
  for (const figure of ['queue', 'failed']) await expect(app.figure(figure)).toHaveText('0')
  await expect(alerts(app.page)).toHaveCount(0)
})

test('P12 426: says that the versions do not fit, sends nothing more, keeps everything; goes on after a reload', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const id = await app.newNote('Too old', 'kept')
  await app.synced()
  site.proxy.interfere(forSync(refusal(426, 'client_too_old')))
  await app.write(' through it all')
  await app.connection('server-unreachable')
  await app.button('Sync status').click()
  const status = app.page.getByRole('region', { name: 'Sync status' })
  await expect(status).toContainText('of versions that do not fit. Reload')
  const tried = site.proxy.seen.filter(({ path }) => path === PUSH || path === PULL).length
  await open(app, 'Too old')
  await app.write(', and more')
  await expect(app.figure('queue')).toHaveText('1')
  expect(site.proxy.seen.filter(({ path }) => path === PUSH || path === PULL)).toHaveLength(tried)
  site.proxy.interfere(null)
  await app.page.reload()
  await expect(app.content).toHaveValue('kept through it all, and more')
  await expect.poll(() => site.data.content(id), SOON).toBe('kept through it all, and more')
  await app.synced()
})

test('P2 P3 the session ends in the midst of a drain: signed out, everything kept; it goes on after signing in again', async ({
  site,
  devices,
}) => {
  const app = await App.open(await devices.context())
  await app.signUp(ADA)
  const known = await app.newNote('Known', 'before')
  await app.synced()
  const held = site.proxy.holdNextPush()
  await app.write(', heard')
  await held.answered
  const unheard = await app.newNote('Unheard', 'while it was under way')
  site.data.endSessions()
  held.drop()
  await app.connection('signed-out')
  await app.button('Sync status').click()
  await expect(app.figure('queue')).toHaveText('2')
  await expect(app.entry('Unheard')).toBeVisible()
  const tried = site.proxy.pushes.length
  await app.write(', and after')
  await expect(app.state).toHaveAttribute('data-sync-state', 'pending')
  expect(site.proxy.pushes, 'nothing is sent while signed out').toHaveLength(tried)

  await app.signIn(ADA)
  await expect.poll(() => site.data.content(unheard), SOON).toBe('while it was under way, and after')
  await app.synced()
  await app.connection('online')
  await expect(app.figure('queue')).toHaveText('0')
  expect(site.data.content(known)).toBe('before, heard')
  expect(site.data.records()).toHaveLength(2)
  expect(site.data.revisions(known).map(({ fields }) => fields.content)).toEqual([
    ...new Set(site.data.revisions(known).map(({ fields }) => fields.content)),
  ])
})

test('P8 P12 what the server refused stays in Failed changes through a restart and an update, and goes once it is edited', async ({
  site,
  devices,
}) => {
  const profile = devices.profile()
  let app = await App.open(await profile.start())
  await app.signUp(ADA)
  const id = await app.newNote('Refused', 'too bold')
  await app.synced()
  site.proxy.interfere(({ path, mutations }) => (path === PUSH ? rejection(mutations) : null))
  await app.write('!')
  await expect(app.state).toHaveAttribute('data-sync-state', 'failed', SOON)
  site.proxy.interfere(null)
  await profile.close()

  const failed = async (): Promise<void> => {
    await app.button('Sync status').click()
    const region = app.page.getByRole('region', { name: 'Failed changes' })
    await expect(region.getByRole('listitem')).toHaveCount(1)
    await expect(region).toContainText('Refused')
    await expect(region).toContainText('Too bold for this server')
    await expect(app.figure('failed')).toHaveText('1')
    await app.page.getByRole('region', { name: 'Sync status' }).press('Escape')
  }
  app = await App.open(await profile.start(), `/notes/${id}`)
  await failed()
  site.proxy.newVersion()
  await lookForUpdate(app.page)
  await mark(app.page)
  await app.button('Reload').click()
  await expect(app.page.locator('html[data-old]')).toHaveCount(0)
  await failed()
  expect(site.data.content(id)).toBe('too bold')

  await app.write(' But fair.')
  await expect.poll(() => site.data.content(id), SOON).toBe('too bold! But fair.')
  await app.synced()
})

/** A server with a rule that this app does not know yet. */
function rejection(mutations: readonly string[]): Answered {
  const results = mutations.map((id) => ({
    id,
    outcome: 'rejected',
    code: 'invalid',
    message: 'Too bold for this server',
  }))
  return {
    is: 'answered',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ results, now: Date.now(), mark: null }),
  }
}
