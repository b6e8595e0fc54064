import { describe, expect, test } from 'vitest'
import { MINUTE, play, SECOND } from '../script.ts'
import type { CrashPoint } from '../simulation.ts'

/** The table at the end of the traces: asked for, and it holds. */
describe('P3 P4 P5: asked for, and it holds', () => {
  test('deleted there, while an edit here was frozen and never arrived: the edit wins, the record is sent whole', () =>
    play(async (world, a, b) => {
      const [title, line] = [world.word(), world.word()]
      const id = await a.create('note', { title })
      await a.sent()
      await b.pull()
      const request = b.hold('push', 'there')
      await b.type(id, 'content', line)
      await request.caught()
      await a.bin(id)
      await a.sent()
      request.release({ status: 502, headers: {}, body: '' })
      await world.calm()
      expect(world.everywhere(id, 'deleted')).toBe(false)
      expect([world.everywhere(id, 'title'), world.everywhere(id, 'content')]).toEqual([title, line])
    }))

  test('deleted there by somebody who knew the edit, whose answer was lost here: it stays deleted', () =>
    play(async (world, a, b) => {
      const line = world.word()
      const id = await a.create('note', { title: world.word() })
      await a.sent()
      await b.pull()
      const answer = b.hold('push', 'back')
      await b.type(id, 'content', line)
      await answer.caught()
      await a.pull()
      expect(a.text(id, 'content')).toBe(line)
      await a.bin(id)
      await a.sent()
      answer.release(null)
      await world.calm()
      expect(world.everywhere(id, 'deleted')).toBe(true)
    }))

  test.each<[string, CrashPoint, number]>([
    ['after the answer, before applying it', 'after-answer', 0],
    ['in the midst of applying the answer', 'after-answer', 6],
    ['between freeze and send', 'after-freeze', 0],
    ['after the send', 'after-send', 0],
    ['in the midst of a page', 'mid-pull', 4],
  ])('the worker is killed %s: it takes effect once', (_, point, after) =>
    play(async (world, a) => {
      const id = await a.create('note', { title: world.word() })
      await a.sent()
      const line = world.word()
      world.sim.traps.push({ point, device: a.device.name, who: 'worker', after })
      await a.type(id, 'content', line)
      await world.until(() => world.sim.traps.length === 0, 'the death')
      await a.sent()
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe(line)
      expect(world.revisionsOf(id)).toHaveLength(2)
    }),
  )

  test('the server dies after its commit: the answer is lost, and the change takes effect once', () =>
    play(async (world, a) => {
      const line = world.word()
      world.sim.traps.push({ point: 'after-server-commit', device: a.device.name, who: 'server', after: 0 })
      const id = await a.create('note', { title: world.word() })
      await a.type(id, 'content', line)
      await a.sent()
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe(line)
      expect(world.revisionsOf(id).every(({ applied }) => applied)).toBe(true)
    }))

  test('a page of changes is applied while a local edit commits, at any of its steps: both are there', () =>
    play(async (world, a, b) => {
      const id = await a.create('note', { title: world.word(), tags: [] })
      await a.sent()
      await b.pull()
      const tags: string[] = []
      for (let step = 0; step < 12; step++) {
        const [there, here] = [world.word(), world.word()]
        tags.push(there, here)
        await b.pull()
        await b.set(id, { tags: [...((b.value(id, 'tags') as string[]) ?? []), there] })
        await b.sent()
        const page = a.hold('pull', 'back')
        a.device.wake('poke')
        await page.caught()
        page.release()
        await world.sim.scheduler.some(step * 4)
        const shown = a.tab.views.get(id)
        world.sim.scheduler.post(a.tab.actor, () => {
          if (shown) a.tab.edit(shown, { tags: [...((shown.fields.tags as string[]) ?? []), here] })
        })
        await world.sim.scheduler.quiet()
        await world.pass(SECOND)
        await a.sent()
        await b.pull()
      }
      await world.calm()
      expect([...(world.everywhere(id, 'tags') as string[])].sort()).toEqual([...tags].sort())
    }))

  test('poison is looked for by halves while another device edits the same records: only it waits', () =>
    play(async (world, a, b) => {
      const ids: string[] = []
      for (let i = 0; i < 8; i++) ids.push(await a.create('note', { title: `Note ${i}` }))
      await a.sent()
      await b.pull()
      a.device.setOnline(false)
      const mine = ids.map(() => world.word())
      for (const [i, id] of ids.entries())
        await a.set(id, { content: `${mine[i]}${i === 5 ? ' REFUSED' : ''}` })
      a.device.setOnline(true)
      for (const id of ids) {
        const part = a.hold('push', 'back')
        await b.pull()
        await b.set(id, { title: world.word() })
        await world.pass(300)
        part.release()
        await b.sent()
      }
      await world.until(() => a.disk.entries.length === 1, 'the others to be through')
      expect(a.entry(ids[5] ?? '')?.state.is).toBe('refused')
      await world.calm()
      expect(ids.map((id) => String(world.everywhere(id, 'content')).trim())).toEqual(mine)
    }))

  test('two workers of two versions drain at once: one at a time, and each change takes effect once', () =>
    play(async (world, a) => {
      a.device.setOnline(false)
      const ids: string[] = []
      for (let i = 0; i < 6; i++) ids.push(await a.create('note', { title: world.word() }))
      const workers = [a.device.worker(), a.device.startWorker(true)]
      let flying = 0
      let most = 0
      for (const what of ['push', 'pull'] as const) {
        a.answer(what, 'there', () => {
          most = Math.max(most, ++flying)
          return null
        })
        a.answer(what, 'back', (_, said) => {
          flying--
          return said
        })
      }
      a.device.setOnline(true)
      for (const worker of workers) worker.dispatch('message', { v: 1, type: 'wake', reason: 'sync-now' })
      await a.sent()
      expect(most).toBe(1)
      await world.calm()
      expect(world.there.revisions).toHaveLength(ids.length)
    }))

  test('a late duplicate of the first push, after the second was applied, changes nothing', () =>
    play(async (world, a) => {
      const [one, two] = [world.word(), world.word()]
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      const first = a.hold('push', 'there')
      await a.set(id, { title: one })
      const request = await first.caught()
      first.release()
      await a.sent()
      await a.set(id, { title: two })
      await a.sent()
      const { seq } = world.there
      const [said] = await world.outside(() => world.sim.server.handle([request]))
      expect(JSON.parse(said?.body ?? '')).toMatchObject({ results: [{ outcome: 'applied', version: 2 }] })
      expect(world.there.seq).toBe(seq)
      await world.calm()
      expect(world.everywhere(id, 'title')).toBe(two)
    }))

  test('a push that is given up and comes late, after the same mutation went out again, takes effect once', () =>
    play(async (world, a) => {
      const line = world.word()
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      const late = a.hold('push', 'there')
      await a.type(id, 'content', line)
      await late.caught()
      await a.sent()
      await a.type(id, 'content', '')
      await a.sent()
      late.release()
      await world.pass(MINUTE)
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe('')
    }))

  test.each([
    ['delete it', { deleted: true }, {}],
    ['restore it', { deleted: false }, { deleted: true }],
    ['give it one title', { title: 'the same' }, {}],
    ['pin it', { pinned: true }, {}],
  ])('both %s: that is no conflict, and nothing is lost to history', (_, change, before) =>
    play(async (world, a, b) => {
      const id = await a.create('note', { title: 'R', content: world.word() })
      await a.set(id, before)
      await a.sent()
      await b.pull()
      b.device.setOnline(false)
      await a.set(id, change)
      await a.sent()
      await b.set(id, change)
      b.device.setOnline(true)
      await world.calm()
      for (const [field, value] of Object.entries(change)) expect(world.everywhere(id, field)).toBe(value)
      expect([...a.disk.history, ...b.disk.history]).toEqual([])
    }),
  )

  test('a browser profile cloned with a frozen mutation sends it from both machines: it takes effect once', () =>
    play(async (world, a, b) => {
      const line = world.word()
      const id = await a.create('note', { title: world.word() })
      await a.sent()
      const request = a.hold('push', 'there')
      await a.type(id, 'content', line)
      await request.caught()
      a.device.killBrowser()
      b.device.killBrowser()
      await world.clone(a, b)
      expect(b.entry(id)?.flight).toEqual(a.entry(id)?.flight)
      await Promise.all([a.openTab(), b.openTab()])
      await world.pass(MINUTE)
      request.release()
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe(line)
      expect(world.revisionsOf(id)).toHaveLength(2)
    }))
})

/*
 * Not played here:
 *
 * | trace | why, and where it is tested instead |
 * | --- | --- |
 * | 6 | in the server: tests/server/sync/traces.test.ts; PostgreSQL is not spoken yet |
 * | 8f | a repair brings both sides together: tests/sw/verify.test.ts |
 * | 11i | two cards of one link that became one offer no undo of that: tests/ui/no-undo-of-links.test.ts |
 * | 13c | the next of three tags after a failure: tests/sw/driver.test.ts |
 * | 17 | no field is filled in by the server yet; that a change which is no edit revives nothing: tests/core/settle.test.ts |
 * | 21b | there is no receive rule: tests/core/values.test.ts |
 * | 23 | in the server: tests/server/sync/traces.test.ts |
 * | 35 | the limit of a merge's work: tests/core/merge-text.test.ts; a merge and an edit in one moment: above |
 * | 38 | tests/core/reconcile.test.ts |
 * | 41 | in the server: tests/server/sync/changes.test.ts |
 * | 42 | that every connect of the stream pokes: tests/server/sync/stream.test.ts |
 * | 44 | tests/sw/outages.test.ts |
 * | 45 | tests/store/apply.test.ts, tests/e2e/accounts.spec.ts |
 * | 46 | nothing empties the Trash by a clock |
 * | 47 | tests/e2e/few-pushes.spec.ts |
 * | 50 | tests/sw/storage-faults.test.ts, tests/sw/journal.test.ts |
 * | 51 | tests/contract/http/records.ts, writes.ts and idempotency.ts |
 * | 52 | PostgreSQL is not spoken yet |
 * | 53 | the page for an address that is not secure: nothing to play |
 * | 54 | tests/store/database.test.ts |
 * | 56 | tests/contract/http/general.ts, tests/sw/transport.test.ts |
 * | holds: signed out with a frozen mutation in flight | trace 4a |
 * | holds: answer lost, both edit on | trace 2d |
 */
