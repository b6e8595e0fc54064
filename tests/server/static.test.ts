import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestServer, tempFolder, testServer } from './fixture.ts'

const ID = '01990000-0000-7000-8000-000000000000'
let folder: ReturnType<typeof tempFolder>
let server: TestServer
const build = () => {
  mkdirSync(join(folder.path, 'assets'))
  const files = {
    'index.html': '<title>Pawkit</title>',
    'sw.js': '//',
    'manifest.webmanifest': '{}',
    'assets/a.js': '//',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text)
}
beforeEach(async () => {
  folder = tempFolder()
  server = await testServer({ distDir: folder.path })
})
afterEach(async () => {
  await server.stop()
  folder.remove()
})

describe('the built client', () => {
  it.each(['/', `/notes/${ID}`, `/cards/${ID}`, `/collections/${ID}`, '/trash', '/settings'])(
    '%s opens the app',
    async (path) => {
      build()
      const { status, text, headers } = await server.send('GET', path)
      expect([status, text]).toEqual([200, '<title>Pawkit</title>'])
      expect(headers.get('content-type')).toContain('text/html')
      expect(headers.get('cache-control')).toBe('no-cache')
    },
  )

  it('an address that the app does not have is not found', async () => {
    build()
    for (const path of [
      '/nothing',
      '/notes',
      '/notes/a/b',
      '/assets/missing.js',
      '/assets',
      '/../package.json',
      '/%2e%2e/package.json',
    ]) {
      expect([path, (await server.send('GET', path)).status]).toEqual([path, 404])
    }
  })

  it('files that carry a hash are kept for ever, the others are asked for anew', async () => {
    build()
    const asset = await server.send('GET', '/assets/a.js')
    expect(asset.headers.get('cache-control')).toContain('immutable')
    expect(asset.headers.get('content-type')).toContain('javascript')
    for (const path of ['/sw.js', '/index.html', '/manifest.webmanifest']) {
      const { status, headers } = await server.send('GET', path)
      expect([status, headers.get('cache-control')]).toEqual([200, 'no-cache'])
      const known = await server.send('GET', path, undefined, { 'if-none-match': headers.get('etag') ?? '' })
      expect(known.status).toBe(304)
    }
    const { headers } = await server.send('GET', '/sw.js')
    expect(headers.get('content-security-policy')).toContain("connect-src 'self'")
  })

  it('without a build the API answers and the pages say what to do', async () => {
    const { status, text } = await server.send('GET', '/trash')
    expect(status).toBe(503)
    expect(text).toContain('npm start')
    expect((await server.send('GET', '/api/notes')).status).toBe(401)
    build()
    expect((await server.send('GET', '/trash')).status).toBe(200)
  })
})
