import { MINUTE, play, SECOND } from './script.ts'

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
} as const
