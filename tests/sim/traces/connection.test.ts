import { describe, expect, test } from 'vitest'
import { figures } from '../../../src/core/status.ts'
import { readSyncState } from '../../../src/store/read.ts'
import { onSync } from '../../../sw/sync-event.ts'
import { DAY, HOUR, MINUTE, play, SECOND } from '../script.ts'
import type { Said } from '../server.ts'
import { outage } from './outage.ts'

describe('P9: requests that fail', () => {
  test('trace 14: in an outage a new edit starts no round, nor does any page that opens, shows or hides', () =>
    play(async (world, a) => {
      const ids = [await a.create('note', { title: 'R1' }), await a.create('note', { title: 'R2' })] as const
      await a.sent()
      const stop = outage(a)
      await a.set(ids[0], { title: world.word() })
      await world.pass(20 * MINUTE)
      const { requests } = a.device.link
      const rounds = (3 + 1) * 5
      expect(requests).toBeLessThan(rounds * 3)
      const row = a.disk.meta.find(({ key }) => key === 'connection')
      const left = (at: number) =>
        row?.key === 'connection' && row.row.is === 'failing'
          ? row.row.wait.start + row.row.wait.length - at
          : 0
      expect(left(a.device.now)).toBeGreaterThan(0)
      await a.set(ids[1], { title: world.word() })
      for (const reason of ['opened', 'shown', 'hidden', 'timer', 'poke', 'changed'] as const)
        a.device.wake(reason)
      await world.pass(Math.max(0, Math.min(5 * SECOND, left(a.device.now) - SECOND)))
      expect(a.device.link.requests).toBe(requests)
      stop()
      await world.calm()
    }))

  test.each([429, 503])(
    'trace 14: nothing but time overrides the Retry-After of a %i, Sync now and signing in included',
    (status) =>
      play(async (world, a) => {
        const id = await a.create('note', { title: 'R' })
        await a.sent()
        const busy: Said = {
          status,
          headers: { 'retry-after': '3600' },
          body: '{"error":{"code":"too_many","message":"Slow down."}}',
        }
        const stop = a.answer('push', 'there', () => busy)
        await a.set(id, { title: world.word() })
        await world.pass(10 * SECOND)
        stop()
        const { requests } = a.device.link
        for (const reason of ['sync-now', 'retry', 'online', 'opened'] as const) {
          a.device.wake(reason)
          await world.pass(10 * MINUTE)
        }
        await a.signIn()
        expect(a.device.link.requests).toBe(requests)
        await world.pass(25 * MINUTE)
        await a.sent()
        await world.calm()
      }),
  )

  test('trace 15: with the clock set back a day neither entry nor backoff waits a day', () =>
    play(async (world, a) => {
      const id = await a.create('note', { title: 'R' })
      await a.sent()
      a.device.skew = DAY
      const line = world.word()
      const stop = outage(a)
      await a.type(id, 'content', line, { leaving: false })
      await world.pass(10 * MINUTE)
      await a.type(id, 'content', (before) => `${before} more`, { leaving: false })
      a.device.killWorkers()
      a.device.skew = 0
      stop()
      a.device.wake('timer')
      await world.pass(5 * SECOND)
      expect(world.onServer(id)?.fields.content).toBe(`${line} more`)
      await world.calm()
    }))

  test('trace 16: a worker that waits for its turn opens nothing and asks nothing', () =>
    play(async (world, a) => {
      await a.create('note', { title: world.word() })
      await a.sent()
      const waiting = a.device.startWorker(false)
      const asked: boolean[] = []
      for (const what of ['push', 'pull'] as const)
        a.answer(what, 'there', ({ actor }) => {
          asked.push(actor === waiting.actor)
          return null
        })
      await a.create('note', { title: world.word() })
      waiting.dispatch('message', { v: 1, type: 'wake', reason: 'sync-now' })
      waiting.dispatch('online')
      world.sim.scheduler.post(
        waiting.actor,
        () => void onSync(waiting.engine, waiting.world, () => waiting.active, 0),
      )
      await world.pass(10 * SECOND)
      expect(waiting.actor.connections.size).toBe(0)
      expect(asked.length).toBeGreaterThan(0)
      expect(asked).not.toContain(true)
      await world.calm()
    }))

  test('trace 40: after its worker died nothing is said to be on its way', () =>
    play(async (world, a) => {
      const request = a.hold('push', 'there')
      await a.create('note', { title: world.word() })
      await request.caught()
      const told = async () => {
        const { running } = a.device.worker().world
        const state = await a.inTab(async (_, db) => {
          const { library, connection, entries } = await readSyncState(db)
          const facts = {
            hasAccount: library?.account != null,
            connection,
            running: await running(),
            online: true,
          }
          return figures(entries, facts)
        })
        return state
      }
      expect(await told()).toMatchObject({ queue: 1, processing: 1 })
      a.device.killWorkers()
      expect(a.disk.entries[0]?.flight).not.toBeNull()
      expect(await told()).toMatchObject({ queue: 1, processing: 0, pending: 1 })
      request.release()
      await world.calm()
    }))

  test('trace 42: what was poked while a device slept is there once it is awake, without another poke', () =>
    play(async (world, a, b) => {
      a.device.setOnline(false)
      const title = world.word()
      const id = await b.create('note', { title })
      await b.sent()
      await world.pass(HOUR)
      a.device.setOnline(true)
      await world.pass(10 * SECOND)
      expect(a.text(id, 'title')).toBe(title)
      await world.calm()
    }))

  test('trace 55: where the browser says offline and is wrong, Sync now sends and nothing else does', () =>
    play(async (world, a) => {
      a.device.setOnline(false)
      a.device.link.reachableOffline = true
      const id = await a.create('note', { title: world.word() })
      const { requests } = a.device.link
      for (const reason of ['opened', 'poke', 'timer', 'changed'] as const) a.device.wake(reason)
      await world.pass(5 * MINUTE)
      expect(a.device.link.requests).toBe(requests)
      a.device.wake('sync-now')
      await a.sent()
      expect(world.onServer(id)).toBeDefined()
      await world.calm()
    }))
})
