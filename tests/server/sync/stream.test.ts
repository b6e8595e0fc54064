import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { device, mutation } from '../device.ts'
import { type Client, type TestServer, testServer } from '../fixture.ts'

let server: TestServer
let ada: Client
beforeEach(async () => {
  server = await testServer()
  ada = await server.signUp()
})
afterEach(async () => {
  vi.useRealTimers()
  await server.stop()
})

async function open(client: Client) {
  const abort = new AbortController()
  const response = await server.fetch(`/api/sync/stream?protocol=1&account=${client.account}`, {
    headers: { cookie: client.cookie },
    signal: abort.signal,
  })
  const reader = response.body?.getReader()
  if (!reader) throw new Error('no stream')
  const next = async () => {
    const { value, done } = await reader.read()
    return done ? null : new TextDecoder().decode(value)
  }
  return { response, next, cancel: () => reader.cancel() }
}
const poke = (seq: number) => `event: poke\ndata: {"seq":${seq}}\n\n`
/** The first of a connection, which also says when one that is cut is to be opened again. */
const first = (seq: number) => `event: poke\ndata: {"seq":${seq}}\nretry: 3000\n\n`

describe('the stream', () => {
  it('42 pokes at each connect, and then for every change by sync or REST', async () => {
    const stream = await open(ada)
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream')
    expect(stream.response.headers.get('x-accel-buffering')).toBe('no')
    expect(stream.response.headers.get('cache-control')).toBe('no-store')
    expect(await stream.next()).toBe(first(0))
    await device(ada).push([mutation({ title: 'x' }), mutation({ title: 'y' })])
    expect(await stream.next()).toBe(poke(2))
    await ada.send('POST', '/api/notes', { title: 'z' })
    expect(await stream.next()).toBe(poke(3))
    expect(await (await open(ada)).next()).toBe(first(3))
  })

  it('P9: has those that were cut come back spread over two seconds', async () => {
    const random = vi.spyOn(server.world, 'random')
    const said: string[] = []
    for (const value of [0, 0.25, 0.999]) {
      random.mockReturnValue(value)
      said.push((await (await open(ada)).next())?.split('\n')[2] ?? '')
    }
    expect(said).toEqual(['retry: 2000', 'retry: 2500', 'retry: 3998'])
  })

  it('is silent about pushes that change nothing, and about other accounts', async () => {
    const bob = await server.signUp('bob')
    const stream = await open(ada)
    await stream.next()
    const note = mutation({ title: 'bob’s' })
    await device(bob).push([note])
    await device(ada).push([mutation({ title: 'x'.repeat(1001) })])
    await device(ada).push([mutation({ title: 'x' })])
    expect(await stream.next()).toBe(poke(1))
  })

  it('gives a slow reader the newest seq, not every one', async () => {
    const line = server.pokes.open('space')
    for (const seq of [1, 2, 3]) server.pokes.publish('space', seq)
    expect(await line.next()).toBe(3)
    line.close()
    expect(await line.next()).toBe(null)
  })

  it('says something every 20 seconds, so that nothing between cuts it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const stream = await open(ada)
    await stream.next()
    vi.advanceTimersByTime(20_000)
    expect(await stream.next()).toBe(': \n\n')
  })

  it('is forgotten when the page goes, and ended when the server stops', async () => {
    const gone = await open(ada)
    const stays = await open(ada)
    await Promise.all([gone.next(), stays.next()])
    expect(server.pokes.size).toBe(2)
    expect((await ada.send('HEAD', `/api/sync/stream?protocol=1&account=${ada.account}`)).status).toBe(200)
    expect(server.pokes.size).toBe(2)
    await gone.cancel()
    await eventually(() => expect(server.pokes.size).toBe(1))
    server.draining = true
    server.pokes.closeAll()
    expect(await stays.next()).toBe(null)
    expect(server.pokes.size).toBe(0)
    const late = await ada.send('GET', `/api/sync/stream?protocol=1&account=${ada.account}`)
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '2'])
  })
})
