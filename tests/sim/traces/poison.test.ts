import { describe, expect, test } from 'vitest'
import { MINUTE, play, SECOND } from '../script.ts'
import type { Said } from '../server.ts'
import { DEAD, HTML, outage } from './outage.ts'

describe('P8: what fails for ever delays nobody', () => {
  test('trace 10: a text given up, whose push comes late after all, does not return', () =>
    play(async (world, a) => {
      const line = world.word()
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      const late = a.hold('push', 'there')
      await a.type(id, 'content', line)
      await late.caught()
      a.device.killWorkers()
      await a.failedChange('discard', id)
      await a.sent()
      late.release()
      await world.pass(MINUTE)
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe('')
      expect(
        a.disk.history.map(({ value }) => value),
        'kept in history',
      ).toContain(line)
    }))

  test('trace 10: the server chokes on a text until it is edited; then the edit goes', () =>
    play(async (world, a) => {
      const line = world.word()
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      await a.type(id, 'content', `${line} POISON`)
      await world.until(() => a.entry(id)?.state.is === 'choked', 'the server to choke')
      await a.type(id, 'content', line)
      await a.sent()
      expect(world.onServer(id)?.fields.content).toBe(line)
      await world.calm()
    }))

  test('trace 10: the same where it is edited while the poisoned mutation is in the air', () =>
    play(async (world, a) => {
      const line = world.word()
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      const answer = a.hold('push', 'back')
      await a.type(id, 'content', `${line} POISON`)
      await answer.caught()
      await a.type(id, 'content', line)
      answer.release()
      await a.sent()
      expect(world.onServer(id)?.fields.content).toBe(line)
      await world.calm()
    }))

  test('trace 18: a change that this version cannot read delays no other, and a later one of that record counts', () =>
    play(async (world, a, b) => {
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      await b.pull()
      await a.set(id, { pinned: true })
      await a.sent()
      const stop = b.answer('pull', 'back', (_, said) => {
        const page = JSON.parse(said?.body ?? '') as {
          changes: { record: { id: string; fields: unknown } }[]
        }
        for (const { record } of page.changes) if (record.id === id) record.fields = 'of a later version'
        return said && { ...said, body: JSON.stringify(page) }
      })
      b.device.wake('poke')
      await world.sim.scheduler.advance(2 * SECOND)
      expect(b.disk.library?.cursor, 'the pull is past it').toBe(world.there.seq)
      expect(b.record(id)?.version).toBe(1)
      stop()
      await a.set(id, { title: 'R again' })
      const other = await a.create('note', { title: world.word() })
      await a.sent()
      await b.pull()
      expect(b.record(other)).toBeDefined()
      await world.calm()
      expect(world.everywhere(id, 'title')).toBe('R again')
    }))

  test('trace 26: one entry that the whole request is refused for delays the others by seconds, a dying worker included', () =>
    play(async (world, a) => {
      a.device.setOnline(false)
      const ids: string[] = []
      for (let i = 0; i < 24; i++)
        ids.push(await a.create('note', { title: `Note ${i}`, content: i === 17 ? 'REFUSED' : '' }))
      const request = a.hold('push', 'there')
      a.device.setOnline(true)
      await request.caught()
      request.release()
      const part = a.hold('push', 'there')
      await part.caught()
      a.device.killWorkers()
      part.release()
      a.device.wake('poke')
      await world.pass(20 * SECOND)
      expect(world.there.records).toHaveLength(23)
      expect(a.disk.entries.map(({ id, state }) => [id, state.is])).toEqual([[ids[17], 'refused']])
      expect(a.device.link.requests).toBeLessThan(30)
      await world.calm()
    }))

  test('trace 26: a proxy that lets one text not pass, without our error shape, does not hold the others', () =>
    play(async (world, a) => {
      a.device.setOnline(false)
      for (let i = 0; i < 24; i++)
        await a.create('note', { title: `Note ${i}`, content: i === 17 ? '<script>' : '' })
      a.answer('push', 'there', ({ body }) =>
        body.includes('<script>') ? { status: 403, headers: {}, body: HTML } : null,
      )
      a.device.setOnline(true)
      await world.pass(30 * SECOND)
      expect(world.there.records).toHaveLength(23)
      expect(a.device.link.requests).toBeLessThan(40)
      await world.calm()
    }))

  test.each<[string, Said]>([
    ['the whole is refused', { status: 413, headers: {}, body: HTML }],
    ['the whole dies while pulls pass', DEAD],
  ])('P9, trace 26: %s, and a part is asked to wait an hour: so does the rest', (_, answer) =>
    play(async (world, a) => {
      a.device.setOnline(false)
      for (let i = 0; i < 8; i++) await a.create('note', { title: `Note ${i}` })
      let parts = 0
      const stop = a.answer('push', 'there', ({ body }) => {
        const { mutations } = JSON.parse(body) as { mutations: unknown[] }
        if (mutations.length === 8) return answer
        parts++
        return { status: 503, headers: { 'retry-after': '3600' }, body: HTML }
      })
      a.device.setOnline(true)
      await world.until(() => parts > 0, 'a part')
      await world.pass(SECOND)
      stop()
      const { requests } = a.device.link
      for (const reason of ['sync-now', 'poke', 'timer'] as const) a.device.wake(reason)
      await world.pass(59 * MINUTE)
      expect(a.device.link.requests).toBe(requests)
      await world.pass(2 * MINUTE)
      expect(world.there.records).toHaveLength(8)
      await world.calm()
    }),
  )

  test('trace 26: in an outage nothing is halved and no entry is blamed', () =>
    play(async (world, a) => {
      a.device.setOnline(false)
      for (let i = 0; i < 24; i++) await a.create('note', { title: `Note ${i}` })
      const before = a.device.link.requests
      const stop = outage(a)
      a.device.setOnline(true)
      await world.pass(10 * MINUTE)
      expect(a.disk.entries.map(({ state }) => state.is)).toEqual(Array(24).fill('ready'))
      expect(a.device.link.requests - before).toBeLessThan(40)
      stop()
      await world.calm()
      expect(world.there.records).toHaveLength(24)
    }))

  test('trace 27: a push that always fails does not keep what others wrote away', () =>
    play(async (world, a, b) => {
      const mine = [await a.create('note', { title: 'R' }), await a.create('note', { title: 'R' })]
      await a.sent()
      const stop = a.answer('push', 'there', () => DEAD)
      for (const id of mine) await a.set(id, { title: world.word() })
      const title = world.word()
      const id = await b.create('note', { title })
      await b.sent()
      await world.until(() => a.text(id, 'title') === title, 'what the other wrote')
      expect(a.disk.entries.length, 'still not through').toBeGreaterThan(0)
      await world.pass(2 * MINUTE)
      const second = await b.create('note', { title: world.word() })
      await b.sent()
      await world.until(() => a.record(second) !== undefined, 'what the other wrote later')
      stop()
      await world.calm()
    }))
})
