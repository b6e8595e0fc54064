import { expect, it } from 'vitest'
import { testServer } from './fixture.ts'

it('a second request with the key of one still running is refused, and the first is answered', async () => {
  const server = await testServer()
  const ada = await server.signUp()
  const key = { 'idempotency-key': 'k1' }
  const text = JSON.stringify({ title: 'slow' })
  let finish = () => {}
  let asked = () => {}
  const reading = new Promise<void>((resolve) => {
    asked = resolve
  })
  // The body is held back until somebody reads it: the request is then under way.
  const body = new ReadableStream(
    {
      pull: (controller) =>
        new Promise<void>((resolve) => {
          finish = () => {
            controller.enqueue(new TextEncoder().encode(text))
            controller.close()
            resolve()
          }
          asked()
        }),
    },
    { highWaterMark: 0 },
  )
  const headers = {
    cookie: ada.cookie,
    'content-type': 'application/json',
    'content-length': String(text.length),
    ...key,
  }
  const first = server.fetch('/api/notes', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
  await reading
  expect((await ada.send('POST', '/api/notes', { title: 'other' }, { 'idempotency-key': 'k2' })).status).toBe(
    201,
  )
  const second = await ada.send('POST', '/api/notes', { title: 'slow' }, key)
  expect([second.status, second.body.error.code]).toEqual([409, 'idempotency_key_running'])
  finish()
  expect((await first).status).toBe(201)
  expect((await ada.send('POST', '/api/notes', { title: 'slow' }, key)).status).toBe(201)
  expect((await ada.send('GET', '/api/notes')).body.notes).toHaveLength(2)
  await server.stop()
})
