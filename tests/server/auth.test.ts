import { sql } from 'kysely'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Answered, type Settings, type TestServer, testServer } from './fixture.ts'

const DAY = 24 * 3600_000
const ADA = { email: 'ada@example.com', password: 'correct horse', name: 'Ada' }
let server: TestServer
const begin = async (settings: Settings = {}) => {
  server = await testServer(settings)
  return server
}
afterEach(async () => {
  vi.useRealTimers()
  await server.stop()
})
const cookieOf = (answer: Answered): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ')

describe('accounts and sessions', () => {
  it('a person signs up, is signed in, signs out and in again', async () => {
    const { send } = await begin()
    const up = await send('POST', '/api/auth/sign-up/email', ADA)
    expect(up.status).toBe(200)
    const cookie = cookieOf(up)
    const session = await send('GET', '/api/auth/get-session', undefined, { cookie })
    expect(session.body.user).toMatchObject({ id: up.body.user.id, email: ADA.email })
    expect((await send('GET', '/api/notes', undefined, { cookie })).status).toBe(200)
    // As a script does it: no Origin, no body.
    expect((await send('POST', '/api/auth/sign-out', undefined, { cookie })).status).toBe(200)
    expect((await send('GET', '/api/notes', undefined, { cookie })).status).toBe(401)
    const { origin } = server
    const again = await send(
      'POST',
      '/api/auth/sign-in/email',
      { email: ADA.email, password: ADA.password },
      { origin },
    )
    expect((await send('GET', '/api/notes', undefined, { cookie: cookieOf(again) })).status).toBe(200)
    const out = await send('POST', '/api/auth/sign-out', {}, { cookie: cookieOf(again), origin })
    expect(out.status).toBe(200)
  })

  it('nobody signed in has no session, and a wrong password or a taken address is refused by code', async () => {
    const { send } = await begin()
    expect((await send('GET', '/api/auth/get-session')).body).toBe(null)
    await send('POST', '/api/auth/sign-up/email', ADA)
    const wrong = await send('POST', '/api/auth/sign-in/email', { email: ADA.email, password: 'wrong horse' })
    expect([wrong.status, wrong.body.code]).toEqual([401, 'INVALID_EMAIL_OR_PASSWORD'])
    const taken = await send('POST', '/api/auth/sign-up/email', ADA)
    expect([taken.status, taken.body.code]).toEqual([422, 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL'])
    expect(server.logs.join('')).not.toContain(ADA.email)
  })

  it('bad input is refused in the library’s error shape and never as a fault of the server', async () => {
    const { send } = await begin()
    for (const path of ['/sign-in/email', '/sign-up/email']) {
      for (const body of [
        '{',
        '[]',
        'null',
        '{}',
        '{"email": 7}',
        '{"email": "a\\u0000@b.c", "password": {}, "name": []}',
      ]) {
        const { status, body: answer } = await send('POST', `/api/auth${path}`, body)
        expect(status).toBeGreaterThanOrEqual(400)
        expect(status).toBeLessThan(500)
        expect(answer).toMatchObject({ code: expect.any(String), message: expect.any(String) })
      }
    }
    const form = await send('POST', '/api/auth/sign-in/email', 'email=a', { 'content-type': 'text/plain' })
    expect([form.status, form.body.code]).toEqual([415, 'unsupported_media_type'])
    const unknown = await send('GET', '/api/auth/nothing')
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not_found'])
  })

  it('ways in that Pawkit does not offer are not there', async () => {
    const { send } = await begin()
    for (const [method, path] of [
      ['POST', 'sign-in/social'],
      ['POST', 'link-social'],
      ['GET', 'callback/google?code=1'],
      ['POST', 'callback/google'],
      ['GET', 'verify-email?token=x'],
      ['POST', 'send-verification-email'],
      ['POST', 'request-password-reset'],
      ['POST', 'reset-password'],
      ['GET', 'reset-password/token?callbackURL=/'],
      ['POST', 'change-email'],
      ['GET', 'error?error=x'],
    ] as const) {
      const body = { provider: 'google', token: 'x', newPassword: 'correct horse', ...ADA }
      const { status, body: answer } = await send(
        method,
        `/api/auth/${path}`,
        method === 'GET' ? undefined : body,
      )
      expect([path, status, answer.code]).toEqual([path, 404, 'not_found'])
    }
    for (const line of server.logs) expect(JSON.parse(line).level).toBeLessThanOrEqual(40)
  })

  it('a name is at most 1,000 characters of well-formed text', async () => {
    const { send } = await begin()
    const sign = (name: string) =>
      send('POST', '/api/auth/sign-up/email', JSON.stringify({ ...ADA, name }).replace('HALF', '\\ud800'))
    for (const name of ['x'.repeat(1001), 'a\0', 'HALF']) {
      const { status, body } = await sign(name)
      expect([status, body]).toEqual([
        422,
        { code: 'invalid', message: expect.stringMatching(/^name: must /) },
      ])
    }
    const up = await sign('x'.repeat(1000))
    expect(up.status).toBe(200)
    const update = await send(
      'POST',
      '/api/auth/update-user',
      { name: 'x'.repeat(1001) },
      { cookie: cookieOf(up) },
    )
    expect([update.status, update.body.code]).toEqual([422, 'invalid'])
  })

  it('a fault of the database is logged as an error, in JSON, and says nothing of it', async () => {
    const { send, db } = await begin()
    await sql`drop table account`.execute(db)
    await sql`drop table user`.execute(db)
    const { status, text } = await send('POST', '/api/auth/sign-in/email', ADA)
    expect([status, text.includes('no such table')]).toEqual([500, false])
    const errors = server.logs.map((line) => JSON.parse(line)).filter(({ level }) => level === 50)
    expect(errors).toEqual([expect.objectContaining({ err: expect.anything() })])
    expect(server.logs.join('')).not.toContain(ADA.email)
  })

  it('a session’s cookie is HttpOnly and SameSite=Lax, and Secure under https', async () => {
    const { send } = await begin()
    const plain = (await send('POST', '/api/auth/sign-up/email', ADA)).headers.getSetCookie()
    expect(plain.join()).toMatch(/HttpOnly/i)
    expect(plain.join()).toMatch(/SameSite=Lax/i)
    expect(plain.join()).not.toMatch(/Secure/i)
    await server.stop()
    const secure = await begin({ origin: 'https://pawkit.example' })
    const set = (await secure.send('POST', '/api/auth/sign-up/email', ADA)).headers.getSetCookie()
    expect(set.every((cookie) => /; Secure/i.test(cookie) && /HttpOnly/i.test(cookie))).toBe(true)
    expect(
      (
        await secure.send('GET', '/api/notes', undefined, {
          cookie: set.map((c) => c.split(';')[0]).join('; '),
        })
      ).status,
    ).toBe(200)
  })

  it('a session lasts 180 days from its last use', async () => {
    const { send } = await begin()
    let cookie = cookieOf(await send('POST', '/api/auth/sign-up/email', ADA))
    vi.useFakeTimers({ toFake: ['Date'] })
    const use = () => send('GET', '/api/notes', undefined, { cookie })
    for (const days of [0.9, 180, 180]) {
      vi.setSystemTime(Date.now() + days * DAY)
      const answer = await use()
      expect(answer.status).toBe(200)
      cookie = cookieOf(answer) || cookie
    }
    vi.setSystemTime(Date.now() + 182 * DAY)
    expect((await use()).status).toBe(401)
  })

  it('a closed server makes no accounts', async () => {
    const { send } = await begin({ signUp: 'closed' })
    const { status, body } = await send('POST', '/api/auth/sign-up/email', ADA)
    expect(status).toBe(400)
    expect(body.code).toBe('EMAIL_PASSWORD_SIGN_UP_DISABLED')
  })
})

describe('guessing passwords', () => {
  const attempt = (from?: string) =>
    server.send(
      'POST',
      '/api/auth/sign-in/email',
      { email: 'x', password: 'y' },
      from ? { 'x-forwarded-for': from } : {},
    )

  it('an address has 30 attempts a minute, then waits', async () => {
    await begin()
    for (let n = 0; n < 30; n++) expect((await attempt()).status).not.toBe(429)
    const { status, body, headers } = await attempt()
    expect([status, body.code]).toEqual([429, 'too_many'])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
    const up = await server.send('POST', '/api/auth/sign-up/email', ADA)
    expect(up.status).toBe(429)
    // Only those two: who is signed in stays so.
    expect((await server.send('GET', '/api/auth/get-session')).status).toBe(200)
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 61_000)
    expect((await attempt()).status).not.toBe(429)
  })

  it('a forwarding header that no trusted proxy wrote makes no new client', async () => {
    await begin()
    for (let n = 0; n < 30; n++) await attempt(`198.51.100.${n}`)
    expect((await attempt('203.0.113.1')).status).toBe(429)
  })

  it('behind a trusted proxy each client has a bucket of its own', async () => {
    await begin({ socket: true, trustProxy: ['127.0.0.1', '::1', '10.0.0.0/8'] })
    for (let n = 0; n < 30; n++) await attempt('198.51.100.1, 10.1.2.3')
    expect((await attempt('198.51.100.1, 10.1.2.3')).status).toBe(429)
    // What the client itself claims stands left of what the proxy saw.
    expect((await attempt('203.0.113.7, 198.51.100.1')).status).toBe(429)
    expect((await attempt('198.51.100.2')).status).not.toBe(429)
  })
})
