import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { device, mutation } from '../device.ts'
import { type Client, type TestServer, testServer } from '../fixture.ts'

const [LAPTOP, PHONE] = ['laptop-library', 'phone-library']
let server: TestServer
let ada: Client
beforeEach(async () => {
  server = await testServer()
  ada = await server.signUp()
})
afterEach(async () => {
  await server.stop()
})

const devices = async (client: Client = ada) => {
  const { body } = await client.send('GET', `/api/sync/devices?protocol=1&account=${client.account}`)
  return body
}
const push = (id: string, name: string) =>
  ada.send('POST', '/api/sync/push', {
    protocol: 1,
    account: ada.account,
    now: server.world.now(),
    mark: null,
    mutations: [mutation({ title: 'x' })],
    voids: [],
    device: { id, name },
  })
const later = (ms: number): void => {
  server.clock.now += ms
}

describe('the devices of an account', () => {
  it('are named by themselves, and say how far they have read and when they first said so', async () => {
    await push(LAPTOP, 'Laptop')
    const first = server.world.now()
    await device(ada).pull(0, { device: PHONE })
    later(5000)
    await device(ada).pull(1, { device: PHONE })
    later(5000)
    await device(ada).pull(1, { device: PHONE })
    const { devices: all } = await devices()
    expect(all).toEqual([
      { id: PHONE, name: '', seenAt: first + 5000, online: true, cursor: 1, cursorAt: first + 5000 },
      { id: LAPTOP, name: 'Laptop', seenAt: first, online: true, cursor: 0, cursorAt: null },
    ])
  })

  it('records asked for by name, or a place that is refused, tell of no reading', async () => {
    await push(LAPTOP, 'Laptop')
    await device(ada).pull(1, { device: LAPTOP, ids: '00000000-0000-7000-8000-000000000001' })
    expect((await device(ada).pull(9, { device: LAPTOP })).status).toBe(410)
    expect((await devices()).devices).toMatchObject([{ cursor: 0, cursorAt: null }])
  })

  it('are online while they have a stream, or have asked within a minute', async () => {
    await push(LAPTOP, 'Laptop')
    later(61_000)
    expect((await devices()).devices).toMatchObject([{ id: LAPTOP, online: false }])
    const response = await server.fetch(
      `/api/sync/stream?protocol=1&account=${ada.account}&device=${LAPTOP}`,
      { headers: { cookie: ada.cookie } },
    )
    const reader = response.body?.getReader()
    await reader?.read()
    later(61_000)
    expect((await devices()).devices).toMatchObject([{ id: LAPTOP, online: true }])
    await reader?.cancel()
    await vi.waitFor(async () => expect((await devices()).devices).toMatchObject([{ online: false }]))
  })

  it('P10 are the account’s own; another’s cookie is refused', async () => {
    await push(LAPTOP, 'Laptop')
    const bob = await server.signUp('bob')
    expect((await devices(bob)).devices).toEqual([])
    const { status } = await bob.send('GET', `/api/sync/devices?protocol=1&account=${ada.account}`)
    expect(status).toBe(403)
  })
})
