import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PULL_LIMITS } from '../../../src/core/protocol.ts'
import { type Device, device, mutation } from '../device.ts'
import { type Client, type TestServer, testServer } from '../fixture.ts'

let server: TestServer
let ada: Client
let a: Device
beforeEach(async () => {
  server = await testServer()
  ada = await server.signUp()
  a = device(ada)
})
afterEach(() => server.stop())

async function pages(limit?: number): Promise<{ ids: string[]; sizes: number[] }> {
  const ids: string[] = []
  const sizes: number[] = []
  for (let after = 0, more = true; more; ) {
    const { body } = await a.pull(after, limit ? { limit: String(limit) } : {})
    ids.push(...body.changes.map((change: { record: { id: string } }) => change.record.id))
    sizes.push(body.changes.length)
    more = body.more
    after = body.cursor
  }
  return { ids, sizes }
}

describe('the feed', () => {
  it('has each record once, at the seq of its last change', async () => {
    const notes = [1, 2, 3].map((n) => mutation({ title: `${n}` }))
    await a.push(notes)
    await a.push([mutation({ title: 'one' }, { record: notes[0]?.record ?? '', on: 1, above: 1 })])
    const { body } = await a.pull()
    expect(body.changes.map((change: { seq: number }) => change.seq)).toEqual([2, 3, 4])
    expect((await a.pull(3)).body.changes).toHaveLength(1)
    expect((await a.pull(4)).body).toMatchObject({ changes: [], cursor: 4, more: false })
  })

  it('41 names as cursor the last row returned and not the space’s newest change', async () => {
    await a.push([1, 2, 3].map((n) => mutation({ title: `${n}` })))
    expect((await a.pull(0, { limit: '2' })).body).toMatchObject({ cursor: 2, more: true, mark: { seq: 3 } })
    expect((await a.pull(2, { limit: '2' })).body).toMatchObject({ cursor: 3, more: false })
  })

  it('comes in pages of at most 500 records, and of no more than was asked for', async () => {
    const notes = Array.from({ length: 600 }, (_, n) => mutation({ title: `${n}` }))
    await a.push(notes.slice(0, 500))
    await a.push(notes.slice(500))
    const all = notes.map((note) => note.record)
    expect(await pages()).toEqual({ ids: all, sizes: [500, 100] })
    expect(await pages(200)).toEqual({ ids: all, sizes: [200, 200, 200] })
    expect((await pages(9999)).sizes).toEqual([500, 100])
  })

  it('28 comes in pages of at most 1 MiB, but always one record', async () => {
    const content = 'x'.repeat(PULL_LIMITS.bytes / 2 - 1000)
    const notes = [content, content, content, 'y'.repeat(PULL_LIMITS.bytes), 'short'].map((content) =>
      mutation({ content }),
    )
    for (const note of notes) await a.push([note])
    expect(await pages()).toEqual({ ids: notes.map((note) => note.record), sizes: [2, 1, 1, 1] })
  })

  it('of an account that has nothing is empty', async () => {
    expect((await a.pull()).body).toMatchObject({ changes: [], cursor: 0, more: false, mark: null })
  })

  it.each(['after=-1', 'after=x', 'limit=0', 'limit=x', 'mark=x', 'mark=1.'])(
    '%s is refused',
    async (query) => {
      const { status, body } = await ada.send(
        'GET',
        `/api/sync/changes?protocol=1&account=${ada.account}&${query}`,
      )
      expect([status, body.error.code]).toEqual([422, 'invalid'])
    },
  )

  it('a request that names no account or protocol is refused', async () => {
    expect((await ada.send('GET', '/api/sync/changes?protocol=1')).status).toBe(422)
    expect((await ada.send('GET', `/api/sync/changes?account=${ada.account}`)).status).toBe(422)
    for (const protocol of ['x', '1e0', '0x1', '%201', '1.0', '+1', '-1', '']) {
      const query = `protocol=${protocol}&account=${ada.account}`
      const { status, body } = await ada.send('GET', `/api/sync/changes?${query}`)
      expect([protocol, status, body.error.code]).toEqual([protocol, 422, 'invalid'])
    }
  })
})
