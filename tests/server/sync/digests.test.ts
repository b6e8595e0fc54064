import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DigestAnswer as DigestAnswerSchema } from '../../../server/sync/schemas.ts'
import { readDigestAnswer } from '../../../src/core/answer.ts'
import { DIGEST_LIMITS } from '../../../src/core/protocol.ts'
import { digestText, ID_SIGNS, RangeDigest, recordDigest } from '../../../src/core/record-digest.ts'
import type { RecordState } from '../../../src/core/records.ts'
import { idOf, note } from '../../support/device-records.ts'
import { type Device, device, mutation } from '../device.ts'
import { type Answered, type Client, type TestServer, testServer } from '../fixture.ts'

let server: TestServer
let ada: Client
let a: Device
beforeEach(async () => {
  server = await testServer()
  ada = await server.signUp()
  a = device(ada)
})
afterEach(() => server.stop())

const ask = (rest: object = {}): Promise<Answered> =>
  ada.send('POST', '/api/sync/digests', {
    protocol: 1,
    account: ada.account,
    mark: null,
    cursor: 0,
    without: [],
    ranges: [''],
    ...rest,
  })
const code = ({ status, body }: Answered) => [status, body.error?.code]
const push = (many: number, from = 0) =>
  a.push(Array.from({ length: many }, (_, n) => mutation({ title: `${n}` }, { record: idOf(from + n) })))
const partsOf = (records: readonly RecordState[], ending = ''): string[] =>
  [...ID_SIGNS].map((sign) => {
    const part = new RangeDigest()
    for (const record of records) if (record.id.endsWith(sign + ending)) part.add(recordDigest(record))
    return part.text
  })

describe('digests of what the server holds', () => {
  it('of few records are told one by one, as a device computes them from the feed', async () => {
    await push(3)
    const records: RecordState[] = await a.records()
    const { status, body } = await ask({ cursor: 3 })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      seq: 3,
      ranges: {
        '': {
          records: records.map((record) => ({
            id: record.id,
            version: 1,
            digest: digestText(recordDigest(record)),
          })),
        },
      },
    })
    expect(v.is(DigestAnswerSchema, body)).toBe(true)
    expect(readDigestAnswer(body)).toEqual(body)
  })

  it('of many records are told part by part, each part again by its ending', async () => {
    await push(200)
    const records: RecordState[] = await a.records()
    const { body } = await ask({ cursor: 200, ranges: ['', '3', '03'] })
    expect(body.ranges[''].parts).toEqual(partsOf(records))
    expect(body.ranges['3'].records.map(({ id }: RecordState) => id)).toEqual(
      records.filter(({ id }) => id.endsWith('3')).map(({ id }) => id),
    )
    expect(body.ranges['03'].records).toHaveLength(1)
    expect(readDigestAnswer(body)).toEqual(body)
  })

  it('records that are named as left out do not count, nor do tombstones', async () => {
    await push(40)
    await a.push([mutation({ deleted: true, purged: true }, { record: idOf(5), on: 1, above: 1 })])
    const records: RecordState[] = await a.records()
    const left = records.filter(({ id }) => id !== idOf(5) && id !== idOf(7))
    const { body } = await ask({ cursor: 41, without: [idOf(7)] })
    expect(body.ranges[''].parts).toEqual(partsOf(left))
  })

  it('a range without records is an empty list', async () => {
    await push(1)
    expect((await ask({ cursor: 1, ranges: ['-'] })).body.ranges).toEqual({ '-': { records: [] } })
    const nobody = await server.signUp('nobody')
    const { body } = await nobody.send('POST', '/api/sync/digests', {
      ...{ protocol: 1, account: nobody.account, mark: null, cursor: 0, ranges: [''] },
    })
    expect(body).toMatchObject({ seq: 0, ranges: { '': { records: [] } } })
  })

  it('a device that has not read everything is told so, and nothing is computed', async () => {
    await push(2)
    expect((await ask({ cursor: 1 })).body).toMatchObject({ seq: 2, ranges: {} })
  })

  it('what another device writes while they are computed makes the answer void', async () => {
    await push(500)
    await push(500, 500)
    const asked = ask({ cursor: 1000 })
    const written = push(1, 1000)
    const { body } = await asked
    await written
    if (body.seq === 1000) expect(body.ranges[''].parts).toEqual(partsOf((await all()).slice(0, 1000)))
    else expect(body).toMatchObject({ seq: 1001, ranges: {} })
  })

  it('8 39 a mark or cursor that this server does not know is refused as in a pull', async () => {
    await push(3)
    expect(code(await ask({ cursor: 9 }))).toEqual([410, 'diverged'])
    expect(code(await ask({ cursor: 3, mark: { seq: 3, tag: 'another' } }))).toEqual([410, 'diverged'])
    await server.db.updateTable('space').set({ retained: 3 }).execute()
    expect(code(await ask({ cursor: 2 }))).toEqual([410, 'expired'])
  })

  it('P10 another account’s library is refused, and another’s records count for nothing', async () => {
    await push(3)
    const bob = await server.signUp('bob')
    expect(code(await ask({ account: bob.account }))).toEqual([403, 'other_account'])
    const { body } = await bob.send('POST', '/api/sync/digests', {
      ...{ protocol: 1, account: bob.account, mark: null, cursor: 0, ranges: [''] },
    })
    expect(body.ranges).toEqual({ '': { records: [] } })
    const anonymous = await server.send('POST', '/api/sync/digests', {})
    expect(code(anonymous)).toEqual([401, 'signed_out'])
  })

  it.each([
    ['ranges', []],
    ['ranges', ['x']],
    ['ranges', Array.from({ length: DIGEST_LIMITS.ranges + 1 }, () => '')],
    ['without', ['x']],
    ['without', Array.from({ length: DIGEST_LIMITS.without + 1 }, (_, n) => idOf(n))],
    ['cursor', -1],
    ['mark', 'x'],
  ])('a bad %s is refused', async (name, value) => {
    expect(code(await ask({ [name]: value }))).toEqual([422, 'invalid'])
  })

  it('is described in the OpenAPI file, from the schemas that validate it', async () => {
    const { body } = await server.send('GET', '/api/openapi.json')
    const { requestBody } = body.paths['/api/sync/digests'].post
    expect(requestBody.content['application/json'].schema.$ref).toBe('#/components/schemas/DigestRequest')
    const { properties } = body.components.schemas.DigestRequest
    expect(properties.ranges).toMatchObject({ minItems: 1, maxItems: DIGEST_LIMITS.ranges })
    expect(properties.without.maxItems).toBe(DIGEST_LIMITS.without)
  })

  it('a protocol that is not spoken is 426', async () => {
    expect(code(await ask({ protocol: 99 }))).toEqual([426, 'server_too_old'])
  })
})

async function all(): Promise<RecordState[]> {
  const records: RecordState[] = []
  for (let after = 0, more = true; more; ) {
    const { body } = await a.pull(after)
    records.push(...body.changes.map((change: { record: RecordState }) => change.record))
    more = body.more
    after = body.cursor
  }
  return records
}

describe('the feed of named records', () => {
  it('has those and no others, with the time of each change', async () => {
    await push(5)
    const { body } = await a.pull(0, { ids: `${idOf(1)},${idOf(3)},${idOf(77)}` })
    expect(body.changes.map(({ record }: { record: RecordState }) => record.id)).toEqual([idOf(1), idOf(3)])
    expect(body.changes[0].at).toBe(server.clock.now)
    expect(body).toMatchObject({ more: false })
  })

  it('is refused for what is no id, and for too many', async () => {
    expect((await a.pull(0, { ids: 'x' })).status).toBe(422)
    const many = Array.from({ length: DIGEST_LIMITS.ids + 1 }, (_, n) => idOf(n))
    expect((await a.pull(0, { ids: many.join(',') })).status).toBe(422)
  })

  it('an outcome tells the time of its change, also when it is told again', async () => {
    const first = mutation({ title: 'x' })
    const at = server.clock.now
    expect(await a.one(first)).toMatchObject({ outcome: 'applied', at })
    server.clock.now += 60_000
    expect(await a.one(first)).toMatchObject({ outcome: 'applied', at })
    server.clock.now = at
  })
})

describe('what it costs', () => {
  it('100,000 equal records: one request, less than 10 kB both ways', async () => {
    const many = 100_000
    await push(1)
    const space = await server.db.selectFrom('space').selectAll().executeTakeFirstOrThrow()
    const records = Array.from({ length: many }, (_, n) =>
      note(`Some words of note ${n}, as long as notes are. `.repeat(4), { id: idOf(n) }),
    )
    for (let from = 0; from < many; from += 1000) {
      const rows = records.slice(from, from + 1000).map(({ id, kind, version, fields, stamps }, n) => ({
        ...{ space: space.id, id, kind, version, seq: from + n + 1, url_key: null, deleted: 0, purged: 0 },
        ...{ fields: JSON.stringify(fields), stamps: JSON.stringify(stamps), created_at: 0 },
      }))
      if (from === 0) await server.db.deleteFrom('record').execute()
      await server.db.insertInto('record').values(rows).execute()
    }
    await server.db.updateTable('space').set({ seq: many }).execute()

    const begun = performance.now()
    const here = partsOf(records)
    const device = performance.now()
    const { body, text } = await ask({ cursor: many })
    const took = performance.now() - device
    expect(body.ranges[''].parts).toEqual(here)
    const request = JSON.stringify({
      protocol: 1,
      account: ada.account,
      mark: null,
      cursor: many,
      ranges: [''],
    })
    expect(text.length + request.length).toBeLessThan(10_000)
    process.stdout.write(
      `verify 100,000: ${text.length} B down, ${request.length} B up, server ${Math.round(took)} ms, digests here ${Math.round(device - begun)} ms (17 passes)\n`,
    )
    const down = performance.now()
    const ranges = ['9', '99', 'f99']
    const sizes: number[] = []
    for (const ending of ranges) sizes.push((await ask({ cursor: many, ranges: [ending] })).text.length)
    process.stdout.write(
      `verify one that differs: ${sizes.join(' + ')} B, ${Math.round(performance.now() - down)} ms\n`,
    )
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(10_000)
  }, 60_000)
})
