import { join } from 'node:path'
import { type BrowserContext, chromium, type LaunchOptions, type Page } from '@playwright/test'
import { App } from './support/app.ts'
import { killWorkers } from './support/cdp.ts'
import { ADA } from './support/client.ts'
import { Network, noNetwork } from './support/network.ts'
import { Site } from './support/site.ts'
import { storedField, workerOf } from './support/store.ts'
import { expect, Profile, test } from './support/test.ts'

test.beforeAll(() => {
  const missing = noNetwork()
  if (missing !== null) process.stdout.write(`The run with a real network cut is skipped: ${missing}\n`)
  test.skip(missing !== null, missing ?? '')
})

interface Cabled {
  readonly network: Network
  readonly site: Site
  readonly profile: Profile
}

/** A browser whose whole network is one cable to the server. */
async function withCable(launch: LaunchOptions, run: (cabled: Cabled) => Promise<void>): Promise<void> {
  const network = Network.make()
  try {
    const site = await Site.start(network.host)
    const executablePath = network.wrap(
      launch.executablePath ?? chromium.executablePath(),
      join(site.folder, 'browser'),
    )
    // The cable's address is no secure context of itself.
    const args = [...(launch.args ?? []), `--unsafely-treat-insecure-origin-as-secure=${site.origin}`]
    const profile = new Profile(
      join(site.folder, 'profile'),
      { ...launch, executablePath, args },
      site.origin,
    )
    try {
      await run({ network, site, profile })
    } finally {
      await profile.close()
      await site.stop()
    }
  } finally {
    network.remove()
  }
}

const onBlankPages = (context: BrowserContext): boolean =>
  context.pages().every((page) => page.url() === 'about:blank')

/** The tags of Background Sync that the browser still holds, after one that means nothing to the app was added. */
const tags = (page: Page, added?: string): Promise<string[]> =>
  page.evaluate(async (tag) => {
    const registration = (await navigator.serviceWorker.ready) as unknown as WithSync
    const held = await registration.sync.getTags()
    if (tag !== undefined) await registration.sync.register(tag)
    return held
  }, added)

interface WithSync {
  readonly sync: { getTags(): Promise<string[]>; register(tag: string): Promise<void> }
}

/** Pulls the cable, makes a note, closes the tab as soon as the note is on this device; returns its id. */
async function leaveBehind(app: App, { network, site }: Cabled): Promise<string> {
  await app.signUp(ADA)
  await app.newNote('With the cable', 'and on the server')
  await app.synced()
  await expect.poll(() => tags(app.page), { message: 'nothing is under way' }).toEqual([])
  network.pull()
  await app.connection('offline')
  expect(await app.page.evaluate(() => navigator.onLine)).toBe(false)
  // The browser's Background Sync learns of it a second or two after its pages: until then it fires what is asked for.
  await expect.poll(() => tags(app.page, 'probe'), { intervals: [500], timeout: 20_000 }).toContain('probe')
  const requests = site.proxy.seen.length
  const id = await app.newNote('Without a cable', 'written and left')
  await expect(app.state).toHaveAttribute('data-sync-state', 'pending')
  await expect.poll(() => storedField(app.page, id, 'content')).toBe('written and left')
  await app.page.close()
  expect(site.proxy.seen.length, 'nothing is even tried').toBe(requests)
  expect(site.data.record(id)).toBeNull()
  return id
}

test('P2 the cable is pulled, the tab closed, the worker dead: plugged in, Background Sync brings what was written', async ({
  launchOptions,
}) => {
  await withCable(launchOptions, async (cabled) => {
    const context = await cabled.profile.start()
    const app = await App.open(context)
    const id = await leaveBehind(app, cabled)
    // Nothing of ours is left that could hear of the network's return: only the browser itself can.
    await expect.poll(() => storedField(workerOf(context), id, 'content')).toBe('written and left')
    await killWorkers(context)
    cabled.network.plugIn()
    await expect.poll(() => cabled.site.data.content(id), { timeout: 20_000 }).toBe('written and left')
    expect(onBlankPages(context)).toBe(true)
  })
})

test('@long P2 the cable is pulled and the whole browser restarted: plugged in, it brings what was written, with no page of ours', async ({
  launchOptions,
}) => {
  await withCable(launchOptions, async (cabled) => {
    const { profile, network, site } = cabled
    const app = await App.open(await profile.start())
    const id = await leaveBehind(app, cabled)
    await profile.close()
    const context = await profile.start()
    const [blank] = context.pages()
    expect(await blank?.evaluate(() => navigator.onLine)).toBe(false)
    expect(site.data.record(id)).toBeNull()
    network.plugIn()
    await expect.poll(() => site.data.content(id), { timeout: 20_000 }).toBe('written and left')
    expect(onBlankPages(context)).toBe(true)
  })
})
