import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TOLERATED_SKEW } from '../../../src/core/stamp.ts'
import { type Device, device, mutation } from '../device.ts'
import { type Client, NOW, type TestServer, testServer } from '../fixture.ts'

let server: TestServer
let ada: Client
let a: Device
let b: Device
beforeEach(async () => {
  server = await testServer()
  ada = await server.signUp()
  a = device(ada)
  b = device(ada)
})
afterEach(() => server.stop())

describe('push', () => {
  it('P1 what is answered as applied is in the feed, at the answered version and seq', async () => {
    const note = mutation({ title: 'Note', content: 'text' })
    const { status, body } = await a.push([note])
    expect(status).toBe(200)
    const by = [{ account: ada.account, device: '' }]
    const record = { id: note.record, kind: 'note', version: 1, fields: note.fields, stamps: note.stamps, by }
    expect(body.results).toEqual([{ id: note.id, outcome: 'applied', version: 1, seq: 1, at: NOW, record }])
    expect(body.now).toBe(NOW)
    expect(body.mark).toEqual({ seq: 1, tag: expect.any(String) })
    expect((await b.pull()).body).toEqual({
      changes: [{ seq: 1, at: NOW, record }],
      cursor: 1,
      more: false,
      now: NOW,
      mark: body.mark,
    })
  })

  it('P3 a mutation pushed twice has one effect and the same outcome', async () => {
    const note = mutation({ title: 'Note' })
    const [first] = (await a.push([note])).body.results
    expect((await a.push([note, note])).body.results).toEqual([first, first])
    expect((await ada.send('GET', `/api/notes/${note.record}/versions`)).body.versions).toHaveLength(1)
  })

  it('P3 a mutation pushed again gets its first outcome also when another device changed the record since', async () => {
    const note = mutation({ title: 'A', content: '' })
    await a.push([note])
    await b.push([mutation({ title: 'B' }, { record: note.record, on: 1, above: 1 })])
    const again = await a.one(note)
    expect(again).toMatchObject({
      outcome: 'applied',
      version: 1,
      seq: 1,
      record: { version: 2, fields: { title: 'B' } },
    })
    expect(await b.records()).toMatchObject([{ version: 2, fields: { title: 'B' } }])
  })

  it('P3 a late duplicate of an older mutation undoes nothing of a newer one', async () => {
    const first = mutation({ title: 'one' })
    await a.push([first])
    await a.push([mutation({ title: 'two' }, { record: first.record, on: 1, above: 1 })])
    expect(await a.one(first)).toMatchObject({
      outcome: 'applied',
      version: 1,
      record: { version: 2, fields: { title: 'two' } },
    })
  })

  it('P4 a version says that it is a merge where its device did; what else is said there is no reason to refuse it', async () => {
    const note = mutation({ title: 'A', content: '' })
    const desk = device(ada, { name: 'Desk' })
    await desk.push([note])
    const on = (version: number, rest: object) => ({
      ...mutation({ title: `v${version}` }, { record: note.record, on: version, above: version }),
      ...rest,
    })
    await b.push([on(1, { merged: true })])
    await b.push([on(2, { merged: 'perhaps' })])
    expect(await b.one(on(1, { merged: true })), 'refused').toMatchObject({ outcome: 'conflict' })
    const { versions } = (await ada.send('GET', `/api/notes/${note.record}/versions`)).body
    const told = versions.map((one: { version: number; merged?: true; applied?: false }) => [
      one.version,
      one.merged,
      one.applied,
    ])
    expect(told).toEqual([
      [1, undefined, false],
      [3, undefined, undefined],
      [2, true, undefined],
      [1, undefined, undefined],
    ])
    const made = versions.map((one: { device: string; deviceId?: string }) => [one.device, one.deviceId])
    expect(made.slice(2), 'and which device made it').toEqual([
      ['', undefined],
      ['Desk', expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ])
  })

  it('P4 a card refused for its link is kept in the history of the card that has it, once', async () => {
    const card = (title: string) =>
      mutation({ url: 'https://a.example/', title, description: '' }, { kind: 'card' })
    const [first, second] = [card('First'), card('Second')]
    await a.push([first])
    for (let time = 0; time < 2; time++)
      expect(await b.one(second)).toMatchObject({ outcome: 'duplicate', record: { id: first.record } })
    const { body } = await ada.send('GET', `/api/cards/${first.record}/versions`)
    expect(body.versions).toMatchObject([
      { applied: false, version: 1, fields: { title: 'Second' } },
      { version: 1, fields: { title: 'First' } },
    ])
  })

  it('P4 a change on an older version is a conflict with the record as it is now', async () => {
    const note = mutation({ title: 'A', content: 'kept' })
    await a.push([note])
    await b.push([mutation({ title: 'B' }, { record: note.record, on: 1, above: 1 })])
    const late = mutation({ title: 'late' }, { record: note.record, on: 1, above: 1 })
    expect(await a.one(late)).toMatchObject({
      outcome: 'conflict',
      record: { version: 2, fields: { title: 'B', content: 'kept' } },
    })
    expect(await a.one(mutation({ title: 'again' }, { record: note.record }))).toMatchObject({
      outcome: 'conflict',
      record: { version: 2 },
    })
  })

  it('P8 one mutation that fails is answered alone, leaves nothing behind, and can be sent again', async () => {
    const good = mutation({ title: 'good' })
    const poison = mutation({ title: 'poison' })
    const newTag = server.world.newTag
    let calls = 0
    server.world.newTag = () => {
      calls += 1
      // Refused by the database after the seq was raised: that too has to be undone.
      return calls === 2 ? (null as unknown as string) : newTag()
    }
    const after = mutation({ title: 'after' })
    const { results } = (await a.push([good, poison, after])).body
    expect(results.map((result: { outcome: string }) => result.outcome)).toEqual([
      'applied',
      'error',
      'applied',
    ])
    expect((await a.records()).map((record) => [record.fields.title])).toEqual([['good'], ['after']])
    expect(results[2].seq).toBe(2)
    expect(await a.one(poison)).toMatchObject({ outcome: 'applied', seq: 3 })
    expect(server.logs.filter((line) => line.includes('a mutation failed'))).toHaveLength(1)
  })

  it('P8 a mutation that breaks a limit is rejected with the field, and the others go on', async () => {
    const long = mutation({ title: 'x'.repeat(1001) })
    const strange = { ...mutation({ title: 'x' }), kind: 'Not A Kind' }
    const list = { ...mutation({}), fields: ['x'] }
    const high = mutation({ title: 'x' }, { above: Number.MAX_SAFE_INTEGER })
    const good = mutation({ title: 'good' })
    const { status, body } = await a.push([long, strange, list, high, good])
    expect(status).toBe(200)
    for (const [at, field] of ['title', 'kind', 'fields', 'above'].entries()) {
      expect(body.results[at]).toMatchObject({ outcome: 'rejected', code: 'invalid', details: [{ field }] })
    }
    expect(body.results[4].outcome).toBe('applied')
    const kept = mutation({ title: 'card?' }, { kind: 'card', record: good.record, on: 1, above: 1 })
    expect(await a.one(kept)).toMatchObject({ outcome: 'rejected', details: [{ field: 'kind' }] })
  })

  it('P8 a field nested deeper than can be written again is rejected', async () => {
    const head = {
      protocol: 1,
      account: ada.account,
      now: NOW,
      mark: null,
      mutations: [mutation({ odd: 'DEEP' })],
    }
    const body = JSON.stringify(head).replace('"DEEP"', `${'['.repeat(99_999)}${']'.repeat(99_999)}`)
    const answer = await ada.send('POST', '/api/sync/push', body)
    expect(answer.body.results).toMatchObject([{ outcome: 'rejected', details: [{ field: 'fields' }] }])
  })

  it('P8 a mutation of too many or too large fields is rejected', async () => {
    const fields = (count: number, size: number) =>
      mutation(Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, 'x'.repeat(size)])))
    for (const [change, problem] of [
      [fields(201, 1), 'must be at most 200 fields'],
      [fields(70, 63 * 1024), 'must be at most 4 MiB'],
    ] as const) {
      expect(await a.one(change)).toMatchObject({
        outcome: 'rejected',
        code: 'invalid',
        details: [{ field: 'fields', problem }],
      })
    }
    for (const change of [
      fields(200, 1),
      fields(64, 63 * 1024),
      mutation({ content: '\u0001'.repeat(1024 * 1024) }),
    ])
      expect((await a.one(change)).outcome).toBe('applied')
  })

  it('P8 what has no readable id has no result and delays nothing', async () => {
    const good = mutation({ title: 'good' })
    const { body } = await a.push([null, 7, {}, { ...good, id: 'x' }, good])
    expect(body.results).toMatchObject([{ id: good.id, outcome: 'applied' }])
  })

  it('a voided mutation is never applied, and voiding one that was applied tells so', async () => {
    const never = mutation({ title: 'discarded' })
    const applied = mutation({ title: 'applied' })
    await a.push([applied])
    const { results } = (await a.push([], { voids: [never.id, applied.id] })).body
    expect(results).toMatchObject([
      { id: never.id, outcome: 'void' },
      { id: applied.id, outcome: 'applied', version: 1 },
    ])
    expect(await a.one(never)).toEqual({ id: never.id, outcome: 'void' })
    expect(await a.records()).toHaveLength(1)
  })

  it('fields and kinds of a newer version are kept and sent back untouched', async () => {
    const odd = { mood: { 'ünïcode ': [1, null, { deep: true }] }, half: '\ud800', empty: '' }
    const note = mutation({ title: 'x', ...odd })
    const canvas = mutation({ anything: [1, 2] }, { kind: 'canvas' })
    await a.push([note, canvas])
    await a.push([mutation({ title: 'y' }, { record: note.record, on: 1, above: 1 })])
    expect(await b.records()).toMatchObject([
      { kind: 'canvas', fields: canvas.fields },
      { fields: { title: 'y', ...odd } },
    ])
    await ada.send('PATCH', `/api/notes/${note.record}`, { content: 'by REST', version: 2 })
    expect((await b.records()).at(-1)?.fields).toMatchObject({ ...odd, content: 'by REST' })
  })

  it('fields named like what every object has are kept or refused by name, never dropped', async () => {
    const odd = { toString: 'a', hasOwnProperty: ['b'], valueOf: null, constructor: { c: 1 }, prototype: 'd' }
    const note = mutation({ title: 'x', ...odd })
    expect(await a.one(note)).toMatchObject({ outcome: 'applied', record: { stamps: note.stamps } })
    expect(JSON.stringify((await b.records())[0].fields)).toBe(JSON.stringify(note.fields))
    const edit = mutation({ toString: 'b' }, { record: note.record, on: 1, above: 1 })
    await a.push([edit])
    expect(JSON.stringify((await b.records())[0].fields)).toBe(
      JSON.stringify({ ...note.fields, ...edit.fields }),
    )
    for (const part of ['fields', 'stamps']) {
      const bad = JSON.parse(
        JSON.stringify(mutation({ title: 'x' })).replace(`"${part}":{`, '$&"__proto__":1,'),
      )
      const field = part === 'fields' ? '__proto__' : 'stamps.__proto__'
      expect(await a.one(bad)).toMatchObject({ outcome: 'rejected', code: 'invalid', details: [{ field }] })
    }
    const stamps = { constructor: 'now' } as unknown as Record<string, number>
    expect(await a.one(mutation({ constructor: 1 }, { stamps }))).toMatchObject({
      outcome: 'rejected',
      details: [{ field: 'stamps.constructor' }],
    })
  })

  it('a purged record keeps id and version and no content, and can come back whole', async () => {
    const note = mutation({ title: 'secret', content: 'words' })
    await a.push([note])
    await a.push([mutation({ deleted: true, purged: true }, { record: note.record, on: 1, above: 1 })])
    const [left] = await b.records()
    expect(left).toEqual({
      id: note.record,
      kind: 'note',
      version: 2,
      fields: { deleted: true, purged: true },
      stamps: { deleted: NOW, purged: NOW },
      by: [{ account: ada.account, device: '' }],
    })
    expect((await ada.send('GET', `/api/notes/${note.record}/versions`)).text).not.toContain('secret')
    expect((await ada.send('GET', '/api/notes?deleted=true')).body.notes).toEqual([])
    expect((await ada.send('POST', `/api/notes/${note.record}/restore`)).status).toBe(404)
    const whole = mutation(
      { title: 'secret', content: 'words', deleted: false, purged: false },
      { record: note.record, on: 2, above: 2 },
    )
    expect(await b.one(whole)).toMatchObject({
      outcome: 'applied',
      version: 3,
      record: { fields: { title: 'secret' } },
    })
    expect((await ada.send('GET', `/api/notes/${note.record}`)).body.note.content).toBe('words')
  })

  it('stamps of a device whose clock is off are shifted, and none is of the future', async () => {
    const off = TOLERATED_SKEW * 10
    const ahead = device(ada, { now: NOW + off })
    const note = mutation(
      { title: 'x', content: 'y' },
      { stamps: { title: NOW + off - 1000, content: NOW + off + 5000 } },
    )
    expect((await ahead.one(note)).record.stamps).toEqual({ title: NOW - 1000, content: NOW })
  })

  it('a second member of a space works in the same library', async () => {
    const bob = await server.signUp('bob')
    const note = mutation({ title: 'shared' })
    await a.push([note])
    const { id } = await server.db.selectFrom('space').select('id').executeTakeFirstOrThrow()
    await server.db.insertInto('member').values({ account: bob.account, space: id, at: 0 }).execute()
    expect(await device(bob).records()).toMatchObject([{ id: note.record }])
    // An id belongs to the account that sent it: another's is no key to its outcome.
    const edit = { ...mutation({ title: 'by bob' }, { record: note.record, on: 1, above: 1 }), id: note.id }
    expect(await device(bob).one(edit)).toMatchObject({ outcome: 'applied', version: 2 })
  })
})

describe('what a push is refused for as a whole', () => {
  it('a device of another protocol is told which side is old', async () => {
    for (const [protocol, code] of [
      [0, 'client_too_old'],
      [2, 'server_too_old'],
    ] as const) {
      const strange = device(ada, { protocol })
      for (const answer of [
        await strange.push([]),
        await strange.pull(),
        await ada.send('GET', `/api/sync/stream?protocol=${protocol}&account=${ada.account}`),
        await ada.send('POST', '/api/sync/push', { protocol, of: 'another shape' }),
      ]) {
        expect([answer.status, answer.body.error.code]).toEqual([426, code])
      }
    }
  })

  it('P10 a library read under one account and sent under another’s cookie is refused, with nothing applied', async () => {
    const bob = await server.signUp('bob')
    const mixed = device(bob, { account: ada.account })
    const answer = await mixed.push([mutation({ title: 'ada’s' })])
    expect([answer.status, answer.body.error.code]).toEqual([403, 'other_account'])
    expect(await device(bob).records()).toEqual([])
    expect(await a.records()).toEqual([])
  })

  it('a body of the wrong shape is invalid, and more than 500 mutations are too many', async () => {
    const good = { protocol: 1, account: ada.account, now: NOW, mark: null, mutations: [] }
    for (const body of [
      {},
      [],
      null,
      { ...good, now: 'x' },
      { ...good, mark: 7 },
      { ...good, mutations: {} },
      { ...good, voids: ['x'] },
      { ...good, account: '' },
    ]) {
      const { status, body: answer } = await ada.send('POST', '/api/sync/push', JSON.stringify(body))
      expect([status, answer.error.code]).toEqual([422, 'invalid'])
    }
    const many = await a.push(Array(501).fill({}))
    expect([many.status, many.body.error.code]).toEqual([413, 'too_large'])
    expect((await ada.send('POST', '/api/sync/push', '{')).body.error.code).toBe('bad_json')
    expect((await ada.send('POST', '/api/sync/push', '{}', { 'content-type': 'text/plain' })).status).toBe(
      415,
    )
  })

  it('a note of the largest size goes through', async () => {
    const note = mutation({ content: `${'\n'.repeat(1024 * 1024 - 1)}x` })
    expect((await a.one(note)).outcome).toBe('applied')
    expect((await b.records())[0]?.fields.content === note.fields.content).toBe(true)
  })
})
