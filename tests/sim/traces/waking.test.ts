import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, play, SECOND } from '../script.ts'
import { outage } from './outage.ts'

describe('P2: what wakes sync when its page is gone', () => {
  test('trace 13a: a browser closed within the pause after typing sends at its next start, with no page open', () =>
    play(async (world, a) => {
      const line = world.word()
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      await world.pass(MINUTE)
      await a.type(id, 'content', line, { leaving: false })
      await world.pass(1500)
      a.device.killBrowser()
      expect(world.onServer(id)?.fields.content).toBe('')
      await world.until(() => world.onServer(id)?.fields.content === line, 'the sync event')
      expect(a.device.tabs).toEqual([])
      await world.calm()
    }))

  test('trace 13b: a tab that dies between its commit and its message has asked for Background Sync before', () =>
    play(async (world, a) => {
      const line = world.word()
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      await world.pass(MINUTE)
      // Nothing but the sync event keeps the next one alive.
      a.device.killWorkers()
      world.sim.traps.push({ point: 'after-commit', device: a.device.name, who: 'worker', after: 0 })
      await a.type(id, 'content', line, { leaving: false })
      expect(a.device.tabs).toEqual([])
      expect(a.text(id, 'content')).toBe(line)
      await world.pass(1500)
      a.device.killBrowser()
      expect(world.onServer(id)?.fields.content, 'its pause was not over').toBe('')
      await world.until(() => world.onServer(id)?.fields.content === line, 'the sync event')
      expect(a.device.tabs).toEqual([])
      await world.calm()
    }))

  test('trace 13d: after 20 minutes of a dead server with no page nothing asks any more, and the next start sends', () =>
    play(
      async (world, a) => {
        const stop = outage(a)
        const title = world.word()
        const id = await a.create('note', { title })
        a.device.killBrowser()
        await world.pass(30 * MINUTE)
        expect(a.device.link.requests).toBeGreaterThan(3)
        const { requests } = a.device.link
        await world.pass(3 * HOUR)
        expect(a.device.link.requests, 'polite: the attempts are used up').toBe(requests)
        stop()
        await a.openTab()
        await a.sent()
        expect(world.onServer(id)?.fields.title).toBe(title)
        await world.calm()
      },
      { devices: 1 },
    ))

  test('trace 28: a first read goes on from its last page, however often the worker dies', () =>
    play(async (world, a, b) => {
      const page = 'x'.repeat(600_000)
      const ids: string[] = []
      b.device.setOnline(false)
      for (let i = 0; i < 4; i++) ids.push(await a.create('note', { title: `Note ${i}`, content: page }))
      await a.sent()
      let lives = 0
      let pages = 0
      b.answer('pull', 'there', () => {
        pages++
        return null
      })
      b.answer('pull', 'there', () => {
        // One page a life: its second request finds it dead.
        if (pages > 0) world.sim.scheduler.post(world.sim.scheduler.root, () => b.device.killWorkers())
        pages++
        return null
      })
      b.device.setOnline(true)
      for (; (b.disk.library?.cursor ?? 0) < world.there.seq && lives < 30; lives++) {
        const { cursor } = b.disk.library ?? {}
        pages = 0
        b.device.wake('poke')
        await world.pass(3 * SECOND)
        expect(b.disk.library?.cursor, 'each life keeps its page').toBeGreaterThan(cursor ?? 0)
      }
      expect(lives).toBe(4)
      expect(ids.every((id) => b.record(id) !== undefined)).toBe(true)
      await world.calm()
    }))
})
