/// <reference types="vite/client" />
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Fields } from '../../src/core/records.ts'
import { presenceLock } from '../../src/core/session.ts'
import { readHistory } from '../../src/store/history.ts'
import { OtherLibrary, wipeLibrary } from '../../src/store/library.ts'
import { readSyncState } from '../../src/store/read.ts'
import { wantRight } from '../../src/store/session.ts'
import type { PawkitModel } from '../../src/ui/controllers/page-model.ts'
import { RecordHistory } from '../../src/ui/controllers/record-history.ts'
import type { HistoryItem, OpenHistory } from '../../src/ui/history.ts'
import type { Refused } from '../../src/ui/session-model.ts'
import { type Client, type TestServer, testServer } from '../server/fixture.ts'
import { type Device, tick, until } from '../support/device.ts'
import { openPage } from '../support/device-page.ts'
import { calm, type Pair, pairOf, pass } from '../support/device-pair.ts'
import { idOf } from '../support/device-records.ts'
import { aloneHere } from '../support/presence.ts'

let server: TestServer
let both: Pair
let model: PawkitModel
/** What the page's requests meet on their way; null: the server. */
let line: ((path: string, init: RequestInit) => Promise<Response>) | null
let session: Client
let asked: string[]
let onLine = true
let rounds = 0
const opened: OpenHistory[] = []

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.stop())

beforeEach(async () => {
  line = null
  asked = []
  onLine = true
  vi.stubGlobal('navigator', {
    get onLine() {
      return onLine
    },
    locks: { query: async () => ({ held: [] }) },
  })
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    asked.push(path)
    const headers = { cookie: session.cookie }
    return line ? line(path, init) : server.fetch(path, { headers })
  })
  both = await pairOf(server, `history-${++rounds}`)
  session = both.client
})
afterEach(() => {
  for (const history of opened.splice(0)) history.close()
  vi.unstubAllGlobals()
})

/** Opens the page of the first device and in it the history of record 1. */
async function open(): Promise<OpenHistory> {
  model = await openPage(both.devices[0])
  return again()
}
async function again(): Promise<OpenHistory> {
  const history = await model.history.open(idOf(1))
  opened.push(history)
  return history
}
const settled = (history: OpenHistory): Promise<void> =>
  until(() => history.server.is !== 'reading', 'the server’s part')
async function read(): Promise<OpenHistory> {
  const history = await open()
  await settled(history)
  return history
}
const write = async (device: Device, fields: Fields): Promise<void> => {
  pass(both, 60_000)
  await device.write(idOf(1), fields)
}
/** Writes one after another, each of them a version of its own. */
async function versions(...contents: readonly string[]): Promise<void> {
  const [a] = both.devices
  for (const content of contents) {
    await write(a, { title: 'A note', content })
    await a.engine.wake('changed', 0)
  }
  await calm(both)
}
/** Both change it without having heard of each other; the first of the two is at the server first, the other merges. */
async function meet(
  [first, mine]: readonly [Device, Fields],
  [second, theirs]: readonly [Device, Fields],
): Promise<void> {
  await write(second, theirs)
  await write(first, mine)
  await first.engine.wake('changed', 0)
  await calm(both)
}
const contents = ({ items }: OpenHistory) => items.map(({ fields }) => fields.content)
const itemOf = ({ items }: OpenHistory, content: string): HistoryItem => {
  const item = items.find(({ fields }) => fields.content === content)
  if (!item) throw new Error(`no entry has ${content}`)
  return item
}
const why = ({ server: side }: OpenHistory): string => (side.is === 'missing' ? side.why : side.is)
const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

describe('what has been', () => {
  test('P4 every version, newest first, with what differs; the newest is as it is now', async () => {
    await versions('one two', 'one three', 'one three four')
    const history = await read()
    expect(contents(history)).toEqual(['one three four', 'one three', 'one two'])
    expect(history.items.map(({ says, now }) => [says, now])).toEqual([
      [null, true],
      [null, false],
      ['Created', false],
    ])
    expect(history.items[1]?.parts).toMatchObject([
      {
        label: 'Text',
        is: {
          excerpt: {
            shown: [
              { is: 'same', text: 'one ' },
              { is: 'del', text: 'two' },
              { is: 'ins', text: 'three' },
            ],
          },
        },
      },
    ])
  })

  test('P4 a version restored is an edit that the other device gets; Undo is one too', async () => {
    await versions('one', 'two')
    const history = await read()
    const [a, b] = both.devices
    expect(await history.restore(itemOf(history, 'one'))).toMatchObject({ is: 'written' })
    expect(model.notices).toMatchObject([
      { kind: 'status', text: expect.stringContaining('“A note” is as it was') },
    ])
    await calm(both)
    expect((await b.held(idOf(1))).record?.fields.content).toBe('one')
    model.notices[0]?.action?.run()
    await until(async () => (await a.held(idOf(1))).record?.fields.content === 'two', 'the undo')
    await calm(both)
    expect((await b.held(idOf(1))).record?.fields.content).toBe('two')
  })

  test('the version that it is now changes nothing and says so', async () => {
    await versions('one')
    const history = await read()
    expect(await history.restore(itemOf(history, 'one'))).toBe('same')
    expect((await readSyncState(both.devices[0].db)).entries).toEqual([])
  })

  test('P4 what was never sent is in the history before a restore replaces it', async () => {
    await versions('one', 'two')
    await write(both.devices[0], { content: 'an afternoon offline' })
    const history = await read()
    await history.restore(itemOf(history, 'one'))
    await until(() => contents(history).includes('an afternoon offline'), 'the value kept')
    expect(itemOf(history, 'an afternoon offline').says).toBe('You restored another version')
  })

  test('P4 what a restore replaced is there once: by itself, and as the version of the server once that is read', async () => {
    await versions('one', 'two')
    const history = await read()
    await history.restore(itemOf(history, 'one'))
    const { db, library } = both.devices[0]
    expect((await readHistory(db, library, idOf(1))).rows).toMatchObject([{ value: 'two', why: 'replaced' }])
    await calm(both)
    expect(contents(await read())).toEqual(['one', 'two', 'one'])
  })

  test('P12 a restore that is refused replaced nothing, and the history does not say that it did', async () => {
    await versions('one')
    const history = await read()
    const before = history.items.length
    const long = { title: 'x'.repeat(2000) }
    expect(await history.restore({ fields: long, at: 0 })).toMatchObject({ is: 'invalid' })
    expect((await read()).items).toHaveLength(before)
    const { db, library } = both.devices[0]
    expect((await readHistory(db, library, idOf(1))).rows).toEqual([])
  })

  test('P4 two titles at once: the one that lost is there once, says to whom, and the merge can be undone', async () => {
    await versions('text')
    const [a, b] = both.devices
    await meet([b, { title: 'Theirs' }], [a, { title: 'Mine' }])
    const history = await read()
    const lost = history.items.filter(({ is }) => is === 'aside')
    expect(lost).toMatchObject([{ fields: { title: 'Mine' }, who: 'You', where: 'this device', undo: {} }])
    expect(lost[0]?.says).toMatch(/^Lost to a change /)
    expect(lost[0] && (await history.restore(lost[0]))).toMatchObject({ is: 'written' })
    await calm(both)
    expect((await b.held(idOf(1))).record?.fields.title).toBe('Mine')
  })

  test('P4 an automatic merge can be undone', async () => {
    await versions('one\ntwo\nthree')
    const [a, b] = both.devices
    await meet([b, { content: 'one\ntwo\nTHREE' }], [a, { content: 'ONE\ntwo\nthree' }])
    const history = await read()
    const merge = history.items.find(({ undo }) => undo)
    expect(merge).toMatchObject({ says: 'Before an automatic merge', fields: { content: 'ONE\ntwo\nthree' } })
    if (merge) await history.restore(merge)
    await calm(both)
    expect((await b.held(idOf(1))).record?.fields.content).toBe('ONE\ntwo\nthree')
  })

  test('P4 an automatic merge can be undone on the device that did not merge: what it had is put back', async () => {
    await versions('one\ntwo\nthree')
    const [a, b] = both.devices
    await meet([a, { content: 'ONE\ntwo\nthree' }], [b, { content: 'one\ntwo\nTHREE' }])
    const history = await read()
    const [merge, ...more] = history.items.filter(({ undo }) => undo)
    expect(more).toEqual([])
    expect(merge).toMatchObject({
      is: 'version',
      now: true,
      says: 'An automatic merge with the version before',
      undo: { fields: { content: 'ONE\ntwo\nthree' } },
    })
    if (merge?.undo) await history.restore(merge.undo)
    await calm(both)
    expect((await b.held(idOf(1))).record?.fields.content).toBe('ONE\ntwo\nthree')
  })

  test('P4 what this device merged long ago, in versions that are not read, hides no undo of another’s merge', async () => {
    await versions('one\ntwo\nthree')
    const [a, b] = both.devices
    await meet([b, { content: 'one\ntwo\nTHREE' }], [a, { content: 'ONE\ntwo\nthree' }])
    for (let n = 0; n < 40; n++) {
      await write(a, { title: `title ${n}` })
      await a.engine.wake('changed', 0)
    }
    await calm(both)
    await meet([a, { content: 'zero\nONE\ntwo\nTHREE' }], [b, { content: 'ONE\ntwo\nTHREE\nfour' }])
    const history = await read()
    expect(history.more).toBe(true)
    expect(history.items[0]).toMatchObject({ undo: { fields: { content: 'zero\nONE\ntwo\nTHREE' } } })
  })

  test('P12 what is restored before it is sent is no automatic merge', async () => {
    await versions('one', 'two')
    const [a] = both.devices
    await write(a, { content: 'merged here' })
    await a.db.run(['outbox'], 'readwrite', async (tx) => {
      const [entry] = await tx.objectStore('outbox').getAll()
      if (entry) await tx.objectStore('outbox').put({ ...entry, merged: true })
    })
    const history = await read()
    await history.restore(itemOf(history, 'one'))
    const { entries } = await readSyncState(a.db)
    expect(entries.map(({ id, merged }) => [id, merged])).toEqual([[idOf(1), false]])
  })

  test('P4 an automatic merge in which a value lost as well is undone whole, as the notice says', async () => {
    await versions('one\ntwo\nthree')
    const [a, b] = both.devices
    await meet(
      [b, { title: 'Theirs', content: 'one\ntwo\nTHREE', tags: ['theirs'] }],
      [a, { title: 'Mine', content: 'ONE\ntwo\nthree' }],
    )
    const history = await read()
    const [merge, ...more] = history.items.filter(({ is }) => is === 'aside')
    expect([merge?.undo?.fields, more]).toEqual([merge?.fields, []])
    if (merge) await history.restore(merge)
    expect(model.notices).toMatchObject([{ text: expect.stringContaining('“Theirs” is as it was') }])
    await calm(both)
    const { record } = await b.held(idOf(1))
    expect(record?.fields).toMatchObject({ title: 'Mine', content: 'ONE\ntwo\nthree', tags: [] })
  })

  test('of hundreds of versions a page at a time, each once and without a gap', async () => {
    const all = Array.from({ length: 130 }, (_, n) => `text ${n}`)
    await versions(...all)
    const history = await read()
    expect(history.items.length).toBeLessThan(40)
    while (history.more) await history.older()
    expect(contents(history)).toEqual([...all].reverse())
    expect(history.items.at(-1)?.says).toBe('Created')
  })

  test('a change that comes in while it is open is in it, and what was read stays', async () => {
    const all = Array.from({ length: 40 }, (_, n) => `text ${n}`)
    await versions(...all)
    const history = await read()
    await history.older()
    const before = history.items.length
    const [a, b] = both.devices
    await write(b, { content: 'new' })
    await calm(both)
    expect((await a.held(idOf(1))).record?.fields.content).toBe('new')
    await model.comeBack()
    await until(() => history.items.length === before + 1, 'the new version')
    expect(contents(history).slice(0, 2)).toEqual(['new', 'text 39'])
  })

  test('a record in the Trash: the deletion is an entry, and an older version brings it back', async () => {
    await versions('one', 'two')
    await write(both.devices[0], { deleted: true })
    await calm(both)
    const history = await read()
    expect(history.items[0]?.parts).toMatchObject([{ is: { words: 'Moved to the Trash' } }])
    await history.restore(itemOf(history, 'one'))
    await calm(both)
    expect((await both.devices[1].held(idOf(1))).record?.fields).toMatchObject({
      content: 'one',
      deleted: false,
    })
  })
})

test('P7 in a tab that may not write nothing is restored, and nothing kept for it, unless the person takes control', async () => {
  await versions('one', 'two')
  const [a] = both.devices
  await a.write(idOf(1), { content: 'unsent' })
  const held = async () => [presenceLock('another-page'), presenceLock(aloneHere.id)]
  await wantRight(a.db, 'another-page', 'take', held)
  model = await openPage(a, { ...aloneHere, held })
  expect(model.tabs.control).toBe('read-only')
  model.tabs.addEventListener('refused', (event) => (event as CustomEvent<Refused>).detail.drop())
  const history = await again()
  await settled(history)
  const before = await a.history()
  expect(await history.restore(itemOf(history, 'one'))).toEqual({ is: 'fenced' })
  expect(await a.history()).toEqual(before)
  expect((await a.held(idOf(1))).record?.fields.content).toBe('unsent')
})

test('P7 a tab that learns only at the restore that it may not write asks once, and the person leaves it', async () => {
  await versions('one', 'two')
  const [a] = both.devices
  const held = async () => [presenceLock('another-page'), presenceLock(aloneHere.id)]
  model = await openPage(a, { ...aloneHere, held })
  await model.tabs.takeControl()
  const asked: Refused[] = []
  model.tabs.addEventListener('refused', (event) => {
    const { detail } = event as CustomEvent<Refused>
    asked.push(detail)
    detail.drop()
  })
  const history = await again()
  await settled(history)
  await wantRight(a.db, 'another-page', 'take', held)
  expect(model.tabs.control, 'nobody has told it').toBe('active')
  expect(await history.restore(itemOf(history, 'one'))).toEqual({ is: 'fenced' })
  expect(asked).toHaveLength(1)
  expect((await a.held(idOf(1))).record?.fields.content).toBe('two')
})

describe('without the server', () => {
  test('offline nothing is asked; what this device has is there, and the rest comes by itself', async () => {
    await versions('one')
    const [a] = both.devices
    await a.db.run(['history'], 'readwrite', async (tx) => {
      await tx.objectStore('history').add({
        recordId: idOf(1),
        field: 'content',
        value: 'given up',
        stamp: 0,
        side: 'local',
        why: 'discarded',
        at: both.clock.now,
      })
    })
    onLine = false
    const history = await open()
    await until(() => history.server.is === 'missing', 'the reason')
    expect(why(history)).toContain('You are offline')
    expect([asked, contents(history)]).toEqual([[], ['given up']])
    expect(history.items[0]?.comparedWith).toBe('now')
    await history.again()
    expect(asked, 'P9: nor when a person tries').toEqual([])
    onLine = true
    await model.refresh()
    await until(() => history.server.is === 'read', 'the server’s part')
    expect(contents(history)).toEqual(['given up', 'one'])
  })

  test('no account, or a record that was never sent: says so and asks nobody', async () => {
    await both.devices[0].write(idOf(1), { content: 'one' })
    const history = await open()
    await until(() => history.server.is === 'missing', 'the reason')
    expect(why(history)).toContain('The server does not have this yet')
    expect(asked).toEqual([])
    const { library } = await readSyncState(both.devices[0].db)
    await both.devices[0].db.run(['meta'], 'readwrite', async (tx) => {
      if (library) await tx.objectStore('meta').put({ ...library, account: null })
    })
    const alone = await open()
    await until(() => alone.server.is === 'missing', 'the reason')
    expect(why(alone)).toContain('once you sign in')
    expect([alone.server, asked]).toMatchObject([{ again: false }, []])
  })

  test('P10 another account’s session shows nothing, although it has a record of that id', async () => {
    await versions('mine')
    const ben = await server.signUp(`ben-${rounds}`)
    await ben.send('POST', '/api/notes', { id: idOf(1), title: 'Ben’s', content: 'secret' })
    session = ben
    const history = await read()
    expect(why(history)).toContain(`Sign in as ${both.client.email}`)
    expect(history.items).toEqual([])
    session = both.client
    await history.again()
    expect(contents(history)).toEqual(['mine'])
  })

  test.each([
    ['an ended session', async () => json(401, { error: { code: 'signed_out' } }), 'You are signed out'],
    [
      'no network behind the cable',
      async () => Promise.reject(new TypeError('Failed to fetch')),
      'does not answer',
    ],
    ['a portal’s page', async () => new Response('<html>', { status: 200 }), 'does not answer'],
    ['a proxy’s 404', async () => new Response('<html>', { status: 404 }), 'does not answer'],
    ['a server that dies', async () => json(500, { error: { code: 'internal' } }), 'does not answer'],
    ['a server that asks to wait', async () => json(429, { error: { code: 'too_many' } }), 'busy'],
  ])('%s: says so, and trying again reads on', async (_, answer, words) => {
    await versions('one')
    line = (path, init) =>
      path.startsWith('/api/notes/')
        ? answer()
        : server.fetch(path, { headers: { cookie: session.cookie }, ...init, signal: null })
    const history = await read()
    expect(why(history)).toContain(words)
    expect(history.server).toMatchObject({ again: true })
    line = null
    await history.again()
    expect([history.server.is, contents(history)]).toEqual(['read', ['one']])
  })

  test('an older page that does not come leaves what is there, and can be asked for again', async () => {
    await versions(...Array.from({ length: 40 }, (_, n) => `text ${n}`))
    const history = await read()
    const before = contents(history)
    line = async () => Promise.reject(new TypeError('Failed to fetch'))
    await history.older()
    expect([contents(history), history.more, history.noOlder]).toEqual([
      before,
      true,
      'The server does not answer. What this device has is here.',
    ])
    line = null
    await history.older()
    expect([history.items.length, history.noOlder]).toEqual([40, null])
  })

  test('closing ends the request; its answer is shown to nobody', async () => {
    await versions('one')
    const aborted: string[] = []
    line = (path, { signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          aborted.push(path)
          reject(new DOMException('aborted', 'AbortError'))
        })
      })
    const history = await open()
    await until(() => asked.length === 2, 'the requests')
    history.close()
    await until(() => aborted.length === 2, 'their end')
    expect(history.items).toEqual([])
  })

  test('P10 a library that is replaced meanwhile gets nothing of the one before', async () => {
    await versions('one')
    model = await openPage(both.devices[0])
    let arrive = (): void => {}
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    line = async (path) => {
      await arrived
      return server.fetch(path, { headers: { cookie: session.cookie } })
    }
    const { db, library: id } = both.devices[0]
    let library = id
    const world = { db, now: () => both.clock.now, library: () => library, online: () => true }
    const history = new RecordHistory(world, model, idOf(1))
    opened.push(history)
    await history.begin()
    const read = history.again()
    library = idOf(999)
    arrive()
    await read
    await until(() => asked.length >= 2, 'the answer')
    await tick()
    expect([history.items, history.server.is]).toEqual([[], 'reading'])
  })

  test('P10 after a sign-out nothing of the library before is read', async () => {
    await versions('one')
    await read()
    await wipeLibrary(both.devices[0].db, idOf(999), null)
    await expect(again()).rejects.toThrow(OtherLibrary)
  })
})
