import { expect, it } from 'vitest'
import type { TestServer } from '../../server/fixture.ts'

interface Operation {
  operationId: string
  responses: Record<string, unknown>
}

/** What holds at every address. */
export function generalPromises(server: () => TestServer): void {
  it('a write from another site is refused, one from the app or a script is not', async () => {
    const ada = await server().signUp()
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost:1' },
      { 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[]) {
      const post = await ada.send('POST', '/api/notes', { title: 'x' }, headers)
      expect([post.status, post.body.error.code]).toEqual([403, 'cross_origin'])
      expect((await ada.send('DELETE', '/api/notes/x', undefined, headers)).status).toBe(403)
      const out = await ada.send('POST', '/api/auth/sign-out', undefined, headers)
      expect([out.status, out.body.code]).toEqual([403, 'cross_origin'])
    }
    const { origin } = server()
    const own = await ada.send(
      'POST',
      '/api/notes',
      { title: 'app' },
      { origin, 'sec-fetch-site': 'same-origin' },
    )
    expect(own.status).toBe(201)
    expect((await ada.send('POST', '/api/notes', { title: 'script' })).status).toBe(201)
  })

  it('an unknown address under /api is JSON that says so', async () => {
    const ada = await server().signUp()
    for (const path of ['/api/nothing', '/api/cards/a/b/c', '/api/', '/api/metrics']) {
      const { status, body } = await ada.send('GET', path)
      expect([status, body.error.code]).toEqual([404, 'not_found'])
    }
  })

  it('another method at a known address is told which ones there are', async () => {
    const ada = await server().signUp()
    const cases = [
      ['PUT', '/api/cards', 'GET, HEAD, POST'],
      ['POST', '/api/notes/x', 'GET, HEAD, PATCH, DELETE'],
      ['GET', '/api/notes/x/restore', 'POST'],
      ['GET', '/api/sync/push', 'POST'],
      ['POST', '/api/sync/changes', 'GET, HEAD'],
      ['POST', '/healthz', 'GET, HEAD'],
    ]
    for (const [method = '', path = '', allow] of cases) {
      const { status, body, headers } = await ada.send(method, path, method === 'GET' ? undefined : {})
      expect([path, status, body.error.code, headers.get('allow')]).toEqual([
        path,
        405,
        'method_not_allowed',
        allow,
      ])
    }
  })

  it('answers of the API are not stored by anything in between', async () => {
    const ada = await server().signUp()
    for (const path of [
      '/api/cards',
      '/api/nothing',
      '/api/cards/x',
      '/api/openapi.json',
      '/api/auth/get-session',
    ]) {
      expect((await ada.send('GET', path)).headers.get('cache-control')).toBe('no-store')
    }
  })

  it('every answer carries the security headers and a request id', async () => {
    for (const path of ['/', '/healthz', '/api/cards', '/sw.js']) {
      const { headers } = await server().send('GET', path)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-request-id')).toMatch(/^[\w-]+$/)
    }
  })

  it('health is told without a session, and readiness ends when the server stops', async () => {
    const { send } = server()
    expect((await send('GET', '/healthz')).status).toBe(200)
    expect((await send('GET', '/readyz')).status).toBe(200)
    server().draining = true
    expect((await send('GET', '/healthz')).status).toBe(200)
    expect((await send('GET', '/readyz')).status).toBe(503)
  })

  it('the OpenAPI file names every route and error, and is there without a session', async () => {
    const { status, body } = await server().send('GET', '/api/openapi.json')
    expect(status).toBe(200)
    const paths = Object.keys(body.paths)
    for (const plural of ['cards', 'notes', 'collections']) {
      for (const end of ['', '/{id}', '/{id}/restore', '/{id}/versions'])
        expect(paths).toContain(`/api/${plural}${end}`)
    }
    for (const path of [
      '/api/sync/push',
      '/api/sync/changes',
      '/api/sync/stream',
      '/api/sync/devices',
      '/api/sync/devices/{id}',
      '/api/sync/receipts',
      '/healthz',
      '/readyz',
      '/api/auth/sign-in/email',
    ]) {
      expect(paths).toContain(path)
    }
    expect(body.components.schemas.CardCreate.required).toEqual(['url'])
    expect(body.components.schemas.Note.properties.content).toMatchObject({ type: 'string' })
    const refs = JSON.stringify(body).matchAll(/"#\/components\/schemas\/(\w+)"/g)
    for (const [, name = ''] of refs) expect(Object.keys(body.components.schemas)).toContain(name)
  })

  it('the OpenAPI file tells of each operation what every address may answer', async () => {
    const { body } = await server().send('GET', '/api/openapi.json')
    const ids = new Set<string>()
    for (const [path, item] of Object.entries<Record<string, Operation>>(body.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        if (method === 'parameters') continue
        const { operationId, responses } = operation
        expect([path, method, operationId]).toEqual([path, method, expect.stringMatching(/^[a-z][A-Za-z]+$/)])
        expect(ids).not.toContain(operationId)
        ids.add(operationId)
        const statuses = Object.keys(responses)
        expect(statuses).toContain('405')
        if (path.startsWith('/api/')) expect(statuses).toContain('421')
        if (method !== 'get') expect(statuses).toContain('413')
      }
    }
    const names = [...JSON.stringify(body).matchAll(/"#\/components\/responses\/(\w+)"/g)].map(
      ([, name]) => name,
    )
    expect(Object.keys(body.components.responses).sort()).toEqual([...new Set(names)].sort())
    for (const path of ['sign-in', 'sign-up']) {
      const { 429: tooMany } = body.paths[`/api/auth/${path}/email`].post.responses
      expect(tooMany.headers['Retry-After'].schema.type).toBe('integer')
    }
    expect(body.paths['/api/openapi.json'].get.security).toEqual([])
    const conflict = body.paths['/api/cards'].post.responses[409].content['application/json'].schema
    expect(conflict.allOf[1].properties.card).toEqual({ $ref: '#/components/schemas/Card' })
  })

  it('the OpenAPI file tells times, limits in bytes, and what lists hold', async () => {
    const { schemas } = (await server().send('GET', '/api/openapi.json')).body.components
    for (const name of ['Card', 'Note', 'Collection']) {
      for (const time of ['createdAt', 'updatedAt'])
        expect(schemas[name].properties[time].format).toBe('date-time')
      expect(schemas[`${name}Create`].properties.createdAt.format).toBe('date-time')
    }
    expect(schemas.NotePatch.properties.content.description).toContain('at most 1 MiB')
    expect(schemas.CardCreate.properties.description.description).toContain('at most 64 KiB')
    for (const [name, list, item] of [
      ['PushRequest', 'mutations', 'Mutation'],
      ['PushAnswer', 'results', 'Outcome'],
      ['PullAnswer', 'changes', 'Change'],
    ] as const) {
      expect(schemas[name].properties[list].items).toEqual({ $ref: `#/components/schemas/${item}` })
    }
    expect(schemas.PushRequest.properties.mutations.maxItems).toBe(500)
  })

  it('the OpenAPI file tells who set what, and how long things are kept', async () => {
    const { paths, components } = (await server().send('GET', '/api/openapi.json')).body
    const { Version, PushRequest, Change } = components.schemas
    expect(Version.required).toEqual(['version', 'at', 'by', 'byName', 'device', 'fields'])
    expect(Version.properties.by.description).toContain('id')
    expect(PushRequest.required).not.toContain('device')
    expect(PushRequest.properties.device.properties).toMatchObject({
      id: { maxLength: 100 },
      name: { maxLength: 100 },
    })
    const { record } = Change.properties
    expect(record.required).not.toContain('by')
    expect(record.properties.by.items.required).toEqual(['account', 'device'])
    expect(record.properties.by.description).toContain('REST')
    for (const path of ['changes', 'stream']) {
      const { parameters } = paths[`/api/sync/${path}`].get
      expect(parameters.map((of: { name: string }) => of.name)).toContain('device')
    }
    const { Rename, Devices, Receipts } = components.schemas
    expect(Rename.properties.name.description).toBe('must have 1 to 60 characters')
    expect(Devices.required).toEqual(['now', 'seq', 'devices'])
    expect(Receipts.properties.receipts.items.required).toEqual(['device', 'name', 'since'])
    expect(paths['/api/sync/push'].post.description).toMatch(/30 days.*180 days.*expired/)
    expect(paths['/api/notes/{id}/versions'].get.description).toContain('90 days')
  })

  it('the logs hold a request id and no content, address or account', async () => {
    const ada = await server().signUp()
    await ada.send('POST', '/api/notes', { title: 'very private', content: 'words' })
    await ada.send('GET', `/api/sync/changes?protocol=1&account=${ada.account}`)
    const logs = server().logs.join('')
    for (const secret of ['very private', ada.account, ada.email, ada.cookie])
      expect(logs).not.toContain(secret)
    for (const line of server().logs) expect(JSON.parse(line)).toHaveProperty('request')
  })
}
