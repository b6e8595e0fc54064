import { describe, expect, test } from 'vitest'
import { purge } from '../edits.ts'
import { json, MINUTE, play, SECOND, type World } from '../script.ts'
import type { Hands } from './hands.ts'

const U = 'https://u.example/'
const W = 'https://w.example/'
const live = ({ there }: World, url = U) =>
  there.records.filter(({ fields }) => fields.url === url && fields.deleted !== true)

/** Both make a card of one link while they cannot see each other; A’s reaches the server first. */
async function twice(world: World, a: Hands, b: Hands) {
  b.device.setOnline(false)
  const c1 = await a.create('card', { url: U, title: world.word() })
  const c2 = await b.create('card', { url: U, description: world.word() })
  await a.sent()
  return { c1, c2 }
}

describe('P3 P5 P6: one link saved twice', () => {
  test('trace 11: becomes one card, whose former id is known; an answer that is lost changes nothing', () =>
    play(async (world, a, b) => {
      const { c1, c2 } = await twice(world, a, b)
      const answer = b.hold('push', 'back')
      b.device.setOnline(true)
      await answer.caught()
      answer.release(null)
      await world.calm()
      expect(live(world).map(({ id }) => id)).toEqual([c1])
      expect(world.everywhere(c1, 'formerIds')).toEqual([c2])
      expect(world.hands.map((one) => one.record(c2))).toEqual([undefined, undefined])
    }))

  test('trace 11a: a URL corrected while the create was on its way is another link, and not merged', () =>
    play(async (world, a, b) => {
      const { c1, c2 } = await twice(world, a, b)
      const answer = b.hold('push', 'back')
      b.device.setOnline(true)
      await answer.caught()
      await b.set(c2, { url: W })
      answer.release()
      await world.calm()
      expect(world.everywhere(c1, 'url')).toBe(U)
      expect(world.everywhere(c2, 'url')).toBe(W)
      expect(live(world, W).map(({ id }) => id)).toEqual([c2])
    }))

  test('trace 11b: deleted while the create was on its way it just goes, and the other card stays', () =>
    play(async (world, a, b) => {
      const { c1, c2 } = await twice(world, a, b)
      world.sim.model.purged(`d1 ${c2}`, null)
      const answer = b.hold('push', 'back')
      b.device.setOnline(true)
      await answer.caught()
      await b.bin(c2)
      answer.release()
      await world.calm()
      expect(live(world).map(({ id }) => id)).toEqual([c1])
      expect(world.everywhere(c1, 'deleted') ?? false).toBe(false)
      expect(world.onServer(c2)).toBeUndefined()
    }))

  test('trace 11c: the existing card is deleted between outcome and replay: the new one is made', () =>
    play(async (world, a, b) => {
      const { c1, c2 } = await twice(world, a, b)
      const answer = b.hold('push', 'back')
      b.device.setOnline(true)
      await answer.caught()
      await a.bin(c1)
      await a.sent()
      answer.release(null)
      await world.calm()
      expect(live(world).map(({ id }) => id)).toEqual([c2])
      expect(world.everywhere(c1, 'deleted')).toBe(true)
    }))

  test('trace 11d: a bookmark deleted and made anew in one batch is not lost', () =>
    play(async (world, a, b) => {
      const c1 = await a.create('card', { url: U, title: world.word() })
      await a.sent()
      await b.pull()
      b.device.setOnline(false)
      await b.bin(c1)
      const c2 = await b.create('card', { url: U, title: world.word() })
      b.device.setOnline(true)
      await world.calm()
      expect(live(world).map(({ id }) => id)).toEqual([c2])
      expect(world.everywhere(c1, 'deleted')).toBe(true)
    }))

  test('trace 11d: two cards that swap their links are both taken', () =>
    play(async (world, a, b) => {
      const c1 = await a.create('card', { url: U, title: world.word() })
      const c2 = await a.create('card', { url: W, title: world.word() })
      await a.sent()
      await b.pull()
      b.device.setOnline(false)
      await b.set(c1, { url: W })
      await b.set(c2, { url: U })
      b.device.setOnline(true)
      await b.sent()
      await world.calm()
      expect([world.everywhere(c1, 'url'), world.everywhere(c2, 'url')]).toEqual([W, U])
    }))

  test('trace 11e: a synced card edited, or restored, onto a link that is held stays itself; nothing is merged', () =>
    play(async (world, a, b) => {
      const c1 = await a.create('card', { url: U, title: world.word() })
      const c2 = await a.create('card', { url: W, title: world.word() })
      await a.sent()
      await b.pull()
      b.device.setOnline(false)
      await b.set(c2, { url: U })
      await a.bin(c1)
      await a.sent()
      const c3 = await a.create('card', { url: U, title: world.word() })
      await a.sent()
      await a.set(c1, { deleted: false })
      await a.sent()
      b.device.setOnline(true)
      await world.calm()
      expect(
        live(world)
          .map(({ id }) => id)
          .sort(),
      ).toEqual([c1, c2, c3].sort())
      expect([c1, c2, c3].map((id) => world.everywhere(id, 'formerIds'))).toEqual([[], [], []])
    }))

  test('trace 11f: a server that takes two links for one, where this device does not, makes no loop', () =>
    play(async (world, a, b) => {
      const c1 = await a.create('card', { url: U, title: world.word() })
      await a.sent()
      await b.pull()
      let pushes = 0
      b.answer('push', 'there', ({ body }) => {
        const { mutations } = JSON.parse(body) as { mutations: { id: string; record: string }[] }
        if (!mutations.some(({ record }) => record !== c1)) return null
        pushes++
        const record = world.onServer(c1)
        const results = mutations.map(({ id }) => ({ id, outcome: 'duplicate', record }))
        return json(200, { results, now: world.sim.scheduler.now, mark: null })
      })
      const description = world.word()
      const c2 = await b.create('card', { url: `${U}?newer-rule`, description })
      await b.sent()
      expect(pushes).toBeLessThanOrEqual(2)
      await world.calm()
      expect(world.everywhere(c1, 'formerIds')).toEqual([c2])
      expect([world.everywhere(c1, 'description'), ...b.disk.history.map(({ value }) => value)]).toContain(
        description,
      )
    }))

  test('trace 11g: what an open page types into the card that went lands in the one that stayed', () =>
    play(async (world, a, b) => {
      const { c1, c2 } = await twice(world, a, b)
      await b.type(c2, 'title', (before) => before)
      b.tab.frozen = true
      b.device.setOnline(true)
      await b.sent()
      expect(b.record(c2)).toBeUndefined()
      const title = world.word()
      await b.type(c2, 'title', title)
      await world.calm()
      expect(world.everywhere(c1, 'title')).toContain(title)
      expect(world.onServer(c2)).toBeUndefined()
    }))

  test('seed 4441: what was typed into the card that went is gone with the one that stayed, deleted for good in that moment', () =>
    play(async (world, a, b) => {
      const { c1, c2 } = await twice(world, a, b)
      await b.type(c2, 'description', (before) => `${before} ${world.word()}`)
      const writer = b.tab
      writer.frozen = true
      const other = await b.openTab()
      b.device.setOnline(true)
      await b.sent()
      await b.set(c1, { deleted: true }, other)
      const [behind, shown] = [{ ...a.record(c1), id: c2 }, other.views.get(c1)]
      await b.inTab(() => {
        if (!shown) throw new Error('the card is not shown')
        writer.type(behind as typeof shown, 'description', (before) => `${before} ${world.word()}`, true)
        purge(world.sim, b.device, other, shown)
      })
      await world.calm()
      expect(world.everywhere(c1, 'purged')).toBe(true)
      expect(world.onServer(c2)).toBeUndefined()
    }))

  test('trace 11h: a card of the same link, not sent yet, aborts no page of changes', () =>
    play(async (world, a, b) => {
      b.device.setOnline(false)
      const c2 = await b.create('card', { url: U, description: `${world.word()} POISON` })
      b.device.setOnline(true)
      await world.until(() => b.entry(c2)?.state.is === 'choked', 'the server to choke')
      const c1 = await a.create('card', { url: U, title: world.word() })
      const other = await a.create('note', { title: world.word() })
      await a.sent()
      await b.pull()
      expect(b.record(c1)).toBeDefined()
      expect(b.record(other)).toBeDefined()
      await b.type(c2, 'description', (before) => before.replace('POISON', ''))
      await b.sent()
      await world.pass(SECOND)
      await world.calm()
      expect(live(world).map(({ id }) => id)).toEqual([c1])
      await world.pass(MINUTE)
    }))
})
