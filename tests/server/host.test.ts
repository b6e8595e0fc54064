import { afterEach, describe, expect, it } from 'vitest'
import { type TestServer, testServer } from './fixture.ts'

let server: TestServer
afterEach(() => server.stop())
const get = (path: string, host: string) => server.send('GET', path, undefined, { host })

describe('the one name of a library', () => {
  it('another name of this machine leads to the right one, with the address kept', async () => {
    server = await testServer()
    for (const host of [
      '127.0.0.1:3000',
      '[::1]:3000',
      'pawkit.localhost:3000',
      'localhost:8080',
      'LOCALHOST',
    ]) {
      const { status, headers } = await get('/notes/1?x=y', host)
      expect([host, status, headers.get('location')]).toEqual([
        host,
        302,
        'http://localhost:3000/notes/1?x=y',
      ])
    }
    expect((await get('//evil.example/', '127.0.0.1')).headers.get('location')).toBe(
      'http://localhost:3000/evil.example/',
    )
  })

  it('any other name gets a page that names the right address, and no library', async () => {
    server = await testServer()
    for (const host of [
      'evil.example',
      '192.168.1.5:3000',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
    ]) {
      const { status, text } = await get('/', host)
      expect(status).toBe(421)
      expect(text).toContain('<a href="http://localhost:3000">')
      expect((await get('/api/notes', host)).status).toBe(421)
    }
  })

  it('health is told under every name', async () => {
    server = await testServer()
    for (const host of ['127.0.0.1', 'evil.example', '']) {
      for (const path of ['/healthz', '/readyz']) expect((await get(path, host)).status).toBe(200)
      // Not led or sent elsewhere: refused because a test without a socket is nobody's machine.
      expect((await get('/metrics', host)).status).toBe(404)
    }
  })

  it('a script may use the API under another name of this machine', async () => {
    server = await testServer()
    const ada = await server.signUp()
    expect((await ada.send('GET', '/api/notes', undefined, { host: '127.0.0.1:3000' })).status).toBe(200)
  })

  it('a public origin is asked for by its name, whatever its port is written as', async () => {
    server = await testServer({ origin: 'https://pawkit.example' })
    for (const host of ['pawkit.example', 'Pawkit.Example', 'pawkit.example:443']) {
      expect((await get('/api/notes', host)).status).toBe(401)
    }
    expect((await get('/', 'localhost:3000')).headers.get('location')).toBe('https://pawkit.example/')
  })

  it('only a trusted proxy may say which name was asked for', async () => {
    server = await testServer()
    const headers = { host: '127.0.0.1', 'x-forwarded-host': 'localhost:3000' }
    expect((await server.send('GET', '/trash', undefined, headers)).status).toBe(302)
    await server.stop()
    server = await testServer({ socket: true, trustProxy: ['127.0.0.1', '::1'] })
    const forwarded = { 'x-forwarded-host': 'evil.example' }
    expect((await server.send('GET', '/trash', undefined, forwarded)).status).toBe(421)
  })
})
