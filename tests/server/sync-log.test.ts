import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { device, mutation } from './device.ts'
import { type Client, newId, type TestServer, testServer } from './fixture.ts'

const MARKER = 'Marmalade'
const ERROR = 50

let server: TestServer
let ada: Client
beforeEach(async () => {
  server = await testServer()
  ada = await server.signUp()
})
afterEach(() => server.stop())

type Line = Readonly<Record<string, unknown>>
const lines = (): Line[] => server.logs.map((line) => JSON.parse(line) as Line)
const named = (name: string) => lines().filter(({ msg }) => msg === name)
const hashed = (account: string) => createHash('sha256').update(account).digest('hex').slice(0, 12)

describe('the sync log', () => {
  it('has one line a push: whose, how many of which outcome, how large, how long', async () => {
    const known = mutation({ title: 'known' })
    await device(ada).push([known])
    server.logs.length = 0
    const card = (url: string) => mutation({ url }, { kind: 'card' })
    const { text } = await ada.send('POST', '/api/sync/push', {
      protocol: 1,
      account: ada.account,
      now: server.clock.now,
      mark: null,
      mutations: [
        known,
        card('https://a.example/'),
        card('https://a.example/#x'),
        mutation({ title: 'x' }, { on: 3 }),
        mutation({ title: 7 }),
        { title: 'without an id' },
      ],
      voids: [newId()],
    })
    expect(lines()).toHaveLength(1)
    const [line] = named('push')
    expect(line).toMatchObject({
      level: 30,
      account: hashed(ada.account),
      status: 200,
      mutations: 6,
      voids: 1,
      outcomes: { applied: 2, duplicate: 1, conflict: 1, rejected: 1, void: 1 },
      bytes: expect.any(Number),
      ms: expect.any(Number),
      request: expect.any(String),
    })
    expect(line).not.toHaveProperty('code')
    expect(text).toContain('applied')
  })

  it('counts bytes and not characters', async () => {
    await ada.send('POST', '/api/sync/push', '{"ü": "€"}')
    expect(named('push')).toEqual([expect.objectContaining({ status: 422, code: 'invalid', bytes: 13 })])
  })

  it('has one line a pull: from where to where, how many records, how large', async () => {
    await device(ada).push([mutation({ title: 'a' }), mutation({ title: 'b' }), mutation({ title: 'c' })])
    server.logs.length = 0
    const { text } = await device(ada).pull(1, { limit: '1' })
    expect(lines()).toEqual([
      expect.objectContaining({
        msg: 'pull',
        level: 30,
        account: hashed(ada.account),
        status: 200,
        after: 1,
        cursor: 2,
        records: 1,
        more: true,
        bytes: Buffer.byteLength(text),
        ms: expect.any(Number),
      }),
    ])
  })

  it('says why one was refused, by code', async () => {
    const gone = { seq: 99, tag: 'elsewhere' }
    await device(ada, { account: 'another' }).push([mutation({ title: 'x' })])
    await device(ada, { protocol: 0 }).push([])
    await device(ada).push([mutation({ title: 'x' })], { mark: gone })
    await device(ada).push(Array(501).fill(mutation({ title: 'x' })))
    await ada.send('POST', '/api/sync/push', '{')
    await server.send('POST', '/api/sync/push', {})
    await ada.send('POST', '/api/sync/push', {}, { origin: 'https://evil.example' })
    expect(named('push').map(({ status, code }) => [status, code])).toEqual([
      [403, 'other_account'],
      [426, 'client_too_old'],
      [410, 'diverged'],
      [413, 'too_large'],
      [400, 'bad_json'],
      [401, 'signed_out'],
      [403, 'cross_origin'],
    ])
    await device(ada, { account: 'another' }).pull()
    await device(ada, { protocol: 2 }).pull()
    await device(ada).pull(0, { mark: '99.elsewhere' })
    await device(ada).pull(99)
    expect(named('pull').map(({ status, code }) => [status, code])).toEqual([
      [403, 'other_account'],
      [426, 'server_too_old'],
      [410, 'diverged'],
      [410, 'diverged'],
    ])
    expect(lines().every(({ level }) => level === 30)).toBe(true)
  })

  it('never holds contents, whatever becomes of them', async () => {
    const note = mutation({ title: MARKER, content: MARKER, tags: [MARKER] })
    await device(ada).push([note])
    await device(ada).push([
      { ...note, id: newId(), on: 9 },
      mutation({ title: [MARKER], [MARKER]: MARKER }),
      mutation({ url: `https://${MARKER}.example/` }, { kind: 'card' }),
    ])
    await device(ada).pull()
    await ada.send('POST', '/api/sync/push', `{"${MARKER}`)
    await ada.send('POST', '/api/sync/push', { [MARKER]: MARKER })
    await ada.send('GET', `/api/sync/changes?protocol=1&account=${ada.account}&after=${MARKER}`)
    await ada.send('GET', `/?title=${MARKER}&text=${MARKER}`)
    expect(named('push')).toHaveLength(4)
    const logs = server.logs.join('')
    for (const secret of [MARKER.toLowerCase(), ada.account, ada.email]) {
      expect(logs.toLowerCase()).not.toContain(secret)
    }
  })

  it('tells an error once, as an error, and still without contents', async () => {
    const note = mutation({ title: 'x', content: MARKER })
    await device(ada).push([note])
    await server.db.updateTable('record').set({ fields: MARKER }).execute()
    server.logs.length = 0
    expect((await device(ada).pull()).status).toBe(500)
    expect(lines().filter(({ level }) => level === ERROR)).toEqual([
      expect.objectContaining({
        account: hashed(ada.account),
        err: expect.objectContaining({ type: 'SyntaxError', stack: expect.stringContaining('feedPage') }),
      }),
    ])
    expect(named('pull')).toEqual([expect.objectContaining({ status: 500, code: 'internal' })])
    expect(server.logs.join('')).not.toContain(MARKER)
  })

  it('tells a mutation that the server chokes on once, and counts it', async () => {
    server.world.failing = true
    const poison = mutation({ title: MARKER })
    await device(ada).push([poison])
    expect(lines().filter(({ level }) => level === ERROR)).toEqual([
      expect.objectContaining({ mutation: poison.id, account: hashed(ada.account) }),
    ])
    expect(named('push')).toEqual([expect.objectContaining({ status: 200, outcomes: { error: 1 } })])
    expect(server.logs.join('')).not.toContain(MARKER)
  })
})
