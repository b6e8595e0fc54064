import { beforeEach, describe, expect, test } from 'vitest'
import type { Told } from '../../src/core/messages.ts'
import type { Outcome } from '../../src/core/protocol.ts'
import { titleOf } from '../../src/core/records.ts'
import { Database } from '../../src/store/database.ts'
import { discardChange, retryFailed } from '../../src/store/failed.ts'
import { readAll } from '../../src/store/read.ts'
import { type Facts, failedChanges, summarize, viewOf } from '../../src/ui/summary.ts'
import { noticeOf } from '../../src/ui/sync-words.ts'
import { Clock, Device } from '../support/device.ts'
import { idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer, NO_ANSWER } from '../support/device-server.ts'

let clock: Clock
let server: MemoryServer
let device: Device
beforeEach(async () => {
  clock = new Clock()
  server = new MemoryServer(() => clock.now)
  device = await Device.open(server, { clock })
})
const wake = (patience = 0) => device.engine.wake('changed', patience)
const retry = async (...ids: string[]) => {
  await retryFailed(device.db, device.writing, ids.length > 0 ? ids : null, clock.now)
  await device.engine.wake('retry', 0)
}
const discard = (id: string) => discardChange(device.db, device.writing, id, clock.now)
const told = (): Told[] => device.announced.flatMap((said) => (said.type === 'notice' ? [said.told] : []))

/** Mutations of these records are answered with a refusal, as a server does that knows a limit. */
const refusing = (is: (record: string) => boolean, message = 'content: is too long.'): void => {
  server.onPush = (request, answer) => {
    const bad = request.mutations.filter(({ record }) => is(record))
    const good = request.mutations.filter(({ record }) => !is(record))
    if (bad.length === 0) return answer()
    const results: Outcome[] = [
      ...bad.map(({ id }) => ({ id, outcome: 'rejected' as const, code: 'invalid', message })),
      ...server.apply({ ...request, mutations: good }),
    ]
    return { ok: true, value: { answer: { results, now: clock.now, mark: server.mark }, offset: 0 } }
  }
}

async function facts(): Promise<Facts> {
  const state = await device.state()
  return { state, running: false, online: device.online, background: 'granted', now: clock.now }
}
async function shown() {
  const titles = new Map((await readAll(device.db)).map(({ record }) => [record.id, titleOf(record)]))
  return failedChanges(await facts(), titles)
}

describe('P11: one notice a round, never one an entry', () => {
  test('50 refused in one answer: it names the first and counts the rest', async () => {
    refusing(() => true)
    for (let n = 1; n <= 50; n++) await device.write(idOf(n), { title: `note ${n}` })
    await wake()
    expect(told()).toEqual([{ is: 'refused', title: 'note 1', more: 49, message: 'content: is too long.' }])
    expect(told().map((one) => noticeOf(one))).toEqual([
      {
        kind: 'alert',
        text: '“note 1” and 49 other changes are saved on this device, but the server refused them: content: is too long. Failed changes lists them all.',
      },
    ])
    expect(await shown()).toHaveLength(50)
  })

  test('the same where each was refused alone, by halves', async () => {
    const bad = new Set([3, 9, 12].map(idOf))
    server.onPush = ({ mutations }) =>
      mutations.some(({ record }) => bad.has(record))
        ? { is: 'refused', status: 413, code: 'too_large', message: 'too large' }
        : null
    for (let n = 1; n <= 16; n++) await device.write(idOf(n), { title: `note ${n}` })
    await wake()
    expect(told()).toMatchObject([{ is: 'refused', more: 2 }])
  })

  test('one alone says what to do; what was edited since is not told of, since it goes again', async () => {
    refusing(() => true)
    await device.write(idOf(1), { title: 'Long' })
    await wake()
    const [only] = told()
    expect(only && noticeOf(only).text).toBe(
      '“Long” is saved on this device, but the server refused it: content: is too long. Change it, and it is sent again.',
    )
    device.announced.length = 0
    server.onPush = async (request) => {
      server.onPush = () => null
      await device.write(idOf(2), { title: 'shorter' })
      const results = request.mutations.map(({ id }) => ({
        id,
        outcome: 'rejected',
        code: 'x',
        message: 'x',
      }))
      return { ok: true, value: { answer: { results, now: T0, mark: null }, offset: 0 } }
    }
    await device.write(idOf(2), { title: 'longer' })
    await wake()
    expect(told()).toEqual([])
    expect(server.records.get(idOf(2))?.fields.title).toBe('shorter')
  })
})

describe('P11: every failed entry with title, reason in words, time and attempts', () => {
  test('attempts count on across Retry, and anew after an edit', async () => {
    refusing(() => true)
    await device.write(idOf(1), { title: 'Long' })
    await wake()
    clock.pass(60_000)
    await retry(idOf(1))
    clock.pass(60_000)
    await retry()
    expect(await shown()).toEqual([
      {
        id: idOf(1),
        kind: 'note',
        title: 'Long',
        reason: 'The server refused it: content: is too long.',
        at: T0 + 120_000,
        attempts: 3,
        nextTry: null,
        waits: 'It waits for you.',
      },
    ])
    await device.write(idOf(1), { title: 'Longer' })
    await wake()
    expect(await shown()).toMatchObject([{ attempts: 1 }])
  })

  test('in an outage they count the requests, however Retry hastened them', async () => {
    server.onPush = () => ({ is: 'server', status: 503, after: null })
    server.onPull = () => NO_ANSWER
    await device.write(idOf(1), { title: 't' })
    await wake(6000)
    await retry()
    await retry()
    expect(server.pushes).toHaveLength(5)
    expect(await shown()).toMatchObject([
      { reason: 'The server has a fault (503).', attempts: 5, at: clock.now, nextTry: expect.any(Number) },
    ])
  })

  test('a record in the Trash keeps its title; one deleted for good is named as that', async () => {
    server.put(note('x', { id: idOf(1), fields: { title: 'Binned', content: '' } }))
    server.put(note('x', { id: idOf(2), fields: { title: 'Gone', content: '' } }))
    await wake()
    await device.engine.wake('poke', 0)
    refusing(() => true, 'no')
    await device.write(idOf(1), { deleted: true })
    await device.write(idOf(2), { deleted: true, purged: true })
    await wake()
    expect((await shown()).map(({ title, reason }) => [title, reason])).toEqual([
      ['Binned', 'The server refused it: no.'],
      ['A deleted record', 'The server refused it: no.'],
    ])
    await discard(idOf(1))
    await discard(idOf(2))
    expect((await device.held(idOf(1))).record?.fields).toEqual({ title: 'Binned', content: '' })
    expect((await device.held(idOf(2))).record?.fields).toEqual({ title: 'Gone', content: '' })
    expect((await device.state()).entries).toEqual([])
  })

  test('a card that took in another of its URL is one failed entry, under the id that stayed', async () => {
    const card = { title: 'Theirs', url: 'https://a.example/' }
    server.put({ ...note('', { id: idOf(1) }), kind: 'card', fields: card })
    await device.write(idOf(2), { ...card, title: '', description: 'mine' }, { kind: 'card' })
    await wake()
    refusing((record) => record === idOf(1))
    // Its editor is still open under the old id.
    await device.write(idOf(2), { description: 'mine too' }, { create: false, kind: 'card' })
    await wake()
    expect((await shown()).map(({ id, title }) => [id, title])).toEqual([[idOf(1), 'Theirs']])
    await discard(idOf(1))
    expect(await shown()).toEqual([])
    expect(JSON.stringify(await device.history())).toContain('mine too')
  })

  test('what the server says is one sentence, wherever it stands', async () => {
    for (const message of ['No', 'No.', 'No..', ' No. ']) {
      refusing(() => true, message)
      await device.write(idOf(1), { title: message })
      await wake()
      expect((await shown())[0]?.reason).toBe('The server refused it: No.')
      const { record, entry } = await device.held(idOf(1))
      const view = record && viewOf(record, entry, await facts(), null)
      expect(view?.stateText).toBe(
        'Saved on this device. The server refused it: No. Change it and it is sent again.',
      )
    }
  })
})

describe('P2: failed entries survive restarts and app updates', () => {
  test('the database closed and opened anew, a new worker: the same list, and Retry works', async () => {
    refusing(() => true)
    await device.write(idOf(1), { title: 'Long' })
    await wake()
    const before = await shown()
    device.db.close()
    device.db = await Database.open({}, device.name)
    device.restart()
    await device.engine.wake('opened', 0)
    expect(await shown()).toEqual(before)
    expect(server.pushes).toHaveLength(1)
    server.onPush = () => null
    await retry()
    expect(server.records.get(idOf(1))?.version).toBe(1)
  })
})

describe('P3, trace 10: a request refused whole is no outcome of its mutation, which stays frozen', () => {
  const frozen = async () => (await device.held(idOf(1))).entry?.flight
  beforeEach(async () => {
    server.put(note('first', { id: idOf(1) }))
    await device.engine.wake('opened', 0)
    // It arrives, the answer is lost; then something on the way refuses it.
    server.onPush = (_, answer) => {
      answer()
      return NO_ANSWER
    }
    await device.write(idOf(1), { content: 'second' })
    await wake()
    server.onPush = ({ mutations }) =>
      mutations.length > 0 ? { is: 'refused', status: 413, code: 'too_large', message: 'too large' } : null
    clock.pass(2000)
    await wake()
    expect(await shown()).toMatchObject([{ reason: 'The server refused it: too large.', attempts: 1 }])
  })

  test('Retry sends it again under its id', async () => {
    const id = (await frozen())?.mutation.id
    server.onPush = () => null
    await retry()
    expect(server.pushes.at(-1)?.request.mutations[0]?.id).toBe(id)
    expect(server.records.get(idOf(1))?.version).toBe(2)
    expect((await device.state()).entries).toEqual([])
  })

  test('an edit voids it first', async () => {
    const id = (await frozen())?.mutation.id
    await device.write(idOf(1), { content: 'third' })
    const before = server.pushes.length
    server.onPush = () => null
    await wake()
    expect(server.pushes[before]?.request).toMatchObject({ mutations: [], voids: [id] })
    expect(server.records.get(idOf(1))?.fields.content).toBe('third')
  })

  test('Discard voids it first: what had arrived after all is told as it is, not brought back as if new', async () => {
    const id = (await frozen())?.mutation.id
    await discard(idOf(1))
    await wake()
    expect(server.pushes.at(-1)?.request).toMatchObject({ mutations: [], voids: [id] })
    expect(await device.held(idOf(1))).toMatchObject({ record: { version: 2 }, entry: null })
  })
})

describe('P12: a discard while offline', () => {
  test('says that it waits for the server, sends nothing, and is done with the network, never coming back', async () => {
    server.put(note('first', { id: idOf(1) }))
    await device.engine.wake('opened', 0)
    server.onPush = () => NO_ANSWER
    server.onPull = () => NO_ANSWER
    await device.write(idOf(1), { content: 'second' })
    await wake(8000)
    device.online = false
    const sent = server.pushes.length
    await discard(idOf(1))
    await retry()
    await wake()
    expect(server.pushes.length - sent).toBeLessThanOrEqual(1)
    const { record, entry } = await device.held(idOf(1))
    expect(record && viewOf(record, entry, await facts(), null).stateText).toContain('Discarded')
    expect((await shown())[0]?.reason).toMatch(/^Discarded; it goes when the server answers/)
    device.online = true
    server.onPush = () => null
    server.onPull = () => null
    await device.engine.wake('online', 0)
    expect(await device.held(idOf(1))).toMatchObject({
      record: { fields: { content: 'first' } },
      entry: null,
    })
    expect((await device.history()).map(({ value }) => value)).toEqual(['second'])
    expect(server.records.get(idOf(1))?.fields.content).toBe('first')
  })
})

describe('P12: the status line', () => {
  const sentence = async () => summarize(await facts(), 1, new Map()).sentence

  test('tells another account’s session from none', async () => {
    await device.write(idOf(1), { title: 't' })
    server.onPush = () => ({ is: 'other-account' })
    await wake()
    expect(await sentence()).toBe(
      'Another account is signed in on this browser. 1 change waits on this device until you sign in again as ada@example.com.',
    )
    expect(summarize(await facts(), 1, new Map()).connection).toBe('signed-out')
  })

  test('what was refused is not on its way: it waits for a person, whatever else is sent', async () => {
    refusing((record) => record === idOf(1))
    await device.write(idOf(1), { title: 'refused' })
    await wake()
    expect(await sentence()).toBe('1 change waits for you: see Failed changes.')
    await device.write(idOf(2), { title: 'on its way' })
    expect(await sentence()).toBe(
      '1 change on the way to the server. 1 change waits for you: see Failed changes.',
    )
    device.online = false
    expect(await sentence()).toBe(
      'Saved on this device. 1 change waits for the network. 1 change waits for you: see Failed changes.',
    )
  })

  test('the watchdog: after two minutes of waiting while the server answers it says since when, and not before', async () => {
    const alarm = async () => summarize(await facts(), 1, new Map()).alarm
    await device.write(idOf(1), { title: 't' })
    clock.pass(120_000)
    expect(await alarm()).toBe(null)
    clock.pass(1)
    expect(await alarm()).toMatch(/^1 change has waited since .+ although the server answers/)
    device.online = false
    expect(await alarm()).toBe(null)
    device.online = true
    server.onPush = () => ({ is: 'signed-out' })
    await wake()
    expect(await alarm()).toBe(null)
  })

  test('the watchdog: who types for minutes while every push goes through is told nothing', async () => {
    await device.write(idOf(1), { content: '' })
    for (let key = 1; key <= 100; key++) {
      server.onPush = async (_, answer) => {
        const answered = answer()
        await device.write(idOf(1), { content: 'x'.repeat(key) }, { urgency: 'typing' })
        return answered
      }
      await wake()
      clock.pass(3000)
    }
    expect((await device.state()).entries).toHaveLength(1)
    expect(summarize(await facts(), 1, new Map()).alarm).toBe(null)
  })
})
