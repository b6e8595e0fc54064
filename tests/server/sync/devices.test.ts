import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RETENTION_MS } from '../../../src/core/protocol.ts'
import { eventually } from '../../support/eventually.ts'
import { device, mutation } from '../device.ts'
import { type Client, type TestServer, testServer } from '../fixture.ts'

const [LAPTOP, PHONE] = ['laptop-library', 'phone-library']
const NO_NOTE = '00000000-0000-7000-8000-000000000001'
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
/** Makes a note on a device, or sends what it has; returns the note's id. */
const push = async (id: string, name: string, client = ada, change = mutation({ title: 'x' })) => {
  const { status } = await client.send('POST', '/api/sync/push', {
    protocol: 1,
    account: client.account,
    now: server.world.now(),
    mark: null,
    mutations: [change],
    voids: [],
    device: { id, name },
  })
  expect(status).toBe(200)
  return change.record
}
const rename = (id: string, name: unknown, client = ada) =>
  client.send('PATCH', `/api/sync/devices/${id}?protocol=1&account=${client.account}`, { name })
const receipts = async (record: string, client = ada) =>
  (await client.send('GET', `/api/sync/receipts?protocol=1&account=${client.account}&record=${record}`)).body
/** As one of the devices sees them: where else the record is. */
const elsewhere = async (record: string, at = LAPTOP, client = ada) => {
  const { receipts: all } = await receipts(record, client)
  return all.filter((one: { device: string }) => one.device !== at)
}

type Reader = ReadableStreamDefaultReader<Uint8Array>
/** An open stream of a device, which has said its first word. */
async function streaming(id: string, name?: string): Promise<Reader> {
  const query = new URLSearchParams({ protocol: '1', account: ada.account, device: id })
  if (name !== undefined) query.set('name', name)
  const { body } = await server.fetch(`/api/sync/stream?${query}`, { headers: { cookie: ada.cookie } })
  if (!body) throw new Error('no stream')
  const reader = body.getReader()
  await reader.read()
  return reader
}
const leave = (reader: Reader): Promise<void> => reader.cancel()
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
      {
        ...{ id: PHONE, name: '', named: false, seenAt: first + 5000, online: true },
        ...{ cursor: 1, cursorAt: first + 5000 },
      },
      {
        ...{ id: LAPTOP, name: 'Laptop', named: false, seenAt: first, online: true },
        ...{ cursor: 0, cursorAt: null },
      },
    ])
  })

  it('are told with the seq of the newest change, by which one sees who has everything', async () => {
    expect(await devices()).toEqual({ now: server.world.now(), seq: 0, devices: [] })
    await push(LAPTOP, 'Laptop')
    await push(LAPTOP, 'Laptop')
    expect((await devices()).seq).toBe(2)
  })

  it('one that only reads is named by its stream', async () => {
    await leave(await streaming(PHONE, 'Chrome on Android'))
    expect((await devices()).devices).toMatchObject([{ id: PHONE, name: 'Chrome on Android', named: false }])
    await leave(await streaming(PHONE, 'x'.repeat(101)))
    expect((await devices()).devices).toMatchObject([{ name: 'Chrome on Android' }])
  })

  it('records asked for by name, or a place that is refused, tell of no reading', async () => {
    await push(LAPTOP, 'Laptop')
    await device(ada).pull(1, { device: LAPTOP, ids: NO_NOTE })
    expect((await device(ada).pull(9, { device: LAPTOP })).status).toBe(410)
    expect((await devices()).devices).toMatchObject([{ cursor: 0, cursorAt: null }])
  })

  it('are online while they have a stream, or have asked within a minute', async () => {
    await push(LAPTOP, 'Laptop')
    later(61_000)
    expect((await devices()).devices).toMatchObject([{ id: LAPTOP, online: false }])
    const reader = await streaming(LAPTOP)
    later(61_000)
    expect((await devices()).devices).toMatchObject([{ id: LAPTOP, online: true }])
    await leave(reader)
    await eventually(async () => expect((await devices()).devices).toMatchObject([{ online: false }]))
  })

  it('are not online by a stream alone: one whose network is gone has not ended it', async () => {
    const reader = await streaming(LAPTOP)
    later(149_999)
    expect((await devices()).devices).toMatchObject([{ online: true }])
    later(1)
    expect((await devices()).devices).toMatchObject([{ online: false }])
    await device(ada).pull(0, { device: LAPTOP })
    expect((await devices()).devices).toMatchObject([{ online: true }])
    await leave(reader)
  })

  it('whoever closes the page is gone at once, also where its worker sends what was left', async () => {
    await push(LAPTOP, 'Laptop')
    const [reader, other] = [await streaming(LAPTOP), await streaming(LAPTOP)]
    await leave(reader)
    expect((await devices()).devices).toMatchObject([{ online: true }])
    await leave(other)
    await eventually(async () => expect((await devices()).devices).toMatchObject([{ online: false }]))
    await push(LAPTOP, 'Laptop')
    expect((await devices()).devices).toMatchObject([{ online: false }])
    const back = await streaming(LAPTOP)
    expect((await devices()).devices).toMatchObject([{ online: true }])
    await leave(back)
    later(60_000)
    await device(ada).pull(0, { device: LAPTOP })
    expect((await devices()).devices).toMatchObject([{ online: true }])
  })

  it('are not told of any more after half a year, nor once their session has been ended', async () => {
    await push(LAPTOP, 'Laptop')
    later(RETENTION_MS)
    expect((await devices()).devices).toHaveLength(1)
    later(1)
    expect((await devices()).devices).toEqual([])

    const account = { email: 'eve@example.com', password: 'a long password' }
    const enter = async (how: string) => {
      const { body, headers } = await server.send('POST', `/api/auth/${how}/email`, {
        ...account,
        name: 'Eve',
      })
      const cookie = headers
        .getSetCookie()
        .map((line) => line.split(';', 1)[0])
        .join('; ')
      const send: Client['send'] = (method, path, sent) => server.send(method, path, sent, { cookie })
      return { account: body.user.id, email: account.email, cookie, send }
    }
    const [laptop, phone] = [await enter('sign-up'), await enter('sign-in')]
    const note = await push(LAPTOP, 'Laptop', laptop)
    await device(phone).pull(1, { device: PHONE })
    expect((await devices(laptop)).devices).toHaveLength(2)
    expect(await elsewhere(note, LAPTOP, laptop)).toMatchObject([{ device: PHONE }])
    await phone.send('POST', '/api/auth/sign-out', {})
    expect((await devices(laptop)).devices).toMatchObject([{ id: LAPTOP }])
    expect(await elsewhere(note, LAPTOP, laptop)).toEqual([])
  })

  it('one that has not been here since sessions are kept is told of with its next pull', async () => {
    await push(LAPTOP, 'Laptop')
    await server.db.updateTable('device').set({ session: null }).execute()
    expect((await devices()).devices).toEqual([])
    await device(ada).pull(0, { device: LAPTOP })
    expect((await devices()).devices).toMatchObject([{ id: LAPTOP }])
  })

  it('P10 are the account’s own; another’s cookie is refused', async () => {
    await push(LAPTOP, 'Laptop')
    const bob = await server.signUp('bob')
    expect((await devices(bob)).devices).toEqual([])
    const { status } = await bob.send('GET', `/api/sync/devices?protocol=1&account=${ada.account}`)
    expect(status).toBe(403)
  })
})

describe('the name that a person gives', () => {
  it('counts from then on, whatever the device calls itself; the one that came last counts', async () => {
    await push(LAPTOP, 'Chrome on Linux')
    const { status, body } = await rename(LAPTOP, '  Ada’s laptop ')
    expect([status, body]).toEqual([200, { device: { id: LAPTOP, name: 'Ada’s laptop' } }])
    const note = await push(LAPTOP, 'Chrome on Linux')
    await leave(await streaming(LAPTOP, 'Chrome on Linux'))
    expect((await devices()).devices).toMatchObject([{ name: 'Ada’s laptop', named: true }])
    const { versions } = (await ada.send('GET', `/api/notes/${note}/versions`)).body
    expect(versions).toMatchObject([{ device: 'Ada’s laptop' }])
    await rename(LAPTOP, 'Laptop')
    expect((await devices()).devices).toMatchObject([{ name: 'Laptop', named: true }])
  })

  it('may be given to one that has not said its own, and is not lost when it does', async () => {
    await device(ada).pull(0, { device: PHONE })
    await rename(PHONE, 'Phone')
    await push(PHONE, 'Chrome on Android')
    expect((await devices()).devices).toMatchObject([{ id: PHONE, name: 'Phone', named: true }])
  })

  it('has 1 to 60 characters, and none that cannot be read', async () => {
    await push(LAPTOP, 'Laptop')
    for (const name of [
      '',
      '   ',
      'x'.repeat(61),
      'half \ud800',
      'nul \0',
      'two\nlines',
      7,
      null,
      undefined,
    ]) {
      const { status, body } = await rename(LAPTOP, name)
      expect([name, status, body.error?.code]).toEqual([name, 422, 'invalid'])
      expect(body.error.details).toMatchObject([{ field: 'name' }])
    }
    expect((await rename(LAPTOP, ` ${'x'.repeat(60)} `)).status).toBe(200)
    const path = `/api/sync/devices/${LAPTOP}?protocol=1&account=${ada.account}`
    expect((await ada.send('PATCH', path, '{')).body.error.code).toBe('bad_json')
    expect((await ada.send('PATCH', `${path.replace('=1', '=99')}`, { name: 'x' })).status).toBe(426)
  })

  it('P10 is given to the account’s own devices only', async () => {
    await push(LAPTOP, 'Laptop')
    const bob = await server.signUp('bob')
    expect(await rename(PHONE, 'Phone')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
    expect((await rename(LAPTOP, 'Mine', bob)).status).toBe(404)
    const path = `/api/sync/devices/${LAPTOP}?protocol=1&account=${ada.account}`
    expect((await bob.send('PATCH', path, { name: 'Mine' })).body.error.code).toBe('other_account')
    expect((await server.send('PATCH', path, { name: 'Mine' })).status).toBe(401)
    expect((await devices()).devices).toMatchObject([{ name: 'Laptop', named: false }])
  })
})

describe('the receipts of a record', () => {
  const pull = (id: string, after: number) => device(ada).pull(after, { device: id })

  it('P12 name a device once it says that it has stored the change, not when it was sent there', async () => {
    await pull(PHONE, 0)
    const note = await push(LAPTOP, 'Laptop')
    expect(await elsewhere(note)).toEqual([])
    await pull(PHONE, 0)
    expect(await elsewhere(note), 'it was given the change').toEqual([])
    later(5000)
    const stored = server.world.now()
    await pull(PHONE, 1)
    later(3600_000)
    await pull(PHONE, 1)
    expect(await elsewhere(note)).toEqual([{ device: PHONE, name: '', since: stored }])
  })

  it('name the device that made the change since it did, and none that has an older version', async () => {
    const note = await push(LAPTOP, 'Laptop')
    const made = server.world.now()
    later(5000)
    await pull(LAPTOP, 1)
    const laptop = { device: LAPTOP, name: 'Laptop', since: made }
    expect(await receipts(note)).toEqual({ now: server.world.now(), version: 1, receipts: [laptop] })
    await pull(PHONE, 0)
    await pull(PHONE, 1)
    const edit = { ...mutation({ title: 'y' }), record: note, on: 1, above: 1 }
    await push(PHONE, 'Phone', ada, edit)
    const edited = server.world.now()
    const phone = { device: PHONE, name: 'Phone', since: edited }
    expect(await receipts(note)).toMatchObject({ version: 2, receipts: [phone] })
    later(5000)
    await pull(PHONE, 2)
    await pull(LAPTOP, 2)
    expect(await elsewhere(note)).toEqual([phone])
    expect(await elsewhere(note, PHONE)).toEqual([
      { device: LAPTOP, name: 'Laptop', since: server.world.now() },
    ])
    // Told again, as after an answer that was lost, it is still that device's.
    await push(PHONE, 'Phone', ada, edit)
    expect(await elsewhere(note)).toEqual([phone])
  })

  it('do not name the device that made the change once it is not known any more', async () => {
    const note = await push(LAPTOP, 'Laptop')
    await server.db.deleteFrom('device').where('id', '=', LAPTOP).execute()
    expect((await receipts(note)).receipts).toEqual([])
  })

  it('of a change by a program name all that have it', async () => {
    const { body } = await ada.send('POST', '/api/notes', { title: 'by a script' })
    await pull(PHONE, 0)
    await pull(PHONE, 1)
    await pull(LAPTOP, 0)
    await pull(LAPTOP, 1)
    const { receipts: all } = await receipts(body.note.id)
    expect(all.map((one: { device: string }) => one.device).sort()).toEqual([LAPTOP, PHONE])
  })

  it('keep since when each change has been there, however many came after it', async () => {
    await pull(PHONE, 0)
    const notes: string[] = []
    const times: number[] = []
    for (let seq = 1; seq <= 5; seq++) {
      notes.push(await push(LAPTOP, 'Laptop'))
      later(60_000)
      times.push(server.world.now())
      await pull(PHONE, seq)
    }
    const told = await Promise.all(notes.map((note) => elsewhere(note)))
    expect(told.map(([phone]) => phone.since)).toEqual(times)
  })

  it('say no time that is not known: of a device first heard of later, or of too long ago', async () => {
    const first = await push(LAPTOP, 'Laptop')
    await pull(PHONE, 1)
    expect(await elsewhere(first)).toEqual([{ device: PHONE, name: '', since: null }])
    await push('tablet-library', 'Tablet')
    await pull('tablet-library', 1)
    const both = await elsewhere(first)
    expect(both.map((one: { since: number | null }) => one.since)).toEqual([null, null])
    await pull(PHONE, 2)
    const second = await push(LAPTOP, 'Laptop')
    await pull(PHONE, 3)
    const [phone] = await elsewhere(second)
    expect(phone.since).toBe(server.world.now())
    for (let seq = 4; seq <= 204; seq++) {
      await push(LAPTOP, 'Laptop')
      await pull(PHONE, seq)
    }
    expect(await elsewhere(second)).toMatchObject([{ since: null }])
    const steps = await server.db.selectFrom('device_step').selectAll().execute()
    expect(steps).toHaveLength(200)
  })

  it('are taken back while a device reads afresh, until it has come so far again', async () => {
    await pull(PHONE, 0)
    const note = await push(LAPTOP, 'Laptop')
    await push(LAPTOP, 'Laptop')
    await pull(PHONE, 2)
    later(60_000)
    await pull(PHONE, 0)
    expect(await elsewhere(note)).toEqual([])
    later(60_000)
    await pull(PHONE, 2)
    expect(await elsewhere(note)).toMatchObject([{ since: server.world.now() }])
  })

  it('go with the device that upkeep forgets', async () => {
    await pull(PHONE, 0)
    await push(LAPTOP, 'Laptop')
    await pull(PHONE, 1)
    later(RETENTION_MS + 1)
    await pull(LAPTOP, 0)
    await pull(LAPTOP, 1)
    await server.upkeep()
    const steps = await server.db.selectFrom('device_step').select('device').execute()
    expect(steps).toEqual([{ device: LAPTOP }])
    expect((await devices()).devices).toMatchObject([{ id: LAPTOP }])
  })

  it('P10 are of one’s own records only', async () => {
    const note = await push(LAPTOP, 'Laptop')
    const bob = await server.signUp('bob')
    const ask = (account: string) => `/api/sync/receipts?protocol=1&account=${account}&record=${note}`
    expect((await bob.send('GET', ask(bob.account))).status).toBe(404)
    expect((await bob.send('GET', ask(ada.account))).status).toBe(403)
    expect((await ada.send('GET', ask(ada.account).replace(note, 'x'))).status).toBe(422)
    expect((await ada.send('GET', ask(ada.account).replace(note, NO_NOTE))).status).toBe(404)
  })
})
