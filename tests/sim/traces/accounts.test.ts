import { describe, expect, test } from 'vitest'
import { FINE } from '../../../src/core/backoff.ts'
import { readDevice } from '../../../src/store/library.ts'
import { MINUTE, play, SECOND } from '../script.ts'
import { ACCOUNT } from '../server.ts'
import type { Hands } from './hands.ts'

const OTHER = { id: 'bob', email: 'bob@example.com' }

const isEmpty = ({ disk }: Hands): void => {
  expect(disk.records).toEqual([])
  expect(disk.bases).toEqual([])
  expect(disk.entries).toEqual([])
  expect(disk.history).toEqual([])
}

describe('P10: one person’s library and another’s', () => {
  test.each([
    ['and the worker is told', true],
    ['and the worker is not told', false],
  ])(
    'trace 4a: signed out with a push in flight, %s: its answer does not reach the next library',
    (_, told) =>
      play(async (world, a) => {
        const id = await a.create('note', { title: world.word() })
        await a.sent()
        const answer = a.hold('push', 'back')
        await a.set(id, { pinned: true })
        await answer.caught()
        await a.signOut(told)
        await a.signIn(OTHER)
        answer.release()
        await world.pass(MINUTE)
        isEmpty(a)
        expect(a.disk.library).toMatchObject({ cursor: 0, mark: null })
        expect(world.onServer(id)?.fields.pinned, 'it had arrived').toBe(true)
      }),
  )

  test('trace 4a: the same for a page of changes that is on its way', () =>
    play(async (world, a, b) => {
      await b.create('note', { title: world.word() })
      await b.sent()
      const page = a.hold('pull', 'back')
      a.device.wake('poke')
      await page.caught()
      await a.signOut(false)
      page.release()
      await world.pass(MINUTE)
      isEmpty(a)
      expect(a.disk.library).toMatchObject({ account: null, cursor: 0, mark: null })
    }))

  test('trace 4b: a library is not sent under the cookie of another account', () =>
    play(
      async (world, a) => {
        const title = world.word()
        await a.create('note', { title })
        await a.signIn(OTHER)
        await world.pass(MINUTE)
        expect(world.there.records, 'the cookie is of another account, which gets nothing').toEqual([])
        const connection = a.disk.meta.find((row) => row.key === 'connection')
        expect(connection).toMatchObject({ row: { is: 'signed-out', why: 'other-account' } })
        expect(a.disk.entries, 'all is kept').toHaveLength(1)
      },
      { devices: 1, signedIn: false },
    ))

  test('trace 4c: a tab that slept through a sign-out writes nothing into the next library', () =>
    play(
      async (world, a) => {
        const id = await a.create('note', { title: world.word() })
        await a.sent()
        const asleep = await a.openTab()
        asleep.frozen = true
        await a.signOut()
        await world.pass(SECOND)
        world.sim.model.drop([...world.sim.model.expected.keys()])
        await a.type(id, 'title', world.word(), { tab: asleep })
        await a.inTab((tab) => void tab.create('note', { title: world.word() }), asleep)
        a.device.closeTab(asleep, false)
        await world.pass(SECOND)
        isEmpty(a)
      },
      { devices: 1 },
    ))

  test('trace 5: without an account a note deleted by mistake is in the Trash and comes back whole', () =>
    play(
      async (world, a, b) => {
        const [title, line] = [world.word(), world.word()]
        const id = await a.create('note', { title, content: line })
        await a.bin(id)
        expect(a.record(id)?.fields).toMatchObject({ title, content: line, deleted: true })
        expect(a.disk.entries, 'nothing to send').toEqual([])
        await a.signIn()
        await b.signIn()
        await world.pass(MINUTE)
        expect(world.onServer(id), 'the server never hears of it').toBeUndefined()
        await a.set(id, { deleted: false })
        await a.sent()
        expect(world.onServer(id)?.fields).toMatchObject({ title, content: line })
        await world.calm()
        expect(world.everywhere(id, 'content')).toBe(line)
      },
      { signedIn: false },
    ))

  test('trace 5: a create that was sent without an answer counts as sent, and its deletion follows', () =>
    play(async (world, a) => {
      const request = a.hold('push', 'there')
      const id = await a.create('note', { title: world.word() })
      await request.caught()
      a.device.killWorkers()
      await a.bin(id)
      request.release()
      await world.pass(SECOND)
      await world.calm()
      expect(world.everywhere(id, 'deleted')).toBe(true)
    }))

  test('trace 22: signed out while offline, nothing is pulled back when the network returns', () =>
    play(async (world, a) => {
      const id = await a.create('note', { title: world.word() })
      await a.sent()
      a.device.setOnline(false)
      await a.signOut()
      await world.pass(MINUTE)
      isEmpty(a)
      const asked: string[] = []
      for (const what of ['push', 'pull', 'sign-out'] as const)
        a.answer(what, 'there', () => {
          asked.push(what)
          return null
        })
      a.device.setOnline(true)
      await world.pass(MINUTE)
      expect(asked, 'the session is ended, and nothing else asked').toEqual(['sign-out'])
      isEmpty(a)
      expect(await a.inTab((_, db) => readDevice(db, 'sign-out'))).toBeNull()
      // Whoever sits there next without signing in: the cookie opens nothing any more.
      await world.outside(() => world.sim.server.restart(false))
      await a.signIn()
      await world.pass(MINUTE)
      isEmpty(a)
      expect(a.disk.meta.find((row) => row.key === 'connection')).not.toEqual({
        key: 'connection',
        row: FINE,
      })
      await world.calm()
      expect(a.record(id), 'signed in again by a person').toBeDefined()
      expect(a.disk.library?.account).toEqual(ACCOUNT)
    }))
})
