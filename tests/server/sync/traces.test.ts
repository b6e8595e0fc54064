import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Device, device, mutation } from '../device.ts'
import { type Client, newId, type TestServer, testServer } from '../fixture.ts'

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

const URL = 'https://example.com/'
const outcomes = (answer: { body: { results: { outcome: string }[] } }) =>
  answer.body.results.map((result) => result.outcome)

describe('interleavings that lost something', () => {
  it('6 of two pushes at once on one version one is applied and the other is a conflict', async () => {
    const note = mutation({ title: 'start' })
    await a.push([note])
    const edit = (title: string) => mutation({ title }, { record: note.record, on: 1, above: 1 })
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all([a.push([edit('a')]), b.push([edit('b')])])
      expect(answers.flatMap(outcomes).sort()).toEqual(
        round === 0 ? ['applied', 'conflict'] : ['conflict', 'conflict'],
      )
    }
    const creates = [mutation({ url: URL }, { kind: 'card' }), mutation({ url: URL }, { kind: 'card' })]
    const both = await Promise.all([a.push([creates[0]]), b.push([creates[1]])])
    expect(both.flatMap(outcomes).sort()).toEqual(['applied', 'duplicate'])
    const same = mutation({ title: 'sent twice' })
    const twice = await Promise.all([a.push([same]), a.push([same])])
    expect(twice[0].body.results).toEqual(twice[1].body.results)
  })

  it('11 a create whose link a live card holds is a duplicate of it, also when sent again', async () => {
    const first = mutation({ url: URL, title: 'first' }, { kind: 'card' })
    await a.push([first])
    const second = mutation({ url: 'https://EXAMPLE.com/?utm_source=x', title: 'second' }, { kind: 'card' })
    const duplicate = await b.one(second)
    expect(duplicate).toMatchObject({ outcome: 'duplicate', record: { id: first.record, version: 1 } })
    expect(await b.one(second)).toEqual(duplicate)
    expect(await a.records()).toHaveLength(1)
  })

  it('11c a duplicate sent again brings the card it was a duplicate of, though it is deleted by now', async () => {
    const first = mutation({ url: URL }, { kind: 'card' })
    await a.push([first])
    const second = mutation({ url: URL }, { kind: 'card' })
    await b.push([second])
    await a.push([mutation({ deleted: true }, { record: first.record, kind: 'card', on: 1, above: 1 })])
    expect(await b.one(second)).toMatchObject({
      outcome: 'duplicate',
      record: { id: first.record, version: 2, fields: { deleted: true } },
    })
    const anew = { ...second, id: newId() }
    expect(await b.one(anew)).toMatchObject({ outcome: 'applied', record: { id: second.record } })
  })

  it('11d a link replaced in one batch, deletion and create, is there afterwards', async () => {
    const old = mutation({ url: URL }, { kind: 'card' })
    await a.push([old])
    const gone = mutation({ deleted: true }, { record: old.record, kind: 'card', on: 1, above: 1 })
    const fresh = mutation({ url: URL }, { kind: 'card' })
    expect(outcomes(await a.push([gone, fresh]))).toEqual(['applied', 'applied'])
  })

  it('11e two cards may swap their links, and a restore onto a held link is accepted', async () => {
    const one = mutation({ url: 'https://one.example/' }, { kind: 'card' })
    const two = mutation({ url: 'https://two.example/' }, { kind: 'card' })
    await a.push([one, two])
    const swap = [
      mutation({ url: 'https://two.example/' }, { record: one.record, kind: 'card', on: 1, above: 1 }),
      mutation({ url: 'https://one.example/' }, { record: two.record, kind: 'card', on: 1, above: 1 }),
    ]
    expect(outcomes(await a.push(swap))).toEqual(['applied', 'applied'])
  })

  it('12 a change to a record that the server lacks is a conflict with nothing, then the whole record goes on above', async () => {
    const record = newId()
    const change = mutation({ title: 'edit' }, { record, on: 7, above: 7 })
    expect(await a.one(change)).toEqual({ id: change.id, outcome: 'conflict', record: null })
    const whole = mutation({ title: 'edit', content: 'all of it' }, { record, on: 0, above: 7 })
    expect(await a.one(whole)).toMatchObject({
      outcome: 'applied',
      version: 8,
      record: { version: 8, fields: whole.fields },
    })
  })

  it('23 record ids and mutation ids of one account are free in another', async () => {
    const bob = device(await server.signUp('bob'))
    const note = mutation({ title: 'ada’s' })
    await a.push([note])
    const same = { ...note, fields: { title: 'bob’s' } }
    expect(await bob.one(same)).toMatchObject({
      outcome: 'applied',
      version: 1,
      record: { fields: { title: 'bob’s' } },
    })
    expect(await a.records()).toMatchObject([{ fields: { title: 'ada’s' } }])
  })

  it('24 text is stored to the letter', async () => {
    const content = ' foo \r\n\tbar\u00a0\u200b\ufeff e\u0301 \u{1f43e}\n\n '
    const tags = ['b', ' a ', 'b', 'B']
    const note = mutation({ title: ' foo ', content, tags })
    await a.push([note])
    expect((await b.records())[0]?.fields).toEqual({ title: ' foo ', content, tags })
    expect((await ada.send('GET', `/api/notes/${note.record}`)).body.note).toMatchObject({
      title: ' foo ',
      content,
      tags,
    })
  })

  it('25 a mutation that was applied stays applied when it is sent again to a stricter server', async () => {
    const note = mutation({ title: 'fine' })
    await a.push([note])
    // What the schema would refuse today stands for what it will refuse tomorrow.
    const now = { id: note.id, record: note.record, fields: { title: 'x'.repeat(5000) } }
    expect(await a.one(now)).toMatchObject({
      outcome: 'applied',
      version: 1,
      record: { fields: { title: 'fine' } },
    })
  })

  it('36 a rejected change is rejected again under its id, and judged anew under another', async () => {
    const bad = mutation({ title: 'x'.repeat(1001) })
    const rejected = await a.one(bad)
    expect(rejected.outcome).toBe('rejected')
    expect(await a.one({ ...bad, fields: { title: 'mended' } })).toEqual(rejected)
    expect(await a.one({ ...bad, id: newId(), fields: { title: 'mended' } })).toMatchObject({
      outcome: 'applied',
    })
  })

  it('37 what a conflict refuses is kept in the history, once, and is not applied', async () => {
    const note = mutation({ title: 'one', content: 'c' })
    await a.push([note])
    await a.push([mutation({ title: 'two' }, { record: note.record, on: 1, above: 1 })])
    const refused = mutation({ title: 'refused' }, { record: note.record, on: 1, above: 1 })
    await b.push([refused, refused])
    await b.push([refused])
    const { versions } = (await ada.send('GET', `/api/notes/${note.record}/versions`)).body
    expect(versions).toHaveLength(3)
    expect(versions[0]).toMatchObject({
      version: 1,
      by: ada.account,
      fields: { title: 'refused' },
      applied: false,
    })
    expect((await b.records())[0]?.fields.title).toBe('two')
  })
})
