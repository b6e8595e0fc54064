import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/core/limits.ts'
import { eventually } from '../support/eventually.ts'
import { type TestServer, testServer } from './fixture.ts'

/** Longer than the half second after which the adapter cuts an upload that is still going on. */
const UPLOAD_MS = 1200
const CHUNKS = 12
const MIB = 1024 * 1024

let server: TestServer
beforeEach(async () => {
  server = await testServer({ socket: true })
})
afterEach(() => server.stop())

interface Uploaded {
  readonly socket: Socket
  /** All that came back. */
  readonly answer: string
  readonly error: string | null
}

/** A client that looks for the answer only once it has sent everything, on a slow line. */
function upload(head: readonly string[], chunk: Buffer, end = ''): Promise<Uploaded> {
  const { hostname, port, host } = new URL(server.origin)
  const socket = connect(Number(port), hostname)
  const lines = ['POST /api/sync/push HTTP/1.1', `Host: ${host}`, 'Content-Type: application/json', ...head]
  return new Promise((resolve) => {
    let answer = ''
    let sent = 0
    const done = (error: string | null): void => {
      clearInterval(line)
      resolve({ socket, answer, error })
    }
    socket.on('data', (data) => {
      answer += data.toString()
      if (sent === CHUNKS && answer.includes('}')) done(null)
    })
    socket.on('error', ({ message }) => done(message))
    socket.on('close', () => done('closed'))
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    const line = setInterval(() => {
      if (sent < CHUNKS) socket.write(chunk)
      if (++sent === CHUNKS) {
        clearInterval(line)
        socket.write(end)
        if (answer.includes('}')) done(null)
      }
    }, UPLOAD_MS / CHUNKS)
  })
}

const told = ({ answer }: Uploaded) => ({
  status: Number(answer.split(' ', 2)[1]),
  code: /"code":"(\w+)"/.exec(answer)?.[1],
})

describe('a slow upload that is refused before its end', () => {
  it('gets its 401, and the connection stays', async () => {
    const sent = await upload([`Content-Length: ${CHUNKS * 1000}`], Buffer.alloc(1000, ' '))
    expect(sent.error).toBe(null)
    expect(told(sent)).toEqual({ status: 401, code: 'signed_out' })
    const again = new Promise<string>((resolve) =>
      sent.socket.once('data', (data) => resolve(data.toString())),
    )
    sent.socket.write(`GET /healthz HTTP/1.1\r\nHost: ${new URL(server.origin).host}\r\n\r\n`)
    expect(await again).toContain('200 OK')
    sent.socket.destroy()
  })

  it('gets its 413, with its length named or without', async () => {
    const size = Math.ceil((LIMITS.requestBytes + MIB) / CHUNKS)
    const named = await upload([`Content-Length: ${size * CHUNKS}`], Buffer.alloc(size, ' '))
    expect(named.error).toBe(null)
    expect(told(named)).toEqual({ status: 413, code: 'too_large' })
    named.socket.destroy()
    const chunk = Buffer.concat([
      Buffer.from(`${size.toString(16)}\r\n`),
      Buffer.alloc(size, ' '),
      Buffer.from('\r\n'),
    ])
    const chunked = await upload(['Transfer-Encoding: chunked'], chunk, '0\r\n\r\n')
    expect(chunked.error).toBe(null)
    expect(told(chunked)).toEqual({ status: 413, code: 'too_large' })
    chunked.socket.destroy()
  })

  it('is answered at once where it is longer than the server will ever take in', async () => {
    const { hostname, port, host } = new URL(server.origin)
    const socket = connect(Number(port), hostname)
    const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())))
    socket.on('error', () => {})
    socket.write(
      `POST /api/notes HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${1024 * MIB}\r\n\r\n `,
    )
    expect(await answer).toContain('413')
    socket.destroy()
  })

  it('is forgotten when its client goes away', async () => {
    const { hostname, port, host } = new URL(server.origin)
    const socket = connect(Number(port), hostname)
    await new Promise<void>((resolve) =>
      socket.write(
        `POST /api/notes HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n `,
        () => resolve(),
      ),
    )
    await eventually(() => expect(server.logs.join('')).toContain('"status":401'))
    socket.destroy()
    expect((await server.send('GET', '/healthz')).status).toBe(200)
  })
})
