import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { markParam } from '../../../src/core/protocol.ts'
import { device, mutation } from '../device.ts'
import { type Answered, type Client, type TestServer, tempFolder, testServer } from '../fixture.ts'

let folder: ReturnType<typeof tempFolder>
let database: string
let server: TestServer
beforeEach(async () => {
  folder = tempFolder()
  database = join(folder.path, 'pawkit.db')
  server = await testServer({ database })
})
afterEach(async () => {
  await server.stop()
  folder.remove()
})

/** The same person at the same server, started again. */
async function restart(ada: Client, before: () => void): Promise<Client> {
  await server.stop()
  before()
  server = await testServer({ database })
  const send: Client['send'] = (method, path, body, headers) =>
    server.send(method, path, body, { cookie: ada.cookie, ...headers })
  return { ...ada, send }
}
const code = ({ status, body }: Answered) => [status, body.error?.code]

describe('a server restored from an older copy', () => {
  it('8 says `diverged` to a device that has seen what it lost, before anything is applied', async () => {
    let ada = await server.signUp()
    const kept = mutation({ title: 'kept' })
    await device(ada).push([kept])
    ada = await restart(ada, () => copyFileSync(database, `${database}.copy`))
    const lost = await device(ada).push([mutation({ title: 'lost' })])
    const { mark } = lost.body
    expect(mark.seq).toBe(2)
    ada = await restart(ada, () => copyFileSync(`${database}.copy`, database))
    const a = device(ada)
    const again = mutation({ title: 'again' })
    expect(code(await a.push([again], { mark }))).toEqual([410, 'diverged'])
    expect(code(await a.pull(2, { mark: markParam(mark) }))).toEqual([410, 'diverged'])
    expect(code(await a.pull(2))).toEqual([410, 'diverged'])
    expect(await a.records()).toMatchObject([{ id: kept.record }])
    // Another device goes on, and the server reaches the same number by other changes: the tag tells them apart.
    const b = await device(ada).push([mutation({ title: 'other line' })])
    expect(b.body.mark.seq).toBe(2)
    expect(code(await a.push([again], { mark }))).toEqual([410, 'diverged'])
    expect(code(await a.pull(0, { mark: markParam(mark) }))).toEqual([410, 'diverged'])
    expect((await a.push([again], { mark: b.body.mark })).body.results).toMatchObject([
      { outcome: 'applied', seq: 3 },
    ])
  })

  it('8 a device whose mark the server knows goes on', async () => {
    let ada = await server.signUp()
    const { mark } = (await device(ada).push([mutation({ title: 'x' })])).body
    ada = await restart(ada, () => {})
    expect((await device(ada).pull(1, { mark: markParam(mark) })).body).toMatchObject({
      changes: [],
      cursor: 1,
      mark,
    })
    expect((await device(ada).push([], { mark })).status).toBe(200)
  })

  it('39 a device older than what is remembered is `expired`, on push as on pull, before anything is applied', async () => {
    const ada = await server.signUp()
    const a = device(ada)
    const { mark } = (await a.push([mutation({ title: 'x' })])).body
    await a.push([1, 2, 3].map((n) => mutation({ title: `${n}` })))
    await server.db.updateTable('space').set({ retained: 3 }).execute()
    expect(code(await a.push([mutation({ title: 'late' })], { mark }))).toEqual([410, 'expired'])
    expect(code(await a.pull(1, { mark: markParam(mark) }))).toEqual([410, 'expired'])
    expect(code(await a.pull(1))).toEqual([410, 'expired'])
    expect((await a.pull(0)).body.changes).toHaveLength(4)
  })

  it('a server that was set up anew is `diverged` for a device that knew the old one', async () => {
    const ada = await server.signUp()
    const mark = { seq: 5, tag: 'of-another-server' }
    expect(code(await device(ada).push([mutation({ title: 'x' })], { mark }))).toEqual([410, 'diverged'])
    expect(code(await device(ada).pull(5, { mark: markParam(mark) }))).toEqual([410, 'diverged'])
  })
})
