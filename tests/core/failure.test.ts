import { describe, expect, test } from 'vitest'
import { classify, type Failure, failureText, remedy, retryAfter, type Seen } from '../../src/core/failure.ts'
import { T0 } from '../support/device-records.ts'

const shaped = (code: string) => ({ error: { code, message: 'A sentence.' } })
const seen = (status: number, body: unknown, rest: Partial<Seen> = {}): Seen => ({
  status,
  body,
  redirected: false,
  retryAfter: null,
  ...rest,
})

const CASES: readonly [string, Seen, Failure | null, ReturnType<typeof remedy> | null][] = [
  ['a JSON answer', seen(200, { results: [] }), null, null],
  ['200 with HTML (trace 43)', seen(200, undefined), { is: 'no-answer', why: 'not JSON' }, 'wait'],
  ['a redirect', seen(0, undefined, { redirected: true }), { is: 'no-answer', why: 'redirected' }, 'wait'],
  [
    'a redirect to something that looks fine',
    seen(200, {}, { redirected: true }),
    { is: 'no-answer', why: 'redirected' },
    'wait',
  ],
  ['500', seen(500, undefined), { is: 'server', status: 500, after: null }, 'wait'],
  [
    '503 with Retry-After',
    seen(503, shaped('x'), { retryAfter: '7' }),
    { is: 'server', status: 503, after: 7000 },
    'wait',
  ],
  ['408', seen(408, shaped('x')), { is: 'server', status: 408, after: null }, 'wait'],
  ['425', seen(425, undefined), { is: 'server', status: 425, after: null }, 'wait'],
  ['429', seen(429, shaped('too_many'), { retryAfter: '30' }), { is: 'busy', after: 30_000 }, 'wait'],
  ['401 in our shape', seen(401, shaped('signed_out')), { is: 'signed-out' }, 'sign-in'],
  [
    '401 of a captive portal (trace 43)',
    seen(401, undefined),
    { is: 'no-answer', why: 'status 401, unreadable answer' },
    'wait',
  ],
  [
    '401 in the shape of another program',
    seen(401, { code: 'X', message: 'y' }),
    { is: 'no-answer', why: 'status 401, unreadable answer' },
    'wait',
  ],
  [
    '403 of a proxy, HTML',
    seen(403, undefined),
    { is: 'no-answer', why: 'status 403, unreadable answer' },
    'wait',
  ],
  ['another account', seen(403, shaped('other_account')), { is: 'other-account' }, 'sign-in'],
  ['410 expired', seen(410, shaped('expired')), { is: 'reset', how: 'expired' }, 'reread'],
  ['410 diverged', seen(410, shaped('diverged')), { is: 'reset', how: 'diverged' }, 'reread'],
  ['426', seen(426, shaped('client_too_old')), { is: 'too-old' }, 'upgrade'],
  [
    '413 without our shape',
    seen(413, undefined),
    { is: 'refused', status: 413, code: 'too_large', message: 'too large' },
    'halve',
  ],
  ...[400, 403, 404, 413, 422].map((status): (typeof CASES)[number] => [
    `${status} in our shape`,
    seen(status, shaped('code')),
    { is: 'refused', status, code: 'code', message: 'A sentence.' },
    'halve',
  ]),
]

describe('classify', () => {
  test.each(CASES)('%s', (_, answer, failure, cure) => {
    expect(classify(answer, T0)).toEqual(failure)
    if (failure) {
      expect(remedy(failure)).toBe(cure)
      expect(failureText(failure)).toMatch(/\.$/)
    }
  })

  test('Retry-After is seconds or a date, at most an hour, never negative, null where it is unreadable', () => {
    expect(retryAfter('120', T0)).toBe(120_000)
    expect(retryAfter(new Date(T0 + 5000).toUTCString(), T0)).toBe(5000)
    expect(retryAfter('86400', T0)).toBe(3600_000)
    expect(retryAfter('-5', T0)).toBe(0)
    expect(retryAfter(new Date(T0 - 5000).toUTCString(), T0)).toBe(0)
    const ahead = T0 + 600_000
    const at = (ms: number) => new Date(ms).toUTCString()
    expect(retryAfter(at(T0 + 300_000), ahead, at(T0)), 'by the clock that wrote it').toBe(300_000)
    expect(retryAfter(at(T0 + 300_000), T0 - 600_000, at(T0))).toBe(300_000)
    for (const unreadable of [null, '', 'yesterday'])
      expect(retryAfter(at(T0 + 5000), T0, unreadable)).toBe(5000)
    for (const header of [null, '', '  ', 'soon']) expect(retryAfter(header, T0)).toBe(null)
  })

  test('a refusal reads as one sentence, whatever ends the server’s message', () => {
    expect(failureText({ is: 'refused', status: 422, code: 'x', message: 'It is too large.' })).toBe(
      'The server refused it: It is too large.',
    )
    expect(failureText({ is: 'refused', status: 413, code: 'x', message: 'too large' })).toBe(
      'The server refused it: too large.',
    )
  })
})
