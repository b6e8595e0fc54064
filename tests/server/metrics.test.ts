import { afterEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../../server/metrics.ts'
import { PROTOCOL_VERSION } from '../../src/core/protocol.ts'
import { eventually } from '../support/eventually.ts'
import { device, mutation } from './device.ts'
import { type Settings, type TestServer, testServer } from './fixture.ts'

const TOKEN = 'a token of the tests'.replaceAll(' ', '-')
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

let server: TestServer
const begin = async (settings: Settings = { metricsToken: TOKEN }) => {
  server = await testServer(settings)
  return server
}

const read = (headers: Record<string, string> = bearer(TOKEN)) =>
  server.send('GET', '/metrics', undefined, headers)
/** The value of one series, or null where there is none. */
async function figure(series: string): Promise<number | null> {
  const { text } = await read()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `))
  return line === undefined ? null : Number(line.slice(series.length))
}

describe('who may read /metrics', () => {
  afterEach(() => server.stop())

  it('with a token set, only who brings it, from anywhere and under any name', async () => {
    await begin()
    const { status, headers } = await read()
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'no-store',
    ])
    for (const host of ['127.0.0.1', 'pawkit.internal:3000']) {
      expect((await read({ ...bearer(TOKEN), host, 'x-forwarded-for': '1.2.3.4' })).status).toBe(200)
    }
    expect((await read({ authorization: `bearer  ${TOKEN}` })).status).toBe(200)
  })

  it.each([
    ['none', undefined],
    ['another', `Bearer ${TOKEN.replace('a', 'b')}`],
    ['a part of it', `Bearer ${TOKEN.slice(0, -1)}`],
    ['more than it', `Bearer ${TOKEN}x`],
    ['it after another', `Bearer x ${TOKEN}`],
    ['an empty one', 'Bearer '],
    ['another scheme', `Basic ${TOKEN}`],
    ['no scheme', TOKEN],
  ])('with a token set, %s is refused, on this machine too', async (_, authorization) => {
    await begin({ metricsToken: TOKEN, socket: true })
    const { status, body, headers } = await read(authorization === undefined ? {} : { authorization })
    expect([status, body.error.code, headers.get('www-authenticate')]).toEqual([
      401,
      'unauthorized',
      'Bearer',
    ])
  })

  it('without a token, a program on this machine', async () => {
    await begin({ socket: true })
    expect((await read({})).status).toBe(200)
    expect((await read(bearer('whatever'))).status).toBe(200)
  })

  it.each(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'Forwarded', 'x-real-ip', 'via'])(
    'without a token, nobody through a proxy: %s, be it a trusted one',
    async (name) => {
      await begin({ socket: true, trustProxy: ['127.0.0.1', '::1'] })
      const { status, body } = await read({ [name]: name === 'x-forwarded-host' ? 'localhost' : '127.0.0.1' })
      expect([status, body.error.code]).toEqual([404, 'not_found'])
    },
  )

  it('without a token, nobody whose socket is not of this machine', async () => {
    await begin({})
    const from = async (remoteAddress: string | undefined) => {
      const env = { incoming: { socket: { remoteAddress } } }
      return (await server.fetch('/metrics', {}, env)).status
    }
    for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1']) {
      expect([address, await from(address)]).toEqual([address, 200])
    }
    for (const address of ['192.168.1.5', '::ffff:10.0.0.1', 'fe80::1', '128.0.0.1', undefined]) {
      expect([address, await from(address)]).toEqual([address, 404])
    }
  })
})

describe('the figures', () => {
  afterEach(() => server.stop())

  it('requests go by method, pattern and status class, and the time of each is kept', async () => {
    await begin()
    const ada = await server.signUp()
    const { body } = await ada.send('POST', '/api/notes', { title: 'x' })
    for (const path of [
      `/api/notes/${body.note.id}`,
      '/api/notes/nothing',
      '/notes/secret-path',
      '/zzz/zzz',
    ]) {
      await ada.send('GET', path)
    }
    await server.send('GET', '/api/notes')
    await server.send('BREW', '/api/notes')
    const count = (labels: string) => figure(`pawkit_http_requests_total{${labels}}`)
    expect(await count('method="POST",route="/api/notes",status="2xx"')).toBe(1)
    expect(await count('method="GET",route="/api/notes",status="4xx"')).toBe(1)
    expect(await count('method="GET",route="/api/notes/:id",status="2xx"')).toBe(1)
    expect(await count('method="GET",route="/api/notes/:id",status="4xx"')).toBe(1)
    expect(await count('method="GET",route="/notes/:id",status="5xx"')).toBe(1)
    expect(
      await figure('pawkit_http_request_duration_seconds_count{method="GET",route="/api/notes/:id"}'),
    ).toBe(2)
    const { text } = await read()
    expect(text).toContain('method="other"')
    for (const raw of ['secret-path', 'zzz', 'BREW', body.note.id]) expect(text).not.toContain(raw)
  })

  it('a push moves its outcomes and the database’s writes, a pull the records', async () => {
    await begin()
    const ada = await server.signUp()
    const { push, pull } = device(ada)
    const outcome = (name: string) => figure(`pawkit_mutations_total{outcome="${name}"}`)
    const committed = 'pawkit_database_write_duration_seconds_count{result="commit"}'
    expect([await outcome('applied'), await outcome('error'), await figure(committed)]).toEqual([0, 0, null])
    const first = mutation({ title: 'one' })
    await push([
      first,
      mutation({ title: 'two' }),
      mutation({ title: 7 }),
      mutation({ title: 'x' }, { on: 4 }),
    ])
    await push([{ ...first, id: mutation({}).id }])
    expect(await Promise.all(['applied', 'rejected', 'conflict'].map(outcome))).toEqual([2, 1, 2])
    expect(await figure(committed)).toBe(2)
    await pull()
    await pull(1)
    expect(await figure('pawkit_pulled_records_total')).toBe(3)
    expect(await figure(committed)).toBe(2)
    await push([], { mark: { seq: 99, tag: 'elsewhere' } })
    expect(await figure('pawkit_database_write_duration_seconds_count{result="rollback"}')).toBe(1)
  })

  it('a stream counts while it is open', async () => {
    await begin()
    const ada = await server.signUp()
    expect(await figure('pawkit_open_streams')).toBe(0)
    const response = await server.fetch(
      `/api/sync/stream?protocol=${PROTOCOL_VERSION}&account=${ada.account}`,
      { headers: { cookie: ada.cookie } },
    )
    expect(await figure('pawkit_open_streams')).toBe(1)
    await response.body?.cancel()
    await eventually(async () => expect(await figure('pawkit_open_streams')).toBe(0))
  })

  it('sign-ins refused go by status; a sign-up that is refused is none', async () => {
    await begin()
    const { send } = server
    await send('POST', '/api/auth/sign-up/email', { email: 'no', password: 'correct horse', name: '' })
    const attempt = { email: 'ada@example.com', password: 'wrong horse' }
    await send('POST', '/api/auth/sign-in/email', attempt)
    for (let i = 0; i < 32; i++) await send('POST', '/api/auth/sign-in/email', '{')
    expect(await figure('pawkit_sign_in_refusals_total{status="401"}')).toBe(1)
    expect(await figure('pawkit_sign_in_refusals_total{status="400"}')).toBe(28)
    expect(await figure('pawkit_sign_in_refusals_total{status="429"}')).toBe(4)
  })

  it('name no account, address, record or content', async () => {
    await begin()
    const ada = await server.signUp('lovelace')
    const note = mutation({ title: 'Marmalade', content: 'Marmalade' })
    await device(ada).push([note, mutation({ title: ['Marmalade'] })])
    await device(ada).pull()
    await ada.send('GET', '/api/notes/Marmalade?q=Marmalade')
    await server.send('POST', '/api/auth/sign-in/email', { email: ada.email, password: 'Marmalade' })
    const { text } = await read()
    for (const word of ['Marmalade', 'lovelace', ada.account, note.id, note.record]) {
      expect(text).not.toContain(word)
    }
  })
})

describe('a registry', () => {
  it('each app has its own; those of the process are added once, by the program', async () => {
    const [one, other] = [createMetrics(() => 0), createMetrics(() => 0)]
    one.pulled(5)
    expect(await one.text()).toContain('pawkit_pulled_records_total 5\n')
    expect(await other.text()).toContain('pawkit_pulled_records_total 0\n')
    expect(await other.text()).not.toContain('process_')
    other.withProcess()
    expect(await other.text()).toMatch(/^process_resident_memory_bytes \d+$/m)
  })
})
