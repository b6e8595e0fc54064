import { beforeEach, describe, expect, test } from 'vitest'
import { PUSH_LIMITS } from '../../src/core/protocol.ts'
import { type AnswerToApply, applyPage, applyPush, remember, setAside } from '../../src/store/apply.ts'
import { discardChange } from '../../src/store/failed.ts'
import { OtherLibrary, readDevice, wipeLibrary, writeDevice } from '../../src/store/library.ts'
import { moveLibrary } from '../../src/store/move.ts'
import { freezeBatch, readOutbox, writeConnection } from '../../src/store/outbox.ts'
import { takeUpUnread } from '../../src/store/unread.ts'
import { Clock, Device } from '../support/device.ts'
import { card, idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

let device: Device
beforeEach(async () => {
  const clock = new Clock()
  device = await Device.open(new MemoryServer(() => clock.now), { clock })
})
const freezeAll = (ids: readonly string[]) =>
  freezeBatch(device.db, device.library, ids, () => device.newId())
const answer = (rest: Partial<AnswerToApply>): AnswerToApply => ({
  library: device.library,
  flights: [],
  results: [],
  mark: { seq: 9, tag: 'nine' },
  now: T0,
  offset: 70,
  random: () => 0.5,
  ...rest,
})
const page = (changes: readonly unknown[], rest: Partial<Parameters<typeof applyPage>[1]> = {}) =>
  applyPage(device.db, {
    library: device.library,
    changes,
    after: 0,
    cursor: 9,
    more: false,
    mark: null,
    now: T0,
    offset: 0,
    ...rest,
  })
const unread = () => device.db.run(['unread'], 'readonly', (tx) => tx.objectStore('unread').getAll())

describe('a deletion for good of what the server does not have', () => {
  test('P5: it knows nothing of the record: no tombstone of it stays here either', async () => {
    await page([{ seq: 9, record: note('one') }])
    await device.write(idOf(1), { deleted: true, purged: true })
    const flights = await freezeAll([idOf(1)])
    const results = flights.map(({ mutation }) => ({ id: mutation.id, outcome: 'conflict', record: null }))
    const applied = await applyPush(device.db, answer({ flights, results }))
    expect(applied).toMatchObject({ ids: [idOf(1)], returned: [], conflicts: [], refused: [] })
    expect(await device.held(idOf(1))).toEqual({ record: null, base: null, entry: null })
  })
})

describe('freezeBatch', () => {
  test('P3: freezes once: the same mutation is handed out until it is settled', async () => {
    await device.write(idOf(1), { content: 'a' })
    const [first] = await freezeAll([idOf(1)])
    await device.write(idOf(1), { content: 'a b' })
    const [second] = await freezeAll([idOf(1)])
    expect(second).toEqual(first)
    expect((await device.held(idOf(1))).entry?.flight).toEqual(first)
  })

  test('P9: at most 500 mutations', async () => {
    const ids = Array.from({ length: 510 }, (_, i) => idOf(i))
    for (const id of ids) await device.write(id, { title: 'x' })
    expect(await freezeAll(ids)).toHaveLength(PUSH_LIMITS.mutations)
    expect((await device.held(idOf(505))).entry?.flight).toBe(null)
  })

  test('P9: at most 1 MiB, but always one', async () => {
    for (let i = 0; i < 4; i++) await device.write(idOf(i), { content: 'x'.repeat(400_000) })
    await device.write(idOf(9), { content: '\u0001'.repeat(1024 * 1024) })
    expect(await freezeAll([0, 1, 2, 3].map(idOf))).toHaveLength(2)
    expect((await device.held(idOf(2))).entry?.flight).toBe(null)
    expect(await freezeAll([idOf(9), idOf(3)])).toHaveLength(1)
  })

  test('an entry with nothing to send goes, one that waits for a person stays', async () => {
    const base = note('one', { version: 3 })
    await page([{ seq: 9, record: base }])
    await device.write(base.id, { content: 'two' })
    const { record, entry } = await device.held(base.id)
    await device.db.run(['records', 'outbox'], 'readwrite', async (tx) => {
      if (record && entry) await tx.objectStore('records').put({ ...record, fields: base.fields })
    })
    expect(await freezeAll([base.id])).toEqual([])
    // To the stamp what the server has: an edit that was taken back leaves nothing.
    expect(await device.held(base.id)).toEqual({ record: base, base: null, entry: null })
  })

  test('trace 11d: creates of cards go last, so that a URL is free before it is taken', async () => {
    await device.write(idOf(1), { url: 'https://a.example/' }, { kind: 'card' })
    await device.write(idOf(2), { title: 'later' })
    await device.write(idOf(3), { name: 'last' }, { kind: 'collection' })
    expect((await readOutbox(device.db, T0))?.due).toEqual([idOf(2), idOf(3), idOf(1)])
  })

  test('P10: another library freezes nothing', async () => {
    await device.write(idOf(1), { content: 'a' })
    await expect(freezeBatch(device.db, 'another', [idOf(1)], () => idOf(5))).rejects.toBeInstanceOf(
      OtherLibrary,
    )
    expect((await device.held(idOf(1))).entry?.flight).toBe(null)
  })
})

describe('applyPush', () => {
  const applied = (flight: { mutation: { id: string }; sent: object }) => ({
    id: flight.mutation.id,
    outcome: 'applied',
    version: 1,
    seq: 9,
    record: { ...flight.sent, version: 1 },
  })

  test('applied: clean, with the mark, the clock and the connection in one transaction', async () => {
    await device.write(idOf(1), { content: 'a' })
    const flights = await freezeAll([idOf(1)])
    expect(await applyPush(device.db, answer({ flights, results: flights.map(applied) }))).toMatchObject({
      ids: [idOf(1)],
      unknown: 0,
    })
    expect(await device.held(idOf(1))).toMatchObject({ record: { version: 1 }, base: null, entry: null })
    expect(await device.state()).toMatchObject({
      offset: 70,
      library: { mark: { seq: 9 } },
      connection: { is: 'fine' },
    })
  })

  test('P3: an answer counts only for an entry that still carries its mutation', async () => {
    await device.write(idOf(1), { content: 'a' })
    const flights = await freezeAll([idOf(1)])
    await applyPush(device.db, answer({ flights, results: flights.map(applied) }))
    await device.write(idOf(1), { content: 'b' })
    await freezeAll([idOf(1)])
    const before = await device.held(idOf(1))
    await applyPush(
      device.db,
      answer({
        flights,
        results: [{ id: flights[0]?.mutation.id, outcome: 'rejected', code: 'x', message: 'y' }],
      }),
    )
    expect(await device.held(idOf(1))).toEqual(before)
  })

  test.each<[string, unknown[]]>([
    ['missing', []],
    ['unreadable', [{ id: idOf(0x100001), outcome: 'later-outcome' }, null, 5, 'x']],
    ['of another mutation', [{ id: idOf(77), outcome: 'void' }]],
  ])(
    'trace 43: a result that is %s is an unknown outcome: the mutation stays unsettled',
    async (_, results) => {
      await device.write(idOf(1), { content: 'a' })
      const flights = await freezeAll([idOf(1)])
      expect((await applyPush(device.db, answer({ flights, results }))).unknown).toBe(1)
      expect((await device.held(idOf(1))).entry?.flight).toEqual(flights[0])
    },
  )

  test('P10, trace 4a: an answer for another library writes nothing', async () => {
    await device.write(idOf(1), { content: 'a' })
    const flights = await freezeAll([idOf(1)])
    await wipeLibrary(device.db, 'another', null)
    await expect(
      applyPush(device.db, answer({ flights, results: flights.map(applied) })),
    ).rejects.toBeInstanceOf(OtherLibrary)
    expect(await device.state()).toMatchObject({
      records: 0,
      offset: 0,
      library: { id: 'another', mark: null },
    })
  })

  test('P4: what loses a conflict is in history, in the same transaction', async () => {
    const base = note('one', { version: 3 })
    await page([{ seq: 9, record: base }])
    await device.write(base.id, { title: 'mine' })
    const flights = await freezeAll([base.id])
    const theirs = { ...base, version: 4, fields: { ...base.fields, title: 'theirs' } }
    await applyPush(
      device.db,
      answer({ flights, results: [{ id: flights[0]?.mutation.id, outcome: 'conflict', record: theirs }] }),
    )
    expect(await device.history()).toMatchObject([
      { recordId: base.id, field: 'title', value: 'mine', side: 'local' },
    ])
  })

  test('trace 11: a duplicate goes into the existing card', async () => {
    await device.write(idOf(2), { url: 'https://a.example/', title: 'Mine' }, { kind: 'card' })
    const flights = await freezeAll([idOf(2)])
    const existing = card('https://a.example/', { title: 'Theirs' }, { version: 3 })
    await applyPush(
      device.db,
      answer({ flights, results: [{ id: flights[0]?.mutation.id, outcome: 'duplicate', record: existing }] }),
    )
    expect(await device.held(idOf(2))).toEqual({ record: null, base: null, entry: null })
    expect((await device.held(idOf(1))).record?.fields.formerIds).toEqual([idOf(2)])
  })

  test('trace 11a: a card that was given another link meanwhile stays a card of its own', async () => {
    await device.write(idOf(1), { url: 'https://a.example/' }, { kind: 'card' })
    const flights = await freezeAll([idOf(1)])
    await device.write(idOf(1), { url: 'https://b.example/' })
    const existing = card('https://a.example/', {}, { id: idOf(8) })
    const results = flights.map(({ mutation }) => ({
      id: mutation.id,
      outcome: 'duplicate',
      record: existing,
    }))
    const applied = await applyPush(device.db, answer({ flights, results }))
    expect(applied.events).toContainEqual({ what: 'duplicate', record: idOf(1), into: idOf(8), how: 'again' })
    expect((await device.held(idOf(1))).record?.fields.url).toBe('https://b.example/')
  })

  test('trace 10: a card given up while its create was on its way, and a duplicate: it goes to the Trash, nothing is merged', async () => {
    const theirs = card('https://a.example/', { title: 'Theirs' }, { id: idOf(50) })
    await page([{ seq: 9, record: theirs }])
    await device.write(idOf(1), { url: 'https://b.example/', title: 'Mine' }, { kind: 'card' })
    const flights = await freezeAll([idOf(1)])
    await discardChange(device.db, device.writing, idOf(1), T0)
    const results = flights.map(({ mutation }) => ({ id: mutation.id, outcome: 'duplicate', record: theirs }))
    await applyPush(device.db, answer({ flights, results }))
    expect(await device.held(idOf(1))).toMatchObject({
      record: { fields: { title: 'Mine', deleted: true } },
      entry: null,
    })
    expect((await device.held(idOf(50))).record?.fields).toMatchObject({ title: 'Theirs', formerIds: [] })
  })

  test('the mark never goes back', async () => {
    await applyPush(device.db, answer({ mark: { seq: 9, tag: 'nine' } }))
    await applyPush(device.db, answer({ mark: { seq: 4, tag: 'four' } }))
    await applyPush(device.db, answer({ mark: null }))
    expect((await device.state()).library?.mark).toEqual({ seq: 9, tag: 'nine' })
  })

  test('set aside: refused alone waits for a person, choked is tried again', async () => {
    await device.write(idOf(1), { content: 'a' })
    const [flight] = await freezeAll([idOf(1)])
    if (!flight) throw new Error('no flight')
    await setAside(device.db, device.library, flight, { code: 'x', message: 'y', refused: false }, T0, 0.5)
    expect((await device.held(idOf(1))).entry).toMatchObject({ flight, state: { is: 'choked' } })
    expect((await readOutbox(device.db, T0 + 1e6))?.alone).toEqual(new Set([idOf(1)]))
    await setAside(device.db, device.library, flight, { code: 'x', message: 'y', refused: true }, T0, 0.5)
    // Refused whole is no outcome of the mutation: it stays frozen.
    const refused = { flight, state: { is: 'refused', code: 'x', attempts: 2 } }
    expect((await device.held(idOf(1))).entry).toMatchObject(refused)
    const other = { ...flight, mutation: { ...flight.mutation, id: idOf(77) } }
    const reason = { code: 'z', message: 'z', refused: true }
    expect(await setAside(device.db, device.library, other, reason, T0, 0.5)).toBe(false)
    expect((await device.held(idOf(1))).entry).toMatchObject(refused)
  })
})

describe('applyPage', () => {
  test('changes and cursor are written together', async () => {
    await page([{ seq: 9, record: note('x') }], { mark: { seq: 9, tag: 'nine' } })
    expect(await device.state()).toMatchObject({ records: 1, library: { cursor: 9, mark: { seq: 9 } } })
  })

  test('trace 9: a page that was asked for another place is dropped', async () => {
    await page([], { cursor: 5 })
    await page([{ seq: 9, record: note('x') }], { after: 0 })
    expect(await device.state()).toMatchObject({ records: 0, library: { cursor: 5 } })
  })

  test('P8, trace 18: a change that this version cannot read is kept as it came and delays nothing', async () => {
    const odd = { seq: 7, record: { id: idOf(7), kind: 'note', version: 'seven' } }
    await page([odd, null, 5, { seq: 'x' }, { seq: 9, record: note('fine') }])
    expect((await device.held(idOf(1))).record?.fields.content).toBe('fine')
    expect(await unread()).toEqual([{ seq: 7, change: odd }])
    expect((await device.state()).library?.cursor).toBe(9)
  })

  test('P5, trace 18: what was not understood is read again by a version that can; what it knows by then stays', async () => {
    const readable = { seq: 7, record: note('kept as it came') }
    await page([{ ...readable, record: { ...readable.record, version: 'seven' } }], { cursor: 7 })
    await page([{ seq: 9, record: { ...note('fine'), id: idOf(2) } }], { after: 7, cursor: 9 })
    expect(await takeUpUnread(device.db, device.library), 'by the same version: nothing').toBe(false)
    // As it came to one that does not know its like: to this one it is a record.
    await device.db.run(['unread'], 'readwrite', (tx) =>
      tx.objectStore('unread').put({ seq: 7, change: readable }),
    )
    expect(await takeUpUnread(device.db, device.library)).toBe(true)
    expect(await unread()).toEqual([])
    expect((await device.state()).library?.cursor).toBe(6)
    await page([readable, { seq: 9, record: { ...note('fine'), id: idOf(2) } }], { after: 6, cursor: 9 })
    expect((await device.held(idOf(1))).record?.fields.content).toBe('kept as it came')
    expect((await device.held(idOf(2))).record?.fields.content).toBe('fine')
    expect(await takeUpUnread(device.db, device.library)).toBe(false)
    await expect(takeUpUnread(device.db, 'another')).rejects.toBeInstanceOf(OtherLibrary)
  })

  test('trace 18: a kind of a later version is a record like others', async () => {
    await page([{ seq: 9, record: { ...note('x'), kind: 'reminder', fields: { at: 5 } } }])
    expect((await device.held(idOf(1))).record).toMatchObject({ kind: 'reminder', fields: { at: 5 } })
  })

  test('trace 11h: a second live card of one URL is pulled like any other', async () => {
    await device.write(idOf(5), { url: 'https://a.example/' }, { kind: 'card' })
    await page([{ seq: 9, record: card('https://a.example/') }])
    expect((await device.state()).records).toBe(2)
  })

  test('P10: a page for another library is refused', async () => {
    await expect(page([{ seq: 9, record: note('x') }], { library: 'another' })).rejects.toBeInstanceOf(
      OtherLibrary,
    )
    expect(await device.state()).toMatchObject({ records: 0, library: { cursor: 0 } })
  })
})

describe('wiping and moving', () => {
  test('P10: a wipe leaves nothing of the library, and a new id; device rows stay', async () => {
    await writeDevice(device.db, { key: 'sync-tag', tag: 2 })
    await device.write(idOf(1), { content: 'a' })
    await page([{ seq: 7, record: 'unreadable' }])
    await wipeLibrary(device.db, 'another', T0)
    expect(await device.state()).toMatchObject({
      records: 0,
      entries: [],
      signOutPending: true,
      library: { id: 'another', account: null, cursor: 0, mark: null },
    })
    expect(await unread()).toEqual([])
    expect(await readDevice(device.db, 'sync-tag')).toEqual({ key: 'sync-tag', tag: 2 })
    expect(await readDevice(device.db, 'sign-out')).toEqual({ key: 'sign-out', since: T0 })
  })

  test('trace 45: moving sets every record up anew in the other account, nothing of the old sync left', async () => {
    await page([
      { seq: 1, record: note('clean', { id: idOf(1), version: 7 }) },
      { seq: 2, record: note('bin', { id: idOf(2), fields: { content: 'bin', deleted: true } }) },
      { seq: 3, record: note('', { id: idOf(3), fields: { deleted: true, purged: true } }) },
    ])
    await device.write(idOf(4), { title: 'mine' })
    await freezeAll([idOf(4)])
    await moveLibrary(device.db, device.library, 'moved', { id: 'bob', email: 'b@example.com' }, T0)
    const { library, entries, records } = await device.state()
    expect(library).toMatchObject({ id: 'moved', account: { id: 'bob' }, cursor: 0, mark: null })
    expect(entries.map(({ id, flight }) => [id, flight])).toEqual([
      [idOf(1), null],
      [idOf(4), null],
    ])
    expect(records).toBe(3)
    expect(await device.held(idOf(1))).toMatchObject({
      record: { version: 0, fields: { content: 'clean' } },
      base: null,
    })
    expect((await device.held(idOf(2))).record?.fields.deleted).toBe(true)
  })

  test('P10: small writes compare the library too', async () => {
    await expect(writeConnection(device.db, 'another', { is: 'fine' })).rejects.toBeInstanceOf(OtherLibrary)
    await expect(remember(device.db, 'another', { lastSynced: T0 })).rejects.toBeInstanceOf(OtherLibrary)
    await expect(moveLibrary(device.db, 'another', 'x', { id: 'bob', email: '' }, T0)).rejects.toBeInstanceOf(
      OtherLibrary,
    )
  })
})
