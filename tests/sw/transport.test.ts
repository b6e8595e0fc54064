import { describe, expect, test, vi } from 'vitest'
import { createTransport } from '../../sw/transport.ts'
import { T0 } from '../support/device-records.ts'

type Answer = () => Response | Promise<Response>
const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(JSON.stringify(body), {
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  })
const html = (status = 200) =>
  new Response('<html>Hello</html>', { status, headers: { 'content-type': 'text/html' } })
const shaped = (code: string) => ({ error: { code, message: 'A sentence.' } })
const page = { changes: [], cursor: 0, more: false, now: T0 + 500, mark: null }
const from = { account: 'ada', after: 7, mark: { seq: 7, tag: 'x' }, limit: 500 }
const request = { protocol: 1, account: 'ada', now: T0, mark: null, mutations: [], voids: [] }

/** A transport whose requests are kept and answered by the test. */
function transport(answer: Answer) {
  const asked: { input: string; init: RequestInit }[] = []
  const times = [T0, T0 + 200]
  const made = createTransport({
    fetch: async (input, init) => {
      asked.push({ input, init })
      return answer()
    },
    now: () => times.shift() ?? T0 + 200,
  })
  return { made, asked, signal: new AbortController().signal }
}
const pulled = async (answer: Answer) => {
  const { made, signal } = transport(answer)
  return made.pull(from, signal)
}
const failure = async (answer: Answer) => {
  const result = await pulled(answer)
  return result.ok ? 'ok' : result.problem
}

describe('transport', () => {
  test('an answer comes with the server’s clock measured against ours', async () => {
    expect(await pulled(() => json(page))).toEqual({ ok: true, value: { answer: page, offset: 400 } })
  })

  test('P10: every request names protocol, account, place and mark, follows no redirect, fills no cache', async () => {
    const { made, asked, signal } = transport(() => json(page))
    await made.pull(from, signal)
    const url = new URL(asked[0]?.input ?? '', 'http://x')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      protocol: '1',
      account: 'ada',
      after: '7',
      mark: '7.x',
      limit: '500',
    })
    expect(asked[0]?.init).toMatchObject({
      redirect: 'manual',
      cache: 'no-store',
      credentials: 'same-origin',
    })
    await made.push(request, signal)
    expect(asked[1]).toMatchObject({
      input: '/api/sync/push',
      init: {
        method: 'POST',
        body: JSON.stringify(request),
        headers: { 'content-type': 'application/json' },
      },
    })
  })

  test.each<[string, Answer, object]>([
    [
      'no network',
      () => Promise.reject(new TypeError('Failed to fetch')),
      { is: 'no-answer', why: 'TypeError' },
    ],
    ['200 with HTML', () => html(), { is: 'no-answer', why: 'not JSON' }],
    [
      'truncated JSON',
      () => new Response('{"changes": [', { status: 200 }),
      { is: 'no-answer', why: 'not JSON' },
    ],
    ['JSON of another shape', () => json({ hello: 1 }), { is: 'no-answer', why: 'unreadable answer' }],
    ['null', () => json(null), { is: 'no-answer', why: 'unreadable answer' }],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'http://portal/' } }),
      { is: 'no-answer', why: 'redirected' },
    ],
    ['401 in our shape', () => json(shaped('signed_out'), { status: 401 }), { is: 'signed-out' }],
    ['401 of a portal', () => html(401), { is: 'no-answer' }],
    ['another account', () => json(shaped('other_account'), { status: 403 }), { is: 'other-account' }],
    ['500', () => html(500), { is: 'server', status: 500 }],
    [
      '503 with Retry-After',
      () => json(shaped('x'), { status: 503, headers: { 'retry-after': '9' } }),
      { is: 'server', after: 9000 },
    ],
    [
      '429',
      () => json(shaped('too_many'), { status: 429, headers: { 'retry-after': '9' } }),
      { is: 'busy', after: 9000 },
    ],
    ['410', () => json(shaped('expired'), { status: 410 }), { is: 'reset', how: 'expired' }],
    ['426', () => json(shaped('client_too_old'), { status: 426 }), { is: 'too-old' }],
    ['422', () => json(shaped('invalid'), { status: 422 }), { is: 'refused', status: 422, code: 'invalid' }],
  ])('%s is a failure, never an exception', async (_, answer, expected) => {
    expect(await failure(answer)).toMatchObject(expected)
  })

  test('a body that breaks off is no answer', async () => {
    const broken = () =>
      new Response(new ReadableStream({ start: (controller) => controller.error(new Error('reset')) }))
    expect(await failure(broken)).toMatchObject({ is: 'no-answer' })
  })

  test('P11 whatever a request dies of is said by name, and what has none is no answer either', async () => {
    const dying = (why: unknown) => failure(() => Promise.reject(why))
    expect(await dying(new TypeError('Failed to fetch'))).toEqual({ is: 'no-answer', why: 'TypeError' })
    expect(await dying('an extension of the browser')).toEqual({ is: 'no-answer', why: 'unknown' })
  })

  test('a request that hangs is given up: at its time limit or when the caller does', async () => {
    const hang = (init: RequestInit) =>
      new Promise<Response>((_, reject) =>
        init.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      )
    const timeout = AbortSignal.timeout
    AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 3000)
    try {
      const made = createTransport({ fetch: (_, init) => hang(init), now: () => T0 })
      expect(await made.push(request, new AbortController().signal)).toEqual({
        ok: false,
        problem: { is: 'no-answer', why: 'TimeoutError' },
      })
    } finally {
      AbortSignal.timeout = timeout
    }
    const made = createTransport({ fetch: (_, init) => hang(init), now: () => T0 })
    const stop = new AbortController()
    const asked = made.pull(from, stop.signal)
    stop.abort()
    expect(await asked).toMatchObject({ ok: false, problem: { is: 'no-answer', why: 'AbortError' } })
  })

  test('P5: one record alone, which may be the largest there is, has four times as long', async () => {
    const patience = vi.spyOn(AbortSignal, 'timeout')
    const { made, signal } = transport(() => json(page))
    for (const limit of [500, 2, 1]) await made.pull({ ...from, limit }, signal)
    expect(patience.mock.calls).toEqual([[30_000], [30_000], [120_000]])
    patience.mockRestore()
  })

  test('P2: what is large has longer to be sent, on a line of 10 kB/s, and never longer than a worker may live', async () => {
    const patience = vi.spyOn(AbortSignal, 'timeout')
    const { made, signal } = transport(() => json(page))
    for (const size of [1, 450_000, 5_000_000]) {
      const fields = { content: 'x'.repeat(size) }
      const mutation = { id: 'm', record: 'r', kind: 'note', on: 0, above: 0, fields, stamps: {} }
      await made.push({ ...request, mutations: [mutation] }, signal)
    }
    expect(patience.mock.calls).toEqual([[30_000], [70_000], [120_000]])
    patience.mockRestore()
  })

  test('signing out: a session that has ended already is a success, a server that is away is not', async () => {
    const out = async (answer: Answer) => {
      const { made, signal } = transport(answer)
      return (await made.signOut(signal)).ok
    }
    expect(await out(() => json({ success: true }))).toBe(true)
    expect(await out(() => json(shaped('signed_out'), { status: 401 }))).toBe(true)
    expect(await out(() => html(502))).toBe(false)
    expect(await out(() => html(401))).toBe(false)
  })
})
