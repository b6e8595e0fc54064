import { expect, it } from 'vitest'
import type { Fields } from '../../../src/core/records.ts'
import { device, mutation } from '../../server/device.ts'
import { type Client, newId, type TestServer } from '../../server/fixture.ts'

/** A change by a device's push, of which links are not refused. */
async function edit(ada: Client, record: string, fields: Fields, on = 1): Promise<void> {
  const { outcome } = await device(ada).one(mutation(fields, { kind: 'card', record, on, above: on }))
  expect(outcome).toBe('applied')
}

/** What holds for links. */
export function cardPromises(server: () => TestServer): void {
  it('one link is held once, however it is written', async () => {
    const ada = await server().signUp()
    const held = (await ada.send('POST', '/api/cards', { url: 'https://Example.com/a?b=1' })).body.card
    expect(held.url).toBe('https://Example.com/a?b=1')
    for (const url of [
      'HTTPS://example.com:443/a?utm_source=x&b=1#top',
      'https://example.com/a?b=1&fbclid=2',
    ]) {
      const { status, body } = await ada.send('POST', '/api/cards', { url })
      expect([status, body.error.code, body.card]).toEqual([409, 'duplicate_url', held])
    }
    expect((await ada.send('POST', '/api/cards', { url: 'https://example.com/a?b=1#/route' })).status).toBe(
      201,
    )
  })

  it('a card cannot be changed to a link that another holds, forced or not', async () => {
    const ada = await server().signUp()
    const one = (await ada.send('POST', '/api/cards', { url: 'https://one.example' })).body.card
    const two = (await ada.send('POST', '/api/cards', { url: 'https://two.example' })).body.card
    for (const force of ['', 'true']) {
      const headers = { 'x-force-update': force }
      const answer = await ada.send('PATCH', `/api/cards/${two.id}`, { url: one.url, version: 1 }, headers)
      expect([answer.status, answer.body.error.code, answer.body.card]).toEqual([409, 'duplicate_url', one])
    }
    const own = await ada.send('PATCH', `/api/cards/${two.id}`, { url: 'https://two.example/', version: 1 })
    expect([own.status, own.body.card.url]).toEqual([200, 'https://two.example/'])
  })

  it('a link that two cards hold already is not one to change to, and can be left', async () => {
    const ada = await server().signUp()
    const one = (await ada.send('POST', '/api/cards', { url: 'https://one.example/' })).body.card
    const two = (await ada.send('POST', '/api/cards', { url: 'https://two.example/' })).body.card
    await edit(ada, two.id, { url: one.url })
    for (const force of ['', 'true']) {
      const headers = { 'x-force-update': force }
      const body = { url: 'https://one.example/#top', version: 2 }
      const answer = await ada.send('PATCH', `/api/cards/${two.id}`, body, headers)
      expect([answer.status, answer.body.error.code, answer.body.card]).toEqual([409, 'duplicate_url', one])
    }
    const kept = await ada.send('PATCH', `/api/cards/${two.id}`, { url: one.url, title: 'x', version: 2 })
    expect([kept.status, kept.body.card.version]).toEqual([200, 3])
    const left = await ada.send('PATCH', `/api/cards/${two.id}`, { url: 'https://two.example/', version: 3 })
    expect(left.status).toBe(200)
  })

  it('what GET gave of a card without a link can be sent back, with other changes too', async () => {
    const ada = await server().signUp()
    const id = newId()
    await edit(ada, id, { title: 'no link' }, 0)
    const { card } = (await ada.send('GET', `/api/cards/${id}`)).body
    const back = await ada.send('PATCH', `/api/cards/${id}`, card)
    expect([back.status, back.body.card]).toEqual([200, card])
    const changed = await ada.send('PATCH', `/api/cards/${id}`, { ...card, title: 'changed' })
    expect([changed.status, changed.body.card]).toMatchObject([
      200,
      { url: '', title: 'changed', version: 2 },
    ])
    // It is a conflict, and not the link's fault, once another has changed it.
    await edit(ada, id, { url: 'https://a.example/' }, 2)
    const stale = await ada.send('PATCH', `/api/cards/${id}`, changed.body.card)
    expect([stale.status, stale.body.error.code]).toEqual([409, 'version_conflict'])
    const bad = await ada.send('PATCH', `/api/cards/${id}`, { url: '', version: 3 })
    expect([bad.status, bad.body.error.details[0].field]).toEqual([422, 'url'])
  })

  it('a card in the trash holds no link, and cannot come back to one that is held again', async () => {
    const ada = await server().signUp()
    const url = 'https://example.com/'
    const first = (await ada.send('POST', '/api/cards', { url })).body.card
    await ada.send('DELETE', `/api/cards/${first.id}`)
    const second = (await ada.send('POST', '/api/cards', { url })).body.card
    const { status, body } = await ada.send('POST', `/api/cards/${first.id}/restore`)
    expect([status, body.error.code, body.card]).toEqual([409, 'duplicate_url', second])
    await ada.send('DELETE', `/api/cards/${second.id}`)
    expect((await ada.send('POST', `/api/cards/${first.id}/restore`)).status).toBe(200)
  })

  it('a card needs an address that a browser can open', async () => {
    const ada = await server().signUp()
    const missing = await ada.send('POST', '/api/cards', { title: 'no address' })
    expect([missing.status, missing.body.error.details[0].field]).toEqual([422, 'url'])
    for (const url of [
      '',
      'example.com',
      'javascript:alert(1)',
      'ftp://a.example',
      'http://:80/',
      'http://u@/',
      'http://a b/',
      'https://%zz/',
      'http://[bad/',
      'http://x:99999/',
      'http://x:abc/',
      `https://a.example/${'x'.repeat(8192)}`,
    ]) {
      expect((await ada.send('POST', '/api/cards', { url })).status).toBe(422)
    }
    expect((await ada.send('POST', '/api/cards', { url: 'https://münchen.de/' })).status).toBe(201)
  })

  it('the limits of a card’s lists and texts hold', async () => {
    const ada = await server().signUp()
    const url = 'https://example.com/'
    const bad = {
      tags: [['x'.repeat(101)], Array(101).fill('x'), [''], [1], 'x'],
      collectionIds: [['x'], Array(1001).fill('00000000-0000-7000-8000-000000000000')],
      description: ['é'.repeat(32 * 1024 + 1)],
      pinned: ['yes', 1],
      title: ['x'.repeat(1001)],
    }
    for (const [field, values] of Object.entries(bad)) {
      for (const value of values) {
        const { status, body } = await ada.send('POST', '/api/cards', { url, [field]: value })
        expect([status, body.error.details[0].field.split('.')[0]]).toEqual([422, field])
      }
    }
  })

  it('lists are replaced whole, and may name collections that have not arrived', async () => {
    const ada = await server().signUp()
    const collectionIds = ['00000000-0000-7000-8000-000000000000']
    const { card } = (
      await ada.send('POST', '/api/cards', { url: 'https://a.example', tags: ['b', 'a'], collectionIds })
    ).body
    expect(card).toMatchObject({ tags: ['b', 'a'], collectionIds })
    const patched = await ada.send('PATCH', `/api/cards/${card.id}`, { tags: ['c'], version: 1 })
    expect(patched.body.card).toMatchObject({ tags: ['c'], collectionIds })
  })
}
