import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../../src/core/limits.ts'
import { DAY, HOUR, play, SECOND } from '../script.ts'

describe('P4 P5: what becomes of values', () => {
  test('trace 21a: a later edit of another field lends its time to no older title', () =>
    play(async (world, a, b) => {
      const [first, older, newer, tag] = [world.word(), world.word(), world.word(), world.word()]
      const id = await a.create('note', { title: first })
      await a.sent()
      await b.pull()
      a.device.setOnline(false)
      b.device.setOnline(false)
      await a.set(id, { title: older })
      await world.pass(HOUR)
      await b.set(id, { title: newer })
      await world.pass(HOUR)
      await a.set(id, { tags: [tag] })
      b.device.setOnline(true)
      await b.sent()
      a.device.setOnline(true)
      await world.calm()
      expect(world.everywhere(id, 'title')).toBe(newer)
      expect(world.everywhere(id, 'tags')).toEqual([tag])
    }))

  test('trace 21c: an edit by a clock a day ahead does not win over what is edited after it came', () =>
    play(async (world, a, b) => {
      const [first, wrong, later] = [world.word(), world.word(), world.word()]
      const id = await a.create('note', { title: first })
      await a.sent()
      await b.pull()
      a.device.setOnline(false)
      a.device.skew = DAY
      await a.set(id, { title: wrong })
      a.device.skew = 0
      a.device.setOnline(true)
      await a.sent()
      expect(world.onServer(id)?.stamps.title).toBeLessThanOrEqual(world.sim.scheduler.now)
      b.device.setOnline(false)
      await world.pass(HOUR)
      await b.set(id, { title: later })
      b.device.setOnline(true)
      await world.calm()
      expect(world.everywhere(id, 'title')).toBe(later)
    }))

  test('trace 21d: a clock a day behind does not always lose', () =>
    play(async (world, a, b) => {
      const [first, older, newer] = [world.word(), world.word(), world.word()]
      a.device.skew = -DAY
      const id = await a.create('note', { title: first })
      await a.sent()
      await b.pull()
      a.device.setOnline(false)
      await b.set(id, { title: older })
      await b.sent()
      await world.pass(HOUR)
      await a.set(id, { title: newer })
      a.device.setOnline(true)
      // Before its clock is set right, which would say that it had stamped wrongly.
      await a.sent()
      await world.calm()
      expect(world.everywhere(id, 'title')).toBe(newer)
    }))

  test('trace 21e: an old title that is merged late beats no newer one of a third device', () =>
    play(
      async (world, a, b, c) => {
        const [first, old, newer] = [world.word(), world.word(), world.word()]
        const id = await a.create('note', { title: first })
        await a.sent()
        await b.pull()
        await c.pull()
        a.device.setOnline(false)
        c.device.setOnline(false)
        await a.set(id, { title: old })
        await b.set(id, { tags: [world.word()] })
        await b.sent()
        await world.pass(HOUR)
        await c.set(id, { title: newer })
        await world.pass(HOUR)
        a.device.setOnline(true)
        await a.sent()
        expect(world.onServer(id)?.fields.title).toBe(old)
        c.device.setOnline(true)
        await world.calm()
        expect(world.everywhere(id, 'title')).toBe(newer)
      },
      { devices: 3 },
    ))

  test('trace 24: nothing is tidied up on the way: the blank that a person goes on from is there', () =>
    play(async (world, a, b) => {
      const [word, next] = [world.word(), world.word()]
      const typed = `  ${word} \t\r\n\u00e9e\u0301 `
      const id = await a.create('note', { title: ' ', content: typed })
      await a.sent()
      await a.pull()
      await b.pull()
      expect(world.onServer(id)?.fields).toMatchObject({ title: ' ', content: typed })
      await a.type(id, 'content', (before) => `${before}${next}`)
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe(`${typed}${next}`)
    }))

  test('trace 25: a mutation that is known gets its first outcome, also where the server would not take it now', () =>
    play(async (world, a) => {
      const title = world.word()
      const answer = a.hold('push', 'back')
      const id = await a.create('note', { title })
      const { body } = await answer.caught()
      answer.release(null)
      // As the resend looks to a server with a stricter limit: the same id, with what is not valid any more.
      const again = a.hold('push', 'there')
      const request = await again.caught()
      const batch = JSON.parse(body) as { mutations: { fields: object }[] }
      const mutations = batch.mutations.map((one) => ({ ...one, fields: { ...one.fields, pinned: 'very' } }))
      const [said] = await world.outside(() =>
        world.sim.server.handle([{ ...request, body: JSON.stringify({ ...batch, mutations }) }]),
      )
      expect(JSON.parse(said?.body ?? '')).toMatchObject({ results: [{ outcome: 'applied', version: 1 }] })
      again.release(said)
      await a.sent()
      await world.calm()
      expect(world.everywhere(id, 'title')).toBe(title)
    }))

  test('trace 33: two collections moved into each other are a ring everywhere, and no change is refused', () =>
    play(async (world, a, b) => {
      const [x, y] = [
        await a.create('collection', { name: 'X' }),
        await a.create('collection', { name: 'Y' }),
      ]
      await a.sent()
      await b.pull()
      await a.set(x, { parentId: y })
      await b.set(y, { parentId: x })
      await world.calm()
      expect([world.everywhere(x, 'parentId'), world.everywhere(y, 'parentId')]).toEqual([y, x])
      expect(world.there.revisions.every(({ applied }) => applied)).toBe(true)
    }))

  test('trace 33: a card put into a collection that is deleted elsewhere is taken, and keeps the id', () =>
    play(async (world, a, b) => {
      const x = await a.create('collection', { name: 'X' })
      await a.sent()
      await b.pull()
      b.device.setOnline(false)
      await a.purge(x)
      await a.sent()
      const id = await b.create('card', { url: 'https://c.example/', collectionIds: [x] })
      b.device.setOnline(true)
      await world.calm()
      expect(world.everywhere(id, 'collectionIds')).toEqual([x])
      expect(world.everywhere(x, 'purged')).toBe(true)
    }))

  test('trace 34: a merge that breaks a limit neither side broke fails nobody: a text asks, and what does not fit is in history', () =>
    play(async (world, a, b) => {
      const half = Array.from({ length: 560 }, () => 'x'.repeat(999)).join('\n')
      const [mine, theirs] = [world.word(), world.word()]
      const tags = (count: number) => Array.from({ length: count }, () => world.word())
      const id = await a.create('note', { title: 'R', content: 'the middle' })
      await a.sent()
      await b.pull()
      b.device.setOnline(false)
      await a.set(id, { content: `${theirs}\n${half}\nthe middle`, tags: tags(60) })
      await a.sent()
      await b.set(id, { content: `the middle\n${half}\n${mine}`, tags: tags(60) })
      b.device.setOnline(true)
      await world.until(() => b.entry(id)?.state.is === 'conflict', 'a conflict')
      expect(b.text(id, 'content')).toContain(mine)
      expect(b.value(id, 'tags'), 'a single value’s rule').toHaveLength(60)
      await b.resolve(id, { take: 'local' })
      await b.sent()
      const sent = world.onServer(id)?.fields
      expect(String(sent?.content).length).toBeLessThan(LIMITS.contentBytes)
      expect(sent?.content).toContain(mine)
      expect(b.disk.history.map(({ field, side }) => `${side} ${field}`).sort()).toEqual([
        'remote content',
        'remote tags',
      ])
      await world.calm()
    }))

  test('trace 36: a retry after a refusal is a new mutation, not the remembered refusal again', () =>
    play(async (world, a) => {
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      const title = world.word()
      const request = a.hold('push', 'there')
      await a.set(id, { title })
      const asked = await request.caught()
      const [said] = await world.outside(() => {
        const batch = JSON.parse(asked.body) as { mutations: { fields: object }[] }
        const mutations = batch.mutations.map((one) => ({ ...one, fields: { title: 'x'.repeat(1001) } }))
        return world.sim.server.handle([{ ...asked, body: JSON.stringify({ ...batch, mutations }) }])
      })
      request.release(said)
      await world.until(() => a.entry(id)?.state.is === 'refused', 'the refusal')
      await world.pass(SECOND)
      await a.failedChange('retry', id)
      await a.sent()
      await world.calm()
      expect(world.everywhere(id, 'title')).toBe(title)
    }))

  test('trace 37: what loses is in the server’s history, also when its device is wiped the moment after', () =>
    play(async (world, a, b) => {
      const [first, winner, loser] = [world.word(), world.word(), world.word()]
      const id = await a.create('note', { title: first })
      await a.sent()
      await b.pull()
      b.device.setOnline(false)
      await b.set(id, { title: loser })
      await world.pass(SECOND)
      await a.set(id, { title: winner })
      await a.sent()
      b.device.setOnline(true)
      await b.sent()
      expect(b.text(id, 'title')).toBe(winner)
      await b.signOut()
      await world.pass(SECOND)
      expect(b.disk.history).toEqual([])
      const refused = world.revisionsOf(id).filter(({ applied }) => !applied)
      expect(refused.map(({ fields }) => fields.title)).toEqual([loser])
      await world.calm()
      expect(world.everywhere(id, 'title')).toBe(winner)
    }))

  test('trace 48: both write into an empty note: both stay, the other’s first', () =>
    play(async (world, a, b) => {
      const [mine, theirs] = [world.word(), world.word()]
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      await b.pull()
      b.device.setOnline(false)
      await a.type(id, 'content', theirs)
      await a.sent()
      await b.type(id, 'content', mine)
      b.device.setOnline(true)
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe(`${theirs}\n${mine}`)
    }))
})
