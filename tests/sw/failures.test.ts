import { beforeEach, describe, expect, test } from 'vitest'
import type { ConnectionRow } from '../../src/core/backoff.ts'
import { type Failure, remedy } from '../../src/core/failure.ts'
import { retryFailed } from '../../src/store/failed.ts'
import { adoptLibrary } from '../../src/store/library.ts'
import { createTransport } from '../../sw/transport.ts'
import { ACCOUNT, Clock, Device } from '../support/device.ts'
import { idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

type Answer = () => Response | Promise<Response>
const html = (status: number) => () =>
  new Response('<html>Welcome to the hotel</html>', { status, headers: { 'content-type': 'text/html' } })
const shaped =
  (status: number, code: string, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(JSON.stringify({ error: { code, message: 'A sentence.' } }), { status, headers })
const thrown = (name: string) => () => Promise.reject(new DOMException('', name))
const breaksOff = () =>
  new Response(new ReadableStream({ start: (body) => body.error(new TypeError('terminated')) }))
const opaque = () =>
  Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' }) as Response

/** What each answer is, its remedy, and what the engine is left with. */
type Row = [
  string,
  Answer,
  Partial<Failure>,
  ReturnType<typeof remedy>,
  ConnectionRow['is'],
  'ready' | 'refused',
]
const LATER = 'failing'
const TABLE: readonly Row[] = [
  ['no network', () => Promise.reject(new TypeError('x')), { is: 'no-answer' }, 'wait', LATER, 'ready'],
  ['a time-out', thrown('TimeoutError'), { is: 'no-answer', why: 'TimeoutError' }, 'wait', LATER, 'ready'],
  ['an answer that breaks off', breaksOff, { is: 'no-answer' }, 'wait', LATER, 'ready'],
  ['500', html(500), { is: 'server', status: 500 }, 'wait', LATER, 'ready'],
  ['502 of a proxy', html(502), { is: 'server', status: 502 }, 'wait', LATER, 'ready'],
  ['503', shaped(503, 'unavailable'), { is: 'server', status: 503 }, 'wait', LATER, 'ready'],
  ['504', html(504), { is: 'server', status: 504 }, 'wait', LATER, 'ready'],
  ['408', shaped(408, 'x'), { is: 'server', status: 408 }, 'wait', LATER, 'ready'],
  ['425', html(425), { is: 'server', status: 425 }, 'wait', LATER, 'ready'],
  ['429', shaped(429, 'too_many'), { is: 'busy', after: null }, 'wait', LATER, 'ready'],
  [
    '429 with Retry-After in seconds',
    shaped(429, 'too_many', { 'retry-after': '90' }),
    { is: 'busy', after: 90_000 },
    'wait',
    LATER,
    'ready',
  ],
  [
    '503 with Retry-After as a date',
    shaped(503, 'x', { 'retry-after': new Date(T0 + 60_000).toUTCString() }),
    { is: 'server', after: 60_000 },
    'wait',
    LATER,
    'ready',
  ],
  [
    '429 with Retry-After of a day',
    shaped(429, 'too_many', { 'retry-after': '86400' }),
    { is: 'busy', after: 3600_000 },
    'wait',
    LATER,
    'ready',
  ],
  ['401 of ours', shaped(401, 'signed_out'), { is: 'signed-out' }, 'sign-in', 'signed-out', 'ready'],
  ['401 of a portal', html(401), { is: 'no-answer' }, 'wait', LATER, 'ready'],
  [
    '403 other_account',
    shaped(403, 'other_account'),
    { is: 'other-account' },
    'sign-in',
    'signed-out',
    'ready',
  ],
  ['403 of ours', shaped(403, 'cross_origin'), { is: 'refused', status: 403 }, 'halve', 'fine', 'refused'],
  ['403 of a proxy', html(403), { is: 'no-answer' }, 'wait', LATER, 'ready'],
  ['404 of ours', shaped(404, 'not_found'), { is: 'refused', status: 404 }, 'halve', 'fine', 'refused'],
  ['404 of a proxy', html(404), { is: 'no-answer' }, 'wait', LATER, 'ready'],
  ['400 of ours', shaped(400, 'bad_json'), { is: 'refused', status: 400 }, 'halve', 'fine', 'refused'],
  ['400 of a proxy', html(400), { is: 'no-answer' }, 'wait', LATER, 'ready'],
  ['410 expired', shaped(410, 'expired'), { is: 'reset', how: 'expired' }, 'reread', LATER, 'ready'],
  ['410 diverged', shaped(410, 'diverged'), { is: 'reset', how: 'diverged' }, 'reread', LATER, 'ready'],
  ['413 of ours', shaped(413, 'too_large'), { is: 'refused', status: 413 }, 'halve', 'fine', 'refused'],
  ['413 of a proxy', html(413), { is: 'refused', status: 413 }, 'halve', 'fine', 'refused'],
  ['422', shaped(422, 'invalid'), { is: 'refused', status: 422 }, 'halve', 'fine', 'refused'],
  ['426', shaped(426, 'client_too_old'), { is: 'too-old' }, 'upgrade', 'too-old', 'ready'],
  [
    '426, the server too old',
    shaped(426, 'server_too_old'),
    { is: 'too-old' },
    'upgrade',
    'too-old',
    'ready',
  ],
  [
    '200 with HTML, a captive portal',
    html(200),
    { is: 'no-answer', why: 'not JSON' },
    'wait',
    LATER,
    'ready',
  ],
  ['truncated JSON', () => new Response('{"results": [{"id'), { is: 'no-answer' }, 'wait', LATER, 'ready'],
  ['JSON of another shape', () => new Response('{"hello": 1}'), { is: 'no-answer' }, 'wait', LATER, 'ready'],
  ['null', () => new Response('null'), { is: 'no-answer' }, 'wait', LATER, 'ready'],
  [
    'a redirect to a login page',
    () => new Response(null, { status: 302, headers: { location: 'https://login.example/' } }),
    { is: 'no-answer', why: 'redirected' },
    'wait',
    LATER,
    'ready',
  ],
  ['a redirect as browsers show it', opaque, { is: 'no-answer', why: 'redirected' }, 'wait', LATER, 'ready'],
]

/** A server behind something that answers for it, until `heal`. */
class Behind extends MemoryServer {
  broken: Answer | null = null
  pullsPass = false
  readonly seen: Failure[] = []
  readonly #line = createTransport({ fetch: async () => (this.broken as Answer)(), now: () => T0 })

  override async push(...asked: Parameters<MemoryServer['push']>): ReturnType<MemoryServer['push']> {
    if (!this.broken) return super.push(...asked)
    const answered = await this.#line.push(...asked)
    if (!answered.ok) this.seen.push(answered.problem)
    return answered
  }

  override async pull(...asked: Parameters<MemoryServer['pull']>): ReturnType<MemoryServer['pull']> {
    if (!this.broken || this.pullsPass) return super.pull(...asked)
    const answered = await this.#line.pull(...asked)
    if (!answered.ok) this.seen.push(answered.problem)
    return answered
  }
}

let clock: Clock
let server: Behind
let device: Device
beforeEach(async () => {
  clock = new Clock()
  server = new Behind(() => clock.now)
  device = await Device.open(server, { clock })
})

/** What takes a person or time: signing in, a page opened, a retry, an hour. */
async function cure(is: ConnectionRow['is']): Promise<void> {
  server.broken = null
  clock.pass(2 * 3600_000)
  if (is === 'signed-out') await adoptLibrary(device.db, device.library, ACCOUNT)
  await retryFailed(device.db, device.writing, null, clock.now)
  await device.engine.wake('opened', 0)
}

describe('P3, P9, P11: from answer to failure to remedy to what the engine does', () => {
  test.each(TABLE)('a push: %s', async (_, answer, failure, cured, is, state) => {
    server.broken = answer
    server.pullsPass = true
    await device.write(idOf(1), { title: 't' })
    await device.engine.wake('changed', 0)
    expect(server.seen[0]).toMatchObject(failure)
    expect(server.seen[0] && remedy(server.seen[0])).toBe(cured)
    // One request, no loop, the change frozen under its id and kept.
    expect(server.seen).toHaveLength(1)
    const { connection, entries } = await device.state()
    expect(connection.is).toBe(is)
    expect(entries).toMatchObject([{ id: idOf(1), state: { is: state } }])
    const frozen = entries[0]?.flight?.mutation
    expect(frozen).toBeDefined()
    await cure(is)
    expect(server.pushes[0]?.request.mutations).toEqual([frozen])
    expect(server.records.get(idOf(1))).toMatchObject({ version: 1, fields: { title: 't' } })
    expect(await device.state()).toMatchObject({ entries: [], connection: { is: 'fine' } })
  })

  test.each(TABLE)('a pull: %s', async (_, answer, failure, __, is) => {
    server.put(note('theirs', { id: idOf(9) }))
    server.broken = answer
    await device.engine.wake('opened', 0)
    expect(server.seen).toMatchObject([failure])
    const { connection, library } = await device.state()
    // A pull has nothing to set aside: what is refused waits like an outage.
    expect(connection.is).toBe(is === 'fine' ? 'failing' : is)
    expect(library?.cursor).toBe(0)
    await cure(is)
    expect((await device.held(idOf(9))).record?.fields.content).toBe('theirs')
    expect((await device.state()).connection.is).toBe('fine')
  })
})

describe('P10: another account’s session in this browser', () => {
  test.each(['push', 'pull'] as const)(
    'to a %s: pauses, says which, loses nothing, makes no loop',
    async (to) => {
      server.broken = shaped(403, 'other_account')
      if (to === 'push') await device.write(idOf(1), { title: 't' })
      await device.engine.wake('opened', 60_000)
      for (const reason of ['sync-now', 'online', 'retry', 'poke', 'timer', 'changed'] as const)
        await device.engine.wake(reason, 60_000)
      expect(server.seen).toHaveLength(1)
      expect((await device.state()).connection).toMatchObject({ is: 'signed-out', why: 'other-account' })
      expect((await device.state()).entries).toHaveLength(to === 'push' ? 1 : 0)
    },
  )
})
