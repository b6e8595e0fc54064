import { describe, expect, test } from 'vitest'
import { answerVanishing, readVanishing } from '../../../src/store/vanish.ts'
import type { LinkRequest } from '../link.ts'
import { MINUTE, play, refusal, SECOND } from '../script.ts'
import type { Said } from '../server.ts'

describe('P4 P5: a server that lost something, a device that was away', () => {
  test('trace 8a: a device past the copy’s place misses nothing of the new line', () =>
    play(async (world, a, b) => {
      const [old, lost, fresh] = [world.word(), world.word(), world.word()]
      await a.create('note', { title: old })
      await a.sent()
      await world.backup()
      const before = await a.create('note', { title: lost })
      await a.sent()
      await a.pull()
      await world.restore()
      const after = await b.create('note', { title: fresh })
      await b.sent()
      await a.pull()
      await world.pass(MINUTE)
      expect(a.text(after, 'title'), 'the change under a number that it knew already').toBe(fresh)
      await world.calm()
      expect(world.everywhere(before, 'title')).toBe(lost)
    }))

  test('trace 8b: what was pushed but not pulled yet reaches the other devices all the same', () =>
    play(async (world, a, b) => {
      await a.create('note', { title: world.word() })
      await a.sent()
      await a.pull()
      await b.pull()
      await world.backup()
      a.answer('pull', 'there', () => ({ status: 502, headers: {}, body: '' }))
      const title = world.word()
      const id = await a.create('note', { title })
      await a.sent()
      expect(a.disk.library?.cursor).toBeLessThan(world.there.seq)
      await world.restore()
      expect(world.onServer(id)).toBeUndefined()
      await world.calm()
      expect(world.everywhere(id, 'title')).toBe(title)
    }))

  test('trace 8c: a newer value here is not overwritten unseen by an edit made on the restored server', () =>
    play(async (world, a, b) => {
      const [first, mine, theirs] = [world.word(), world.word(), world.word()]
      const id = await a.create('note', { title: first })
      await a.sent()
      await b.pull()
      await world.backup()
      await a.set(id, { title: mine })
      await a.sent()
      await world.restore()
      await b.set(id, { title: theirs })
      await b.sent()
      expect(world.onServer(id)).toMatchObject({ version: 2, fields: { title: theirs } })
      expect(a.record(id)).toMatchObject({ version: 2, fields: { title: mine } })
      await world.calm()
      expect(world.everywhere(id, 'title'), 'the later of the two').toBe(theirs)
      expect(a.disk.history).toContainEqual(expect.objectContaining({ recordId: id, value: mine }))
    }))

  test('trace 8d: clean records that the restored server lacks are not taken for deleted ones', () =>
    play(async (world, a, b) => {
      await world.backup()
      const titles = [world.word(), world.word(), world.word()]
      const ids: string[] = []
      for (const title of titles) ids.push(await a.create('note', { title }))
      await a.sent()
      await b.pull()
      await world.restore()
      expect(world.there.records).toEqual([])
      await world.calm()
      expect(ids.map((id) => world.everywhere(id, 'title'))).toEqual(titles)
    }))

  test('trace 8e: an edit of a record that the restored server lacks is sent whole, and fails nobody', () =>
    play(async (world, a, b) => {
      await world.backup()
      const [title, line] = [world.word(), world.word()]
      const id = await a.create('note', { title, content: 'x' })
      await a.sent()
      await world.restore()
      await a.type(id, 'content', line)
      await a.sent()
      expect(world.onServer(id)).toMatchObject({ version: 2, fields: { title, content: line } })
      await world.calm()
      expect(b.text(id, 'content')).toBe(line)
    }))

  test('trace 12: edited here, gone for good there: it returns whole, above the version that others have seen', () =>
    play(async (world, a, b) => {
      const [title, line, tag] = [world.word(), world.word(), world.word()]
      const id = await a.create('note', { title, content: 'x', tags: [tag] })
      await a.sent()
      await b.pull()
      b.device.setOnline(false)
      await b.type(id, 'content', line)
      await a.purge(id)
      await a.sent()
      expect(world.onServer(id)).toMatchObject({ version: 2, fields: { purged: true } })
      b.device.setOnline(true)
      await world.calm()
      expect(world.onServer(id)?.version).toBe(3)
      expect(world.onServer(id)?.fields).toMatchObject({ title, content: line, tags: [tag], deleted: false })
      expect(a.record(id)?.fields).toMatchObject({ title, content: line })
    }))

  test('trace 12: an edit of a record of which the server knows nothing at all is a conflict with nothing, then it goes whole', () =>
    play(async (world, a) => {
      await world.backup()
      const [title, line] = [world.word(), world.word()]
      const id = await a.create('note', { title, content: 'x' })
      await a.sent()
      await world.restore()
      const outcomes: unknown[] = []
      // Without the mark the server does not notice that it was restored, and judges the mutation itself.
      const unmarked = async (request: LinkRequest): Promise<Said | null> => {
        const { server, scheduler } = world.sim
        const path = request.path.replace(/mark=[^&]*/, '').replace(/after=\d+/, 'after=0')
        const body = request.body && JSON.stringify({ ...JSON.parse(request.body), mark: null })
        const [said] = await scheduler.exclusive(() => server.handle([{ ...request, path, body }]))
        outcomes.push(...((JSON.parse(said?.body ?? '') as { results?: unknown[] }).results ?? []))
        return said ?? null
      }
      a.answer('push', 'there', unmarked)
      a.answer('pull', 'there', unmarked)
      await a.type(id, 'content', line)
      await a.sent()
      expect(outcomes).toMatchObject([
        { outcome: 'conflict', record: null },
        { outcome: 'applied', version: 2 },
      ])
      expect(world.onServer(id)).toMatchObject({ version: 2, fields: { title, content: line } })
      await world.calm()
    }))

  test('trace 39: a push of a device that was away too long is refused before anything of it is applied', () =>
    play(async (world, a, b) => {
      const [gone, kept, mine] = [world.word(), world.word(), world.word()]
      const absent = await a.create('note', { title: gone })
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      await b.pull()
      b.device.setOnline(false)
      await b.set(id, { title: mine })
      const made = await b.create('note', { title: kept })
      await a.purge(absent)
      await a.sent()
      // As after 180 days: the tombstone is forgotten, the feed does not name it any more.
      const refused = b.hold('push', 'there')
      b.answer('pull', 'back', (_, said) => {
        const page = JSON.parse(said?.body ?? '') as { changes: { record: { id: string } }[] }
        const changes = page.changes.filter(({ record }) => record.id !== absent)
        return said && { ...said, body: JSON.stringify({ ...page, changes }) }
      })
      b.device.setOnline(true)
      const { body } = await refused.caught()
      expect(JSON.parse(body), 'it says what it has seen').toMatchObject({ mark: { seq: 2 } })
      refused.release(refusal(410, 'expired'))
      // The real server has not forgotten it; what it holds cannot be compared with this device any more.
      world.sim.checks.restored = true
      await world.until(
        () => b.disk.library?.reread === null && b.record(absent) === undefined,
        'a fresh read',
      )
      await b.sent()
      expect(world.onServer(absent)?.fields.purged, 'not revived').toBe(true)
      expect(world.onServer(id)?.fields.title).toBe(mine)
      expect(world.onServer(made)?.fields.title).toBe(kept)
    }))

  test.each<['keep' | 'remove', string]>([
    ['keep', 'are sent whole'],
    ['remove', 'go'],
  ])(
    'trace 32: 30 of 40 records gone for good elsewhere hold up no pull; at the word “%s” they %s',
    (answer) =>
      play(async (world, a, b) => {
        const ids: string[] = []
        for (let i = 0; i < 40; i++) ids.push(await a.create('note', { title: `Note ${i}` }))
        await a.sent()
        await b.pull()
        for (const id of ids.slice(0, 30)) await a.purge(id)
        const fresh = world.word()
        const later = await a.create('note', { title: fresh })
        await a.sent()
        await b.pull()
        expect(b.text(later, 'title'), 'P8: the pull goes on').toBe(fresh)
        expect(ids.every((id) => b.value(id, 'purged') !== true)).toBe(true)
        const shown = await b.inTab((_, db) => readVanishing(db))
        expect(shown).toHaveLength(30)
        await b.inTab(
          (tab, db) =>
            void answerVanishing(db, { library: tab.library, epoch: 0 }, answer, b.device.now, shown),
        )
        b.device.wake('sync-now')
        await world.pass(5 * SECOND)
        await world.calm()
        const live = ids.filter((id) => world.everywhere(id, 'purged') !== true)
        expect(live).toHaveLength(answer === 'keep' ? 40 : 10)
        expect(live.every((id) => String(world.everywhere(id, 'title')).startsWith('Note '))).toBe(true)
      }),
  )
})
