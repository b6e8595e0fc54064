/// <reference types="vite/client" />
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Fields } from '../../src/core/records.ts'
import { giveName, nameTaken } from '../../src/store/device-name.ts'
import { readDevice, wipeLibrary, writeDevice } from '../../src/store/library.ts'
import { readOutbox, writeConnection } from '../../src/store/outbox.ts'
import type { DeviceWatch } from '../../src/ui/controllers/device-watch.ts'
import type { PawkitModel } from '../../src/ui/controllers/page-model.ts'
import type { DeviceView, OpenDevices, OpenReceipts } from '../../src/ui/device-model.ts'
import { type TestServer, testServer } from '../server/fixture.ts'
import { type Device, tick, until } from '../support/device.ts'
import { openPage } from '../support/device-page.ts'
import { type Pair, pairOf, pass } from '../support/device-pair.ts'
import { idOf } from '../support/device-records.ts'
import { TabPresence } from '../support/presence.ts'

let server: TestServer
let both: Pair
let here: Device
let there: Device
let presence: TabPresence
/** What the page's requests meet on their way; null: the server. */
let line: ((method: string) => Promise<Response> | null) | null
let asked: string[]
/** The session that the browser has. */
let cookie: string
let onLine = true
let rounds = 0
const opened: { close(): void }[] = []

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.stop())

beforeEach(async () => {
  line = null
  asked = []
  onLine = true
  presence = new TabPresence(new Set(), 'page')
  vi.stubGlobal('navigator', {
    get onLine() {
      return onLine
    },
    locks: { query: async () => ({ held: [] }) },
  })
  vi.stubGlobal('fetch', (path: string, { signal, ...init }: RequestInit) => {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const { method = 'GET' } = init
    asked.push(`${method} ${path.split('?', 1)[0]?.replace(/.*\/sync\//, '')}`)
    const headers = {
      ...Object.fromEntries(new Headers(init.headers)),
      cookie,
      origin: server.origin,
    }
    return line?.(method) ?? server.fetch(path, { ...init, headers }).then(signedIn)
  })
  both = await pairOf(server, `devices-${++rounds}`)
  ;[here, there] = both.devices
  cookie = both.client.cookie
  await called(here, 'Laptop')
  await called(there, 'Phone')
  await sync(there)
  await sync(here)
})
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A browser keeps the cookies that it is given. */
function signedIn(response: Response): Response {
  const given = response.headers.getSetCookie().map((one) => one.split(';', 1)[0])
  if (given.length > 0) cookie = given.join('; ')
  return response
}

const called = ({ db }: Device, name: string): Promise<void> => writeDevice(db, { key: 'name', name })
const nameOf = async ({ db }: Device) => await readDevice(db, 'name')
const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

/** Sends and reads; what was stored is acknowledged with the next read. */
async function sync(device: Device): Promise<void> {
  pass(both, 1000)
  await device.engine.wake('sync-now', 60_000)
}
async function write(device: Device, fields: Fields): Promise<void> {
  pass(both, 60_000)
  await device.write(idOf(1), fields)
  await sync(device)
}
const pageOf = (device: Device): Promise<PawkitModel> => openPage(device, presence)
async function look(model: PawkitModel): Promise<OpenDevices> {
  const open = await model.devices.open()
  opened.push(open)
  return open
}
const heard = (open: OpenDevices): Promise<void> => until(() => open.asOf === null, 'the server’s answer')
/** The devices of a page that has asked. */
async function devices(device = here): Promise<{ model: PawkitModel; open: OpenDevices }> {
  const model = await pageOf(device)
  const open = await look(model)
  await heard(open)
  return { model, open }
}
const other = ({ devices: [first] }: OpenDevices): DeviceView => {
  if (!first || first.own) throw new Error('no other device')
  return first
}
const own = (open: OpenDevices): DeviceView => {
  const last = open.devices.at(-1)
  if (!last?.own) throw new Error('not this device')
  return last
}
const atServer = async (): Promise<string[]> =>
  (await server.db.selectFrom('device').select('name').where('account', '=', both.client.account).execute())
    .map(({ name }) => name)
    .sort()

/** Makes both known to the server by their names: a device says its own when it sends. */
async function bothNamed(): Promise<void> {
  await here.write(idOf(8), { title: 'by the laptop' })
  await there.write(idOf(9), { title: 'by the phone' })
  for (let i = 0; i < 2; i++) for (const device of both.devices) await sync(device)
}

describe('the devices of the account', () => {
  test('P12 those of others with what is known of them, this one last', async () => {
    await bothNamed()
    const { open } = await devices()
    expect(open.devices.map(({ name, own }) => [name, own])).toEqual([
      ['Phone', false],
      ['Laptop', true],
    ])
    expect(other(open)).toMatchObject({ online: true, complete: true })
    expect(open.why).toBe(null)
    pass(both, 61_000)
    expect((await both.client.send('POST', '/api/notes', { title: 'by a script' })).status).toBe(201)
    await sync(here)
    const { open: later } = await devices()
    expect(other(later)).toMatchObject({ online: false, complete: false })
  })

  test('P12 offline it is of when the server was asked last, also after a reload', async () => {
    await bothNamed()
    await devices()
    const at = server.clock.now
    pass(both, 600_000)
    onLine = false
    const open = await look(await pageOf(here))
    expect([open.asOf, open.why]).toEqual([at, 'You are offline.'])
    expect(other(open).name).toBe('Phone')
    const before = asked.length
    await tick()
    expect(asked.length).toBe(before)
  })

  test('P12 where it was never asked, only this one is told of', async () => {
    onLine = false
    const open = await look(await pageOf(here))
    expect([open.devices.length, own(open).name, open.asOf]).toEqual([1, 'Laptop', 0])
  })

  test('P9 nothing is asked while hidden, offline, signed out, while the server does not answer, or without an account', async () => {
    const quiet = async (): Promise<void> => {
      asked = []
      const model = await pageOf(here)
      await look(model)
      await model.refresh()
      await tick()
      expect(asked).toEqual([])
    }
    presence.visible = false
    await quiet()
    presence.visible = true
    onLine = false
    await quiet()
    onLine = true
    await writeConnection(here.db, here.library, { is: 'signed-out', since: 0, why: 'signed-out' })
    await quiet()
    await wipeLibrary(here.db, here.library, null)
    await quiet()
  })

  test('P9 it is asked at most every half minute, and at once when the network is back', async () => {
    const { model } = await devices()
    expect(asked).toEqual(['GET devices'])
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    for (let i = 0; i < 5; i++) {
      pass(both, 5900)
      await model.refresh()
    }
    expect(asked).toHaveLength(1)
    pass(both, 600)
    await model.refresh()
    await until(() => asked.length === 2)
    onLine = false
    await model.refresh()
    onLine = true
    await model.refresh()
    await until(() => asked.length === 3)
  })

  test('P9 a page that is looked at asks again without being told, and no more once it is closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { open } = await devices()
    const idle = () => (open as DeviceWatch).ask()
    await idle()
    const before = asked.length
    vi.advanceTimersByTime(29_999)
    await tick()
    expect(asked).toHaveLength(before)
    vi.advanceTimersByTime(1)
    await until(() => asked.length === before + 1)
    await idle()
    open.close()
    vi.advanceTimersByTime(300_000)
    await tick()
    expect(asked).toHaveLength(before + 2)
  })

  test('P12 an answer that is none is said in words, and what was known stays as of then', async () => {
    const { open, model } = await devices()
    const at = server.clock.now
    const answers: [Response, string][] = [
      [json(401, { error: { code: 'signed_out', message: '' } }), 'You are signed out.'],
      [json(403, { error: { code: 'other_account', message: '' } }), 'somebody else'],
      [json(503, { error: { code: 'unavailable', message: '' } }), 'busy'],
      [new Response('<html>', { status: 200 }), 'does not answer'],
      [json(200, { devices: 7 }), 'does not answer'],
    ]
    for (const [answer, words] of answers) {
      line = async () => answer
      pass(both, 31_000)
      await model.refresh()
      await until(() => open.why?.includes(words) ?? false, words)
      expect(open.asOf).toBe(at)
      expect(open.devices).toHaveLength(2)
    }
    line = null
    pass(both, 31_000)
    await model.refresh()
    await heard(open)
    expect(open.why).toBe(null)
  })

  test('P10 an answer that comes after the library has gone is kept nowhere', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const answer = json(200, { now: 1, seq: 1, devices: [] })
    line = async () => {
      await promise
      return answer
    }
    const open = await look(await pageOf(here))
    await until(() => asked.length > 0)
    await wipeLibrary(here.db, 'another', null)
    resolve()
    await tick()
    await until(
      async () => !(await here.db.run(['meta'], 'readonly', (tx) => tx.objectStore('meta').get('devices'))),
    )
    expect(open.devices).toHaveLength(1)
  })
})

describe('another account in the same tab', () => {
  /** Somebody else signs in on this device; what becomes of the library is to be answered. */
  const bea = async (model: PawkitModel): Promise<void> => {
    const entered = await model.createAccount(`bea-${rounds}@example.com`, 'a long password')
    expect(entered.is).toBe('other-library')
  }

  test('P10 nothing of the old one’s devices is told any more; the new one’s are asked for', async () => {
    await bothNamed()
    const { model, open } = await devices()
    expect(other(open).name).toBe('Phone')
    await bea(model)
    const told = new Set<string>()
    open.addEventListener('change', () => {
      if (model.summary.account?.email === `bea-${rounds}@example.com`)
        for (const { name } of open.devices) told.add(name)
    })
    asked = []
    expect(await model.answerOtherLibrary('move')).toEqual({ is: 'signed-in' })
    await heard(open)
    expect(asked).toContain('GET devices')
    expect(open.devices).toMatchObject([{ own: true, name: 'Laptop' }])
    expect(own(open).id).not.toBe(here.library)
    expect(told).not.toContain('Phone')
  })

  test('P10 an answer for the old one that comes late is told of nobody', async () => {
    await bothNamed()
    const { promise, resolve } = Promise.withResolvers<void>()
    const phone = { id: 'p', name: 'Phone', named: true, seenAt: 1, online: true, cursor: 1, cursorAt: 1 }
    line = (method) =>
      method === 'GET' ? promise.then(() => json(200, { now: 1, seq: 1, devices: [phone] })) : null
    const model = await pageOf(here)
    const open = await look(model)
    await until(() => asked.includes('GET devices'))
    await bea(model)
    await model.answerOtherLibrary('move')
    const told = new Set<string>()
    open.addEventListener('change', () => {
      for (const { name } of open.devices) told.add(name)
    })
    line = null
    resolve()
    await heard(open)
    expect(open.devices).toHaveLength(1)
    expect(told).not.toContain('Phone')
  })

  test('P10 a name that a person gave goes with the library, and is sent to nobody else’s account', async () => {
    vi.stubGlobal('document', { createElement: () => ({ click() {} }) })
    const { model, open } = await devices()
    line = (method) => (method === 'PATCH' ? Promise.reject(new TypeError('Failed to fetch')) : null)
    await open.rename(own(open).id, 'Ada’s phone')
    await heard(open)
    expect([model.devices.name, open.unsent]).toEqual(['Ada’s phone', true])
    await bea(model)
    line = null
    asked = []
    expect(await model.answerOtherLibrary('export-and-remove')).toEqual({ is: 'signed-in' })
    await until(() => model.devices.name !== 'Ada’s phone', 'the name that it began with')
    expect(await nameOf(here)).toEqual({ key: 'name', name: model.devices.name })
    pass(both, 31_000)
    await model.refresh()
    await heard(open)
    await until(() => own(open).name === model.devices.name)
    expect(open.unsent).toBe(false)
    expect(asked.filter((one) => one.startsWith('PATCH'))).toEqual([])
  })
})

describe('renaming', () => {
  test('another device is called so at the server, and learns it; its changes then carry that name', async () => {
    await bothNamed()
    const { open } = await devices()
    expect(await open.rename(other(open).id, ' Tablet ')).toBe(null)
    expect(other(open).name).toBe('Tablet')
    const its = await devices(there)
    expect([own(its.open).name, its.model.devices.name]).toEqual(['Tablet', 'Tablet'])
    expect(await nameOf(there)).toEqual({ key: 'name', name: 'Tablet' })
    expect((await readOutbox(there.db, there.clock.now))?.device).toBe('Tablet')
    expect(await atServer()).toEqual(['Laptop', 'Tablet'])
  })

  test('another device, where the server cannot be asked: said, and nothing is changed', async () => {
    await bothNamed()
    const { open } = await devices()
    const { id } = other(open)
    line = async () => json(404, { error: { code: 'not_found', message: '' } })
    expect(await open.rename(id, 'Tablet')).toContain('does not know it any more')
    line = () => Promise.reject(new TypeError('Failed to fetch'))
    expect(await open.rename(id, 'Tablet')).toContain('does not answer')
    onLine = false
    expect(open.closed).toBe('You are offline.')
    expect(await open.rename(id, 'Tablet')).toBe('You are offline. Renaming another device needs the server.')
    expect(other(open).name).toBe('Phone')
  })

  test('a name is 1 to 60 characters', async () => {
    const { open } = await devices()
    for (const name of ['', '  ', 'x'.repeat(61)])
      for (const { id } of open.devices) expect(await open.rename(id, name)).toContain('1 to 60')
    expect(asked).toEqual(['GET devices'])
  })

  test('P1 this device offline: at once here, and at the server as soon as it can be, with nobody looking', async () => {
    await bothNamed()
    const { open, model } = await devices()
    onLine = false
    expect(await open.rename(own(open).id, 'Desk')).toBe(null)
    expect([own(open).name, open.unsent, model.devices.name]).toEqual(['Desk', true, 'Desk'])
    expect(await nameOf(here)).toEqual({ key: 'name', name: 'Desk', unsent: true })
    open.close()
    const reloaded = await pageOf(here)
    await reloaded.devices.start()
    expect(await atServer()).toEqual(['Laptop', 'Phone'])
    onLine = true
    await reloaded.refresh()
    await until(async () => (await atServer()).includes('Desk'), 'the name at the server')
    await until(async () => (await nameOf(here))?.unsent === undefined, 'the name confirmed')
  })

  test('a name given here and not sent yet is newer than one given elsewhere before', async () => {
    await bothNamed()
    const { open } = await devices()
    const its = await devices(there)
    onLine = false
    await its.open.rename(own(its.open).id, 'Mine')
    onLine = true
    await open.rename(other(open).id, 'Theirs')
    const again = await devices(there)
    await until(() => !again.open.unsent, 'the name sent')
    expect(own(again.open).name).toBe('Mine')
    expect(await atServer()).toEqual(['Laptop', 'Mine'])
  })

  test('a name given here stays while the server cannot take it, whatever it says of this device', async () => {
    await bothNamed()
    const { open } = await devices()
    await open.rename(other(open).id, 'Theirs')
    line = (method) =>
      method === 'PATCH' ? Promise.resolve(json(503, { error: { code: 'stopping', message: '' } })) : null
    const its = await look(await pageOf(there))
    await its.rename(own(its).id, 'Mine')
    await until(() => asked.at(-1) === 'GET devices' && its.asOf === null, 'the server’s answer')
    expect([own(its).name, its.unsent]).toEqual(['Mine', true])
    expect(await nameOf(there)).toEqual({ key: 'name', name: 'Mine', unsent: true })
  })

  test('P9 a name that was given here is not told while hidden, nor any more once another tab has told it', async () => {
    const model = await pageOf(here)
    await giveName(here.db, 'Desk')
    presence.visible = false
    await model.devices.start()
    await model.refresh()
    await tick()
    expect(asked).toEqual([])
    presence.visible = true
    line = async () => json(503, { error: { code: 'stopping', message: '' } })
    await model.refresh()
    await until(() => asked.length === 1, 'the name sent')
    await nameTaken(here.db, 'Desk')
    const run = vi.spyOn(here.db, 'run')
    const reads = () => run.mock.calls.filter(([stores]) => String(stores) === 'device').length
    pass(both, 31_000)
    await model.refresh()
    await until(() => reads() === 1, 'a look at the name')
    for (let i = 0; i < 2; i++) {
      pass(both, 31_000)
      await model.refresh()
      await tick()
    }
    expect([asked.length, reads()]).toEqual([1, 1])
  })

  test('a name that was given and sent while the server was being asked is newer than its answer', async () => {
    await bothNamed()
    const { open } = await devices()
    await open.rename(other(open).id, 'Theirs')
    const { promise, resolve } = Promise.withResolvers<void>()
    const said = await server.fetch(`/api/sync/devices?protocol=1&account=${both.client.account}`, {
      headers: { cookie: both.client.cookie },
    })
    open.close()
    line = async () => {
      await promise
      return said
    }
    asked = []
    const its = await look(await pageOf(there))
    await until(() => asked.includes('GET devices'))
    await giveName(there.db, 'Mine')
    await nameTaken(there.db, 'Mine')
    line = null
    resolve()
    await heard(its)
    expect(await nameOf(there)).toEqual({ key: 'name', name: 'Mine' })
  })

  test('another tab of this browser says the new name too', async () => {
    const { open } = await devices()
    const { open: beside, model } = await devices()
    await open.rename(own(open).id, 'Desk')
    await model.refresh()
    await until(() => own(beside).name === 'Desk', 'the name in the other tab')
    expect(model.devices.name).toBe('Desk')
  })

  test('one that the server does not know yet keeps its name until it does', async () => {
    await server.db.deleteFrom('device').where('id', '=', here.library).execute()
    const { open, model } = await devices()
    await open.rename(own(open).id, 'Desk')
    await until(() => asked.includes(`PATCH devices/${here.library}`))
    await heard(open)
    expect(open.unsent).toBe(true)
    await sync(here)
    await model.refresh()
    pass(both, 31_000)
    await model.refresh()
    await until(() => !open.unsent, 'the name sent')
    expect(await atServer()).toContain('Desk')
  })
})

describe('where else a record is', () => {
  const receiptsOf = async (model: PawkitModel): Promise<OpenReceipts> => {
    const open = await model.devices.receipts(idOf(1))
    opened.push(open)
    return open
  }
  const isAsked = () => until(() => asked.includes('GET receipts'), 'the receipts')

  test('P12 told once the other device has said that it stored it, and only of the version that is shown', async () => {
    await bothNamed()
    await write(here, { title: 'one' })
    await sync(here)
    const model = await pageOf(here)
    const open = await receiptsOf(model)
    await isAsked()
    expect(open.receipts).toEqual([])
    await sync(there)
    await sync(there)
    const stored = server.clock.now
    pass(both, 31_000)
    await model.refresh()
    await until(() => open.receipts.length > 0, 'a receipt')
    expect(open.receipts).toMatchObject([{ name: 'Phone', since: stored }])
    await model.edit(idOf(1), { title: 'one' }, { title: 'two' })
    expect(open.receipts).toEqual([])
  })

  test('of a change that came from the other device: since it was made there; nothing of this one', async () => {
    await bothNamed()
    pass(both, 60_000)
    await there.write(idOf(1), { title: 'from there' })
    pass(both, 1000)
    const made = server.clock.now
    await there.engine.wake('sync-now', 60_000)
    for (let i = 0; i < 2; i++) for (const device of both.devices) await sync(device)
    const open = await receiptsOf(await pageOf(here))
    await until(() => open.receipts.length > 0, 'a receipt')
    expect(open.receipts).toMatchObject([{ name: 'Phone', since: made }])
  })

  test('a change while the server is being asked: it is asked once more, and nothing old is shown', async () => {
    await bothNamed()
    await write(here, { title: 'one' })
    for (let i = 0; i < 2; i++) await sync(there)
    const { promise, resolve } = Promise.withResolvers<void>()
    line = (method) => {
      line = null
      return promise.then(() =>
        json(200, { now: 1, version: 1, receipts: [{ device: 'p', name: method, since: 1 }] }),
      )
    }
    const model = await pageOf(here)
    const open = await receiptsOf(model)
    await isAsked()
    await model.edit(idOf(1), { title: 'one' }, { title: 'two' })
    await sync(here)
    for (let i = 0; i < 2; i++) await sync(there)
    await model.comeBack()
    const shown: string[] = []
    open.addEventListener('change', () => shown.push(...open.receipts.map(({ name }) => name)))
    resolve()
    await until(() => open.receipts.length > 0, 'the receipts of what is shown')
    expect(asked.filter((one) => one === 'GET receipts')).toHaveLength(2)
    expect(new Set(shown)).toEqual(new Set(['Phone']))
  })

  test('P9 nothing is asked of a record that the server has not as it is here', async () => {
    await here.write(idOf(1), { title: 'never sent' })
    await receiptsOf(await pageOf(here))
    await tick()
    expect(asked).toEqual([])
  })
})
