import { within } from '../chaos/limit.ts'
import { expect, test } from '../tabs/fixture.ts'
import type { Snapshot } from '../tabs/judge.ts'
import type { Scene } from '../tabs/scene.ts'
import type { Tab } from '../tabs/tab.ts'
import { asked, banner } from './support/tabs.ts'

const BARE = '/nothing-here.txt'
const PROMOTED = 5000
const SHOWN = 10_000
const LIMIT = 15_000

/** Back in its history, where it waits in the cache or is loaded anew; a page from the cache says no `load`. */
async function goBack(tab: Tab): Promise<void> {
  await tab.page.goBack({ waitUntil: 'commit' })
  await tab.page.locator('pawkit-app').waitFor({ state: 'attached' })
}

/** Chromium throws a page out of the cache when something is said on a channel that it hears, as the worker may. */
const TRIES = 8

/** Leaves the app and comes back until the page comes from the cache. */
async function returns(
  scene: Scene,
  tab: Tab,
  before: () => Promise<void>,
  away: () => Promise<void>,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    await before()
    await tab.page.goto(scene.site.origin + BARE)
    await away()
    await goBack(tab)
    const returned = tab.page.evaluate(() => globalThis.pawkitReturned === true)
    if (await within(LIMIT, 'a look at a tab', returned)) return
  }
  throw new Error('The page never came from the cache.')
}

const editable = (tab: Tab) => expect(tab.app.content).not.toHaveAttribute('aria-readonly', 'true')

/** Presses a key at the end of the text, to which the page has a question. */
async function asks(tab: Tab): Promise<void> {
  await expect(tab.app.content).toHaveAttribute('aria-readonly', 'true')
  await tab.app.content.focus()
  await tab.page.keyboard.press('Control+End')
  await tab.page.keyboard.press('!')
  await expect(asked(tab.app)).toBeVisible()
}

/** As another tab, which this browser does not say anything of, would have taken control. */
async function takenUnheard(scene: Scene): Promise<void> {
  const taken = scene.monitor.page.evaluate(async () => {
    const session = 'ffffffff-ffff-7fff-bfff-ffffffffffff'
    await new Promise<void>((held) => {
      void navigator.locks.request(`pawkit-session:${session}`, { ifAvailable: true }, (lock) => {
        held()
        return lock && new Promise(() => {})
      })
    })
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open('pawkit')
      opening.onerror = () => reject(opening.error)
      opening.onsuccess = () => {
        const db = opening.result
        const tx = db.transaction('session', 'readwrite')
        const rows = tx.objectStore('session')
        const got = rows.get('session')
        got.onsuccess = () => rows.put({ ...got.result, active: session, epoch: got.result.epoch + 1 })
        tx.oncomplete = () => {
          db.close()
          resolve()
        }
      }
    })
  })
  await within(LIMIT, 'a write', taken)
}

/**
 * As another tab would have written, of which this one hears nothing. Before it leaves: a transaction that a page began
 * on its way into the cache stays open there, and Chromium throws the page out for the sake of a write that waits for it.
 */
async function writtenUnheard({ monitor, note }: Scene): Promise<void> {
  const written = monitor.page.evaluate(async (note) => {
    const kept = globalThis as { pawkitMonitor?: Promise<IDBDatabase> }
    const tx = (await kept.pawkitMonitor)?.transaction('records', 'readwrite')
    const records = tx?.objectStore('records')
    const got = records?.get(note)
    if (!tx || !records || !got) throw new Error('The monitor has not looked yet.')
    got.onsuccess = () => {
      const { fields } = got.result
      records.put({ ...got.result, fields: { ...fields, content: `${fields.content} unheard` } })
    }
    await new Promise<void>((done) => tx.addEventListener('complete', () => done()))
  }, note)
  await within(LIMIT, 'a write', written)
  expect(await monitor.until(SHOWN, ({ text }) => text.endsWith(' unheard'))).not.toBeNull()
}

test('P7 back from the back-forward cache a tab goes on, if nobody has taken control meanwhile', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null })
  const tab = scene.first
  await tab.type(' and left')
  const present = ({ held }: Snapshot): boolean => held.includes(`pawkit-session:${tab.session}`)
  expect(await scene.monitor.until(SHOWN, ({ text }) => text === 'start and left')).not.toBeNull()
  await returns(
    scene,
    tab,
    () => writtenUnheard(scene),
    async () => {
      expect(await scene.monitor.until(SHOWN, (now) => !present(now)), 'it is no session').not.toBeNull()
    },
  )
  expect(await scene.monitor.until(SHOWN, present), 'it is one again').not.toBeNull()
  const { text: stored } = scene.monitor.now
  await expect(tab.app.content, 'it shows what it missed').toHaveValue(stored)
  await editable(tab)
  await tab.type(' and back')
  expect(await scene.monitor.until(SHOWN, ({ text }) => text === `${stored} and back`)).not.toBeNull()
  expect(scene.monitor.judge.faults).toEqual([])
})

test('P7 what a tab from the back-forward cache writes that has lost control is a draft', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null })
  const tab = scene.first
  await tab.type(' and left')
  expect(await scene.monitor.until(SHOWN, ({ text }) => text === 'start and left')).not.toBeNull()
  await returns(
    scene,
    tab,
    async () => {
      // It came by a reload, and may not write.
      if ((await tab.app.content.getAttribute('aria-readonly')) === 'true') await tab.takeControl()
      await editable(tab)
      await tab.app.content.focus()
      // Written in the very moment in which it is shown again, before the page itself hears of that.
      const listening = tab.page.evaluate(() => {
        document.addEventListener('resume', () => document.execCommand('insertText', false, ' late'))
      })
      await within(LIMIT, 'a word to a tab', listening)
      await writtenUnheard(scene)
    },
    () => takenUnheard(scene),
  )
  await expect(tab.page.getByRole('alert').filter({ hasText: 'kept as a draft' })).toBeVisible()
  const { text: stored } = scene.monitor.now
  await expect(tab.app.content, 'it shows what it missed').toHaveValue(stored)
  await asks(tab)
  expect(scene.monitor.now.text).toBe(stored)
  expect(await tab.takeControl()).toBe(true)
  expect(await scene.monitor.until(SHOWN, ({ text }) => text === `${stored}!`)).not.toBeNull()
  await tab.page.getByRole('button', { name: 'Take in' }).first().click()
  expect(
    await scene.monitor.until(SHOWN, ({ text }) =>
      [' late', ' unheard', '!'].every((typed) => text.includes(typed)),
    ),
  ).not.toBeNull()
  expect(scene.monitor.judge.faults).toEqual([])
})

test('P7 a tab that leaves the app hands its last letters and control over, and back again it asks', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null })
  const tab = scene.first
  const next = await scene.open('window')
  await tab.type(' to the last letter')
  await tab.page.goto(scene.site.origin + BARE)
  const waited = await scene.monitor.until(PROMOTED, ({ right }) => right.active === next.session)
  expect(waited, 'another may write').not.toBeNull()
  await expect(next.app.content).toHaveValue('start to the last letter')
  await next.type(', meanwhile')
  expect(await scene.monitor.until(SHOWN, ({ text }) => text.endsWith(', meanwhile'))).not.toBeNull()
  await goBack(tab)
  await expect(tab.app.content).toHaveValue('start to the last letter, meanwhile')
  await asks(tab)
  expect(scene.monitor.now.text).toBe('start to the last letter, meanwhile')
  expect(await tab.takeControl()).toBe(true)
  expect(await scene.monitor.until(SHOWN, ({ text }) => text.endsWith(', meanwhile!'))).not.toBeNull()
  expect(scene.monitor.judge.faults).toEqual([])
})

test('P7 a duplicated tab is another session: the one that it covers may write, it asks', {
  tag: '@long',
}, async ({ scene: start }) => {
  const scene = await start({ account: null })
  const tab = scene.first
  const copy = await scene.duplicate(tab)
  expect(copy.session).not.toBe(tab.session)
  expect(await tab.visible(), 'it is behind its copy').toBe(false)
  const { monitor } = scene
  expect(
    await monitor.until(SHOWN, ({ held }) => !held.includes(`pawkit-visible:${tab.session}`)),
    'and counts as hidden',
  ).not.toBeNull()
  expect(monitor.now.right.active).toBe(tab.session)
  await expect(banner(copy.app)).toContainText('2 tabs')
  await asks(copy)
  expect(monitor.now.text).toBe('start')
  expect(await copy.takeControl()).toBe(true)
  expect(await monitor.until(SHOWN, ({ text }) => text === 'start!')).not.toBeNull()
  // Both run in one process: it ends both, and whoever opens the app next may write.
  const { active, epoch } = monitor.now.right
  await copy.kill()
  await expect.poll(() => scene.tabs.length).toBe(0)
  const after = await scene.open('window')
  expect(await monitor.until(PROMOTED, ({ right }) => right.active === after.session)).not.toBeNull()
  expect(monitor.now.right.epoch).toBeGreaterThan(epoch)
  expect(monitor.now.right.active).not.toBe(active)
  expect(monitor.judge.faults).toEqual([])
})
