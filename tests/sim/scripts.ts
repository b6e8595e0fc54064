import { MINUTE, play, SECOND, type World } from './script.ts'
import { REFUSED } from './server.ts'
import type { Hands } from './traces/hands.ts'

/** Pages that ask who may write. */
const RIGHTS = { devices: 1, rights: true } as const

/** Both rewrite one word, and B's text waits for a person. */
async function conflicting(world: World, a: Hands, b: Hands): Promise<{ id: string; mine: string }> {
  const mine = world.word()
  const id = await a.create('note', { title: 'R', content: world.word() })
  await a.sent()
  await b.pull()
  b.device.setOnline(false)
  await a.type(id, 'content', world.word())
  await a.sent()
  await b.type(id, 'content', mine)
  b.device.setOnline(true)
  await world.until(() => b.entry(id)?.state.is === 'conflict', 'a conflict')
  return { id, mine }
}

/** Scripted worlds that a mutant is run in, where random runs meet its moment too seldom. The checkers judge. */
export const SCRIPTS = {
  /** traces.md, 9: a page of changes that was read before an answer comes after it. */
  'a page from before an answer': () =>
    play(async (world, a, b) => {
      const id = await a.create('note', { title: 'R', content: world.word() })
      await a.sent()
      await b.pull()
      await b.type(id, 'content', (before) => `${world.word()}\n${before}`)
      await b.sent()
      const page = a.hold('pull', 'back')
      a.device.wake('poke')
      await page.caught()
      a.device.killWorkers()
      page.release()
      await world.pass(SECOND)
      const stop = a.answer('pull', 'back', () => page.said)
      await a.type(id, 'content', (before) => `${before}\n${world.word()}`)
      // Often enough to see the record at its newest before the page comes.
      for (let i = 0; i < 50; i++) await world.pass(SECOND / 10)
      stop()
      await world.calm()
    }),
  /** P8: one change that the server refuses, and one that it would take. */
  'a refused change, and another': () =>
    play(async (world, a) => {
      const id = await a.create('note', { title: 'R', content: world.word() })
      await a.sent()
      const bad = await a.create('note', { title: 'R', content: REFUSED })
      await world.until(() => a.entry(bad)?.state.is === 'refused', 'a refusal')
      await a.type(id, 'content', (before) => `${before} ${world.word()}`)
      for (let i = 0; i < 4; i++) await world.pass(4 * MINUTE)
      await world.calm()
    }),
  /** traces.md, 10: a person gives a change up while its mutation waits in some proxy. */
  'a discarded change that arrives late': () =>
    play(async (world, a) => {
      const id = await a.create('note', { title: 'R', content: world.word() })
      await a.sent()
      const push = a.hold('push', 'there')
      await a.type(id, 'content', (before) => `${before} ${world.word()}`)
      await push.caught()
      const mutation = a.disk.entries.find((entry) => entry.id === id)?.flight?.mutation.id
      await a.failedChange('discard', id)
      if (mutation) world.sim.checks.discards(a.device, mutation)
      await world.pass(5 * MINUTE)
      push.release()
      await world.pass(MINUTE)
      await world.calm()
    }),
  /** traces.md, 7: a later change of something else leaves both sides to choose between. */
  'a conflict, and a change of another field': () =>
    play(async (world, a, b) => {
      const { id, mine } = await conflicting(world, a, b)
      await a.set(id, { pinned: true })
      await a.sent()
      await b.pull()
      await b.set(id, { tags: [world.word()] })
      await world.pass(5 * MINUTE)
      await b.resolve(id, { take: 'local' })
      await world.calm()
      const text = world.everywhere(id, 'content')
      if (text !== mine) throw new Error(`chosen was ${mine}, there is ${JSON.stringify(text)}`)
    }),
  /** traces.md, 19: the dialog shows one version, and another one comes before its person has chosen. */
  'a choice by what was shown before': () =>
    play(async (world, a, b) => {
      const { id } = await conflicting(world, a, b)
      const shown = await b.conflict(id)
      const later = world.word()
      await a.type(id, 'content', later)
      await a.sent()
      await b.pull()
      await b.resolve(id, { take: 'local' }, shown)
      await world.pass(MINUTE)
      const base = b.disk.bases.find((one) => one.id === id)
      if (base?.fields.content !== later) throw new Error('what was never shown has been written over')
      await b.resolve(id, { take: 'server' })
      await world.calm()
    }),
  /** traces.md, 1: an editor goes on from a text that another tab has added to since, and nothing was sent between. */
  'an editor that is behind': () =>
    play(async (world, a) => {
      const id = await a.create('note', { title: 'R', content: world.word() })
      await a.sent()
      const other = await a.openTab()
      await a.type(id, 'content', (before) => before)
      a.device.setOnline(false)
      a.tab.frozen = true
      await a.type(id, 'content', (before) => `${before}\n${world.word()}`, { tab: other })
      await a.type(id, 'content', (before) => `${before}${world.word()}`)
      await world.pass(SECOND)
      await world.calm()
    }),
  /** traces.md, 31: a tab that hangs is overtaken, and goes on typing before it has heard of it. */
  'a tab that is overtaken and writes on': () =>
    play(async (world, a) => {
      const id = await a.create('note', { title: 'R', content: world.word() })
      const hung = a.tab
      const other = await a.openTab()
      hung.frozen = true
      await a.inTab((tab) => void tab.page.tabs.takeControl(), other)
      await world.pass(3 * SECOND)
      await a.type(id, 'content', (before) => `${before} ${world.word()}`, { tab: other })
      await a.type(id, 'content', (before) => `${world.word()}\n${before}`, { tab: hung })
      await world.pass(SECOND)
      await world.calm()
    }, RIGHTS),
  /** A key is on its way into the store as the tab is asked to hand over. */
  'a key, and a hand-over': () =>
    play(async (world, a) => {
      const id = await a.create('note', { title: 'R', content: world.word() })
      await a.inTab((tab) => {
        const shown = tab.views.get(id)
        if (!shown) throw new Error('the note is not shown')
        tab.type(shown, 'content', (before) => `${before} ${world.word()}`, false)
        tab.hear({ v: 1, type: 'hand-over', session: tab.presence.id })
      })
      await world.pass(SECOND)
      await world.calm()
    }, RIGHTS),
  'a tab that crashes beside one that is looked at': () =>
    play(async (world, a) => {
      await a.create('note', { title: 'R', content: world.word() })
      await a.sent()
      const other = await a.openTab()
      a.device.closeTab(a.tab, true)
      for (let passed = 0; passed < 8; passed++) {
        await a.inTab(() => a.device.attend(other), other)
        await world.pass(SECOND)
      }
      await world.calm()
    }, RIGHTS),
} as const
