import { expect, test } from '../tabs/fixture.ts'
import type { Scene } from '../tabs/scene.ts'
import type { Tab } from '../tabs/tab.ts'
import { PUSH, type Seen } from './support/proxy.ts'
import type { Site } from './support/site.ts'

const TABS = 10
/** How long the server's answer to a push stands still. */
const SLOW = 2000

/** Streams of devices that listen, as the server counts them. */
async function streams(site: Site): Promise<number> {
  const text = await (await fetch(`${site.origin}/metrics`)).text()
  return Number(/^pawkit_open_streams (\d+)/m.exec(text)?.[1])
}

/** What the worker asked of the server after a request of its own; the stream is a page's. */
function askedAfter(site: Site, push: Seen | undefined): readonly Seen[] {
  const all = site.proxy.seen.filter(({ path }) => path === PUSH || path === '/api/sync/changes')
  return push ? all.slice(all.indexOf(push) + 1) : all
}

const isStream = ({ path }: { readonly path: string }): boolean => path === '/api/sync/stream'

async function write(scene: Scene, site: Site, tab: Tab, text: string): Promise<void> {
  await tab.type(text)
  await expect.poll(() => String(site.data.content(scene.note)), { timeout: 20_000 }).toContain(text)
}

test('P9 10 tabs cost the server one stream, one drain at a time and one push a change', {
  tag: '@long',
}, async ({ scene: start, site }) => {
  test.setTimeout(120_000)
  const scene = await start()
  for (let tab = 1; tab < TABS; tab++) await scene.open(tab % 3 === 1 ? 'window' : 'tab')
  const writer = scene.first
  await expect.poll(() => streams(site)).toBe(1)
  await expect.poll(() => String(site.data.content(scene.note))).toContain('start')

  // Whichever tabs are visible, one of them holds it; the server hears of an old one's end a moment later.
  for (const tab of scene.tabs.slice(1, 6)) {
    await tab.bringToFront()
    await expect.poll(() => streams(site)).toBe(1)
  }

  for (const word of [' one', ' two', ' three']) {
    const before = site.proxy.pushes.length
    await write(scene, site, writer, word)
    expect(site.proxy.pushes.length - before, `pushes for “${word}”`).toBe(1)
  }

  site.proxy.interfere((seen) => (seen.path === PUSH ? { is: 'slow', ms: SLOW } : null))
  const before = site.proxy.pushes.length
  await writer.type(' four')
  await expect.poll(() => site.proxy.pushes.length, { timeout: 20_000, intervals: [20] }).toBe(before + 1)
  // Every tab that comes to the front wakes the worker.
  for (const tab of scene.tabs) await tab.bringToFront()
  const push = site.proxy.pushes.at(-1)
  await expect.poll(() => askedAfter(site, push).length, { timeout: 20_000 }).toBeGreaterThan(0)
  const pause = (askedAfter(site, push)[0]?.at ?? 0) - (push?.at ?? 0)
  expect(pause, 'nobody asks before the answer is there').toBeGreaterThanOrEqual(SLOW)
  site.proxy.interfere(null)

  const mutations = site.proxy.pushes.flatMap((seen) => seen.mutations)
  expect(new Set(mutations).size, 'each change was sent once').toBe(mutations.length)
  // The one that held the stream goes, and another visible one has it.
  await scene.close(writer)
  await expect.poll(() => site.proxy.seen.filter(isStream).length, { timeout: 20_000 }).toBeGreaterThan(1)
  await expect.poll(() => streams(site)).toBe(1)
  // It is covered in its window, and so hidden: again another visible one has it.
  const opened = site.proxy.seen.filter(isStream).length
  const shown = await scene.visible()
  for (const hidden of scene.tabs.filter((tab) => !shown.includes(tab))) await hidden.bringToFront()
  await expect
    .poll(() => site.proxy.seen.filter(isStream).length, { timeout: 20_000 })
    .toBeGreaterThan(opened)
  await expect.poll(() => streams(site)).toBe(1)
  process.stdout.write(
    `tabs: ${TABS} tabs, ${site.proxy.pushes.length} pushes of ${mutations.length} changes, ${site.proxy.seen.filter(isStream).length} streams one after another\n`,
  )
})
