import { describe, expect, test } from 'vitest'
import { play, SECOND } from '../script.ts'
import type { Said } from '../server.ts'

describe('P3 P4 P5: an answer against what was written meanwhile', () => {
  test('trace 1: a stale editor write keeps the paragraph of the other device that it has not seen', () =>
    play(async (world, a, b) => {
      const [first, paragraph, typed] = [world.word(), world.word(), world.word()]
      const id = await a.create('note', { title: 'R', content: first })
      await a.sent()
      await b.pull()
      await a.type(id, 'content', (before) => before)
      a.tab.frozen = true
      await b.type(id, 'content', (before) => `${before}\n${paragraph}`)
      await b.sent()
      await a.pull()
      expect(a.text(id, 'content'), 'the worker has taken it in').toBe(`${first}\n${paragraph}`)
      expect(a.tab.views.get(id)?.fields.content, 'the page still shows the old text').toBe(first)
      await a.type(id, 'content', (before) => `${before}${typed}`)
      expect(a.text(id, 'content')).toBe(`${first}${typed}\n${paragraph}`)
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe(`${first}${typed}\n${paragraph}`)
    }))

  test('trace 1: the same between two tabs of one device', () =>
    play(async (world, a) => {
      const [first, there, here] = [world.word(), world.word(), world.word()]
      const id = await a.create('note', { title: 'R', content: first })
      const other = await a.openTab()
      await a.type(id, 'content', (before) => before)
      a.tab.frozen = true
      await a.type(id, 'content', (before) => `${before}\n${there}`, { tab: other })
      await a.type(id, 'content', (before) => `${before}${here}`)
      expect(a.text(id, 'content')).toBe(`${first}${here}\n${there}`)
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe(`${first}${here}\n${there}`)
    }))

  test('trace 2a: an answer is not folded in on the old base: a title typed twice does not conflict with itself', () =>
    play(async (world, a) => {
      const [one, two, three] = [world.word(), world.word(), world.word()]
      const id = await a.create('note', { title: one })
      await a.sent()
      const answer = a.hold('push', 'back')
      await a.type(id, 'title', two)
      await answer.caught()
      await a.type(id, 'title', three)
      answer.release()
      await world.calm()
      expect(world.everywhere(id, 'title')).toBe(three)
      expect(a.disk.history, 'no conflict with itself').toEqual([])
      expect(world.revisionsOf(id).map(({ applied }) => applied)).toEqual([true, true, true])
    }))

  test('trace 2b: text typed while the first of it was on its way is not doubled', () =>
    play(async (world, a) => {
      const [line, next] = [world.word(), world.word()]
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      const answer = a.hold('push', 'back')
      await a.type(id, 'content', line)
      await answer.caught()
      await a.type(id, 'content', `${line} ${next}`)
      answer.release()
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe(`${line} ${next}`)
    }))

  test('trace 2c: a create deleted while it was on its way stays deleted', () =>
    play(async (world, a) => {
      const answer = a.hold('push', 'back')
      const id = await a.create('note', { title: world.word() })
      await answer.caught()
      await a.bin(id)
      answer.release()
      await world.calm()
      expect(world.everywhere(id, 'deleted')).toBe(true)
      expect(world.revisionsOf(id).map(({ fields }) => fields.deleted === true)).toEqual([false, true])
    }))

  test('trace 2d: an answer that carries a newer version does not make a later edit take the other device back', () =>
    play(async (world, a, b) => {
      const [first, mine, theirs, later] = [world.word(), world.word(), world.word(), world.word()]
      const id = await a.create('note', { content: `${first}\n\n` })
      await a.sent()
      await b.pull()
      const cut = a.hold('push', 'back')
      await a.type(id, 'content', (before) => `${before}${mine}`)
      await cut.caught()
      cut.release(null)
      const resend = a.hold('push', 'there')
      await resend.caught()
      expect(world.onServer(id)?.version, 'the first one had arrived').toBe(2)
      await b.pull()
      await b.type(id, 'content', (before) => `${theirs}\n${before}`)
      await b.sent()
      expect(world.onServer(id)?.version).toBe(3)
      await a.type(id, 'content', (before) => `${before} ${later}`)
      resend.release()
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe(`${theirs}\n${first}\n\n${mine} ${later}`)
      expect(a.disk.history.filter(({ why }) => why !== 'merged')).toEqual([])
      expect(world.revisionsOf(id).every(({ applied }) => applied)).toBe(true)
    }))

  test('trace 3: an entry that the server chokes on stops no pull, and the change that met it is not skipped', () =>
    play(async (world, a, b) => {
      const [mine, title, other] = [world.word(), world.word(), world.word()]
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      await b.pull()
      await a.type(id, 'content', `${mine} POISON`)
      await world.until(() => a.entry(id)?.state.is === 'choked', 'the server to choke')
      await b.type(id, 'title', title)
      const unrelated = await b.create('note', { title: other })
      await b.sent()
      await a.pull()
      expect(a.text(unrelated, 'title'), 'the pull goes past it').toBe(other)
      expect(a.disk.library?.cursor).toBe(world.there.seq)
      expect(a.entry(id)?.parked?.fields.title).toBe(title)
      await world.calm()
      expect(world.everywhere(id, 'title')).toBe(title)
      expect(world.everywhere(id, 'content')).toBe(`${mine} `)
    }))

  test('trace 9: a page of changes that was read before an answer does not take the record back', () =>
    play(async (world, a, b) => {
      const [first, theirs, mine, later] = [world.word(), world.word(), world.word(), world.word()]
      const id = await a.create('note', { title: 'R', content: first })
      await a.sent()
      await b.pull()
      await b.type(id, 'content', (before) => `${theirs}\n${before}`)
      await b.sent()
      // The page with v2 is on its way when the worker dies; it comes to the next one, after v3 was acknowledged.
      const page = a.hold('pull', 'back')
      a.device.wake('poke')
      await page.caught()
      a.device.killWorkers()
      page.release()
      await world.pass(SECOND)
      const stop = a.answer('pull', 'back', () => page.said)
      await a.type(id, 'content', (before) => `${before}\n${mine}`)
      await world.pass(5 * SECOND)
      expect(world.onServer(id)?.version).toBe(3)
      expect(a.record(id)?.version, 'v2 has come after v3 and was dropped').toBe(3)
      stop()
      await a.type(id, 'content', (before) => `${before} ${later}`)
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe(`${theirs}\n${first}\n${mine} ${later}`)
      expect(a.disk.history.filter(({ why }) => why !== 'merged')).toEqual([])
    }))

  const cutShort = ({ status, headers, body }: Said): Said => ({
    status,
    headers,
    body: body.slice(0, body.length / 2),
  })
  const portal = (status: number): Said => ({ status, headers: {}, body: '<!doctype html><h1>Welcome</h1>' })
  test.each<[string, (said: Said) => Said | null]>([
    ['cut off', () => null],
    ['cut short', cutShort],
    ['200 with HTML', () => portal(200)],
    ['401 of a portal', () => portal(401)],
    ['a redirect', () => portal(302)],
    ['403 of a proxy', () => portal(403)],
  ])('trace 43: %s says nothing of the outcome, and signs nobody out', (_, instead) =>
    play(
      async (world, a) => {
        const [title, line] = [world.word(), world.word()]
        const id = await a.create('note', { title })
        await a.sent()
        const answer = a.hold('push', 'back')
        await a.type(id, 'content', line)
        await answer.caught()
        const frozen = a.entry(id)?.flight?.mutation.id
        answer.release(answer.said && instead(answer.said))
        const again = a.hold('push', 'there')
        const { body } = await again.caught()
        expect(body, 'the same mutation').toContain(frozen)
        again.release()
        await a.sent()
        expect(world.revisionsOf(id)).toHaveLength(2)
        await world.calm()
        expect(world.everywhere(id, 'content')).toBe(line)
      },
      { devices: 1 },
    ),
  )

  test('trace 43: an answer that leaves a result out is no success for that one', () =>
    play(async (world, a) => {
      a.device.setOnline(false)
      const ids = [
        await a.create('note', { title: world.word() }),
        await a.create('note', { title: world.word() }),
      ]
      const answer = a.hold('push', 'back')
      a.device.setOnline(true)
      await answer.caught()
      const { status = 0, headers = {}, body = '' } = answer.said ?? {}
      const told = JSON.parse(body) as { results: unknown[] }
      expect(told.results).toHaveLength(2)
      answer.release({ status, headers, body: JSON.stringify({ ...told, results: told.results.slice(1) }) })
      const again = a.hold('push', 'there')
      await again.caught()
      expect(a.disk.entries.map(({ flight }) => flight !== null)).toEqual([true])
      again.release()
      await world.calm()
      expect(world.there.revisions, 'each took effect once').toHaveLength(2)
      expect(ids.map((id) => a.record(id)?.version)).toEqual([1, 1])
    }))

  test('trace 49: a record that is taken in is not normalised: nobody sends it back', () =>
    play(async (world, a, b) => {
      const [x, y] = [world.word(), world.word()]
      const id = await a.create('note', { title: ' spaced ', tags: [y, x] })
      await a.sent()
      await b.pull()
      await b.set(id, { tags: [x, y, world.word()] })
      await b.sent()
      const { seq } = world.there
      await world.calm()
      expect(world.there.seq, 'no device had anything to send').toBe(seq)
      expect(world.everywhere(id, 'title')).toBe(' spaced ')
    }))
})
