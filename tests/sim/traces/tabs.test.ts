import { describe, expect, test } from 'vitest'
import { presenceLock } from '../../../src/core/session.ts'
import { play, SECOND, type World } from '../script.ts'
import type { SimTab } from '../tab.ts'
import type { Hands } from './hands.ts'

/** Traces 29 to 31, and what else befalls tabs that ask who may write, in whole worlds. */

const rights = { rights: true } as const

/** The page that has the right, as the store says; null where it is not there. */
function writer(hands: Hands): SimTab | null {
  const { active } = hands.disk.right
  return hands.device.tabs.find(({ presence }) => presence.id === active) ?? null
}

/** Somebody keeps looking at this tab. */
async function lookAt(world: World, hands: Hands, tab: SimTab, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += SECOND) {
    await hands.inTab(() => hands.device.attend(tab), tab)
    await world.pass(SECOND)
  }
}

const take = (hands: Hands, tab: SimTab): Promise<void> =>
  hands.inTab((at) => void at.page.tabs.takeControl(), tab)

/** The page opened first hangs, and another has taken control from it. */
async function overtaken(world: World, hands: Hands) {
  const hung = hands.tab
  const other = await hands.openTab()
  hung.frozen = true
  await take(hands, other)
  await world.pass(3 * SECOND)
  return { hung, other }
}

const wroteIn = async (hands: Hands, id: string, tab: SimTab, word: string): Promise<void> =>
  hands.type(id, 'content', (before) => `${before} ${word}`, { tab })

describe('29. presence', () => {
  test('a tab that is reloaded keeps its right, though another is open and looked at', () =>
    play(async (world, a) => {
      const first = a.tab
      const other = await a.openTab()
      await world.pass(2 * SECOND)
      const before = a.disk.right
      expect(before.active).toBe(first.presence.id)
      a.device.closeTab(first, false)
      await lookAt(world, a, other, SECOND)
      const again = a.device.openTab(first.presence.id)
      await world.pass(100)
      await lookAt(world, a, again, 2 * SECOND)
      expect(a.disk.right).toEqual(before)
      expect([again.control, other.control]).toEqual(['active', 'read-only'])
    }, rights))

  test('a tab in the back-forward cache is no session, and another that is looked at may write', () =>
    play(async (world, a) => {
      const cached = a.tab
      const other = await a.openTab()
      cached.presence.there = false
      cached.frozen = true
      await lookAt(world, a, other, 3 * SECOND)
      expect(a.device.heldLocks()).not.toContain(presenceLock(cached.presence.id))
      expect(writer(a)).toBe(other)
    }, rights))

  test('a tab that crashed is followed by one that is looked at', () =>
    play(async (world, a) => {
      const other = await a.openTab()
      a.device.closeTab(a.tab, true)
      await lookAt(world, a, other, 3 * SECOND)
      expect(writer(a)).toBe(other)
    }, rights))
})

describe('30. who gives the right dies', () => {
  test('the worker dies between hand-over and grant, and whoever wanted it is closed: the old tab writes again', () =>
    play(async (world, a) => {
      const old = a.tab
      const id = await a.create('note', { title: 'R', content: world.word() })
      const taker = await a.openTab()
      await a.inTab((tab) => {
        void tab.page.tabs.takeControl()
        a.device.killWorkers()
      }, taker)
      // It hears of it, and answers nobody.
      await a.inTab((tab) => tab.hear({ v: 1, type: 'hand-over', session: tab.presence.id }), old)
      expect(old.control).toBe('yielding')
      a.device.closeTab(taker, true)
      await lookAt(world, a, old, 5 * SECOND)
      expect(old.control).toBe('active')
      await wroteIn(a, id, old, world.word())
      expect(a.text(id, 'content').split(' ')).toHaveLength(2)
      await world.calm()
    }, rights))

  test('no worker answers: the page gives itself the right', () =>
    play(async (world, a) => {
      const other = await a.openTab()
      a.device.worker().active = false
      const stop = a.device.startWorker.bind(a.device)
      a.device.startWorker = () => stop(false)
      await take(a, other)
      await world.pass(4 * SECOND)
      expect(writer(a)).toBe(other)
      a.device.startWorker = stop
    }, rights))

  test('a tab that hangs is overtaken within 2 s', () =>
    play(async (world, a) => {
      const hung = a.tab
      const other = await a.openTab()
      hung.frozen = true
      await take(a, other)
      await world.pass(2 * SECOND)
      expect(other.control).toBe('active')
      expect(writer(a)).toBe(other)
    }, rights))
})

describe('31. what a tab writes that has lost the right', () => {
  test('is kept as a draft with what was shown, and taken in merges with what has been written since', () =>
    play(async (world, a, b) => {
      const [first, late, since, there] = [world.word(), world.word(), world.word(), world.word()]
      const id = await a.create('note', { title: 'R', content: first })
      await a.sent()
      const { hung: lost, other } = await overtaken(world, a)
      await wroteIn(a, id, other, since)
      await a.inTab((tab) => {
        const shown = tab.views.get(id)
        if (shown) tab.type(shown, 'content', (before) => `${late}\n${before}`, true)
      }, lost)
      expect(a.text(id, 'content'), 'nothing is written past the fence').toBe(`${first} ${since}`)
      expect(a.disk.drafts).toMatchObject([{ recordId: id, shown: { content: first } }])
      await a.sent()
      await b.pull()
      await b.type(id, 'content', (before) => `${before}\n${there}`)
      await b.sent()
      await a.pull()
      await a.inTab(async (tab) => {
        await tab.page.tabs.readDrafts()
        for (const draft of tab.page.tabs.drafts) await tab.page.tabs.takeDraft(draft.id)
      }, other)
      await world.pass(SECOND)
      expect(a.text(id, 'content')).toBe(`${late}\n${first} ${since}\n${there}`)
      expect(a.disk.drafts).toEqual([])
      await world.calm()
    }, rights))

  test('control is taken while somebody types: every letter before it is in the record, every later one in the draft', () =>
    play(async (world, a) => {
      const id = await a.create('note', { title: 'R', content: '' })
      const typing = a.tab
      const other = await a.openTab()
      const words = Array.from({ length: 12 }, () => world.word())
      const key = (word: string): Promise<void> =>
        a.inTab((tab) => {
          const shown = tab.views.get(id)
          if (shown && tab.control === 'active')
            tab.type(shown, 'content', (before) => `${before}${word}`, false)
        }, typing)
      for (const [index, word] of words.entries()) {
        if (index === 6) await take(a, other)
        await key(word)
        await world.pass(100)
      }
      await world.pass(3 * SECOND)
      expect(writer(a)).toBe(other)
      const kept = a.text(id, 'content') + a.disk.drafts.map(({ typed }) => typed.content).join('')
      expect(a.text(id, 'content').startsWith(words.slice(0, 6).join('')), a.text(id, 'content')).toBe(true)
      const written = words.filter((word) => kept.includes(word))
      expect(written, 'nothing in between is missing').toEqual(words.slice(0, written.length))
      await world.calm()
    }, rights))

  test('the letters of a page that closes as it loses the right are a draft, and no later write is undone by them', () =>
    play(async (world, a) => {
      const [late, since] = [world.word(), world.word()]
      const id = await a.create('note', { title: 'R', content: '' })
      const { hung: closing, other } = await overtaken(world, a)
      await wroteIn(a, id, other, since)
      await a.inTab((tab) => {
        const shown = tab.views.get(id)
        if (shown) tab.type(shown, 'content', () => late, false)
        // Its own transaction is undone; what is in it goes to the worker.
        a.device.closeTab(tab, false)
      }, closing)
      await world.pass(3 * SECOND)
      expect(a.text(id, 'content').trim()).toBe(since)
      expect(a.disk.drafts).toMatchObject([{ typed: { content: late } }])
      await world.calm()
    }, rights))
})
