import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTransport } from '../../sw/transport.ts'
import { type TestServer, testServer } from '../server/fixture.ts'
import { calm, expectConverged, type Pair, pairOf, recordsAt } from '../support/device-pair.ts'
import { idOf, T0 } from '../support/device-records.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.stop())
const pair = (name: string): Promise<Pair> => pairOf(server, name)

describe('two devices and the server', () => {
  test('P5: what is made on one is on the other', async () => {
    const both = await pair('made')
    const [a, b] = both.devices
    await a.write(idOf(1), { title: 'Note', content: 'one' })
    await a.write(idOf(2), { url: 'https://a.example/', title: 'Card' }, { kind: 'card' })
    await b.write(idOf(3), { name: 'Collection' }, { kind: 'collection' })
    await calm(both)
    expect(await expectConverged(both, 'made')).toHaveLength(3)
  })

  test('P4: edits of different fields and lines made offline are all there', async () => {
    const both = await pair('apart')
    const [a, b] = both.devices
    await a.write(idOf(1), { title: 'Note', content: 'one\ntwo\nthree', tags: ['x'] })
    await calm(both)
    await a.write(idOf(1), { content: 'ONE\ntwo\nthree', tags: ['x', 'a'] })
    await b.write(idOf(1), { content: 'one\ntwo\nTHREE', tags: ['b'], pinned: true })
    await calm(both)
    const [merged] = await expectConverged(both, 'apart')
    expect(merged?.fields).toMatchObject({ content: 'ONE\ntwo\nTHREE', tags: ['a', 'b'], pinned: true })
  })

  test('P4: deleted on one, edited on the other: it returns with the edit', async () => {
    const both = await pair('returns')
    const [a, b] = both.devices
    await a.write(idOf(1), { content: 'one' })
    await calm(both)
    await a.write(idOf(1), { deleted: true })
    await b.write(idOf(1), { content: 'one, edited' })
    await calm(both)
    const [merged] = await expectConverged(both, 'returns')
    expect(merged?.fields).toMatchObject({ content: 'one, edited', deleted: false })
  })

  test('P3: a push whose answer is lost makes one record and one version', async () => {
    const both = await pair('cut')
    const [a] = both.devices
    await a.write(idOf(1), { content: 'one' })
    both.lines[0].cut = 'after'
    await a.engine.wake('changed', 0)
    expect(await recordsAt(both.client)).toMatchObject([{ version: 1 }])
    await a.write(idOf(1), { content: 'one two' })
    await calm(both)
    expect(await expectConverged(both, 'cut')).toMatchObject([{ version: 2, fields: { content: 'one two' } }])
  })

  test('trace 11: one link saved on both is one card, and a write to the id that went follows it', async () => {
    const both = await pair('duplicate')
    const [a, b] = both.devices
    await a.write(idOf(1), { url: 'https://a.example/', title: 'A', tags: ['a'] }, { kind: 'card' })
    await b.write(idOf(2), { url: 'https://a.example/#x', title: 'B', tags: ['b'] }, { kind: 'card' })
    await a.engine.wake('changed', 0)
    await calm(both)
    const [merged, more] = await expectConverged(both, 'duplicate')
    expect(more).toBe(undefined)
    expect(merged).toMatchObject({ id: idOf(1), fields: { tags: ['a', 'b'], formerIds: [idOf(2)] } })
    const later = await b.write(
      idOf(2),
      { description: 'typed into the editor that is open' },
      { create: false, kind: 'card' },
    )
    expect(later).toMatchObject({ is: 'written', record: { id: idOf(1) } })
    await calm(both)
    expect(await expectConverged(both, 'after')).toMatchObject([
      { fields: { description: 'typed into the editor that is open' } },
    ])
  })

  test('trace 11d: a bookmark that is replaced by another of the same link is not lost', async () => {
    const both = await pair('replace')
    const [a] = both.devices
    await a.write(idOf(1), { url: 'https://a.example/' }, { kind: 'card' })
    await calm(both)
    await a.write(idOf(1), { deleted: true })
    expect(await a.write(idOf(2), { url: 'https://a.example/' }, { kind: 'card' })).toMatchObject({
      is: 'written',
    })
    await calm(both)
    const all = await expectConverged(both, 'replace')
    expect(all.map(({ fields }) => fields.deleted)).toEqual([true, false])
  })

  test('a session that has ended already is no obstacle to signing out', async () => {
    const client = await server.signUp('leaving')
    const transport = createTransport({
      fetch: (path, { signal: _, ...init }) =>
        server.fetch(path, {
          ...init,
          headers: { 'content-type': 'application/json', cookie: client.cookie },
        }),
      now: () => T0,
    })
    const { signal } = new AbortController()
    expect(await transport.signOut(signal)).toEqual({ ok: true, value: null })
    expect(await transport.pull({ account: client.account, after: 0, mark: null, limit: 1 }, signal)).toEqual(
      {
        ok: false,
        problem: { is: 'signed-out' },
      },
    )
    expect(await transport.signOut(signal)).toEqual({ ok: true, value: null })
  })
})
