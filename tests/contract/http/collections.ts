import { expect, it } from 'vitest'
import { type Client, newId, type TestServer } from '../../server/fixture.ts'

/** What holds for the tree of collections. */
export function collectionPromises(server: () => TestServer): void {
  const make = async (ada: Client, name: string, parentId: string | null = null) =>
    (await ada.send('POST', '/api/collections', { name, parentId })).body.collection
  const read = async (ada: Client, id: string) =>
    (await ada.send('GET', `/api/collections/${id}`)).body.collection

  it('a circle of parents is refused', async () => {
    const ada = await server().signUp()
    const top = await make(ada, 'top')
    const middle = await make(ada, 'middle', top.id)
    const low = await make(ada, 'low', middle.id)
    for (const parentId of [top.id, low.id]) {
      const { status, body } = await ada.send('PATCH', `/api/collections/${top.id}`, { parentId, version: 1 })
      expect([status, body.error.code, body.error.details[0].field]).toEqual([422, 'invalid', 'parentId'])
    }
    const id = newId()
    expect(
      (await ada.send('POST', '/api/collections', { id, name: 'own parent', parentId: id })).status,
    ).toBe(422)
    expect(
      (await ada.send('PATCH', `/api/collections/${low.id}`, { parentId: top.id, version: 1 })).status,
    ).toBe(200)
  })

  it('P6 a ring that two devices made is served, and REST can open it', async () => {
    const ada = await server().signUp()
    const x = await make(ada, 'x')
    const y = await make(ada, 'y')
    const push = (record: string, parentId: string) =>
      ada.send('POST', '/api/sync/push', {
        protocol: 1,
        account: ada.account,
        now: server().clock.now,
        mark: null,
        mutations: [
          { id: newId(), record, kind: 'collection', on: 1, above: 1, fields: { parentId }, stamps: {} },
        ],
      })
    await push(x.id, y.id)
    await push(y.id, x.id)
    expect((await ada.send('GET', '/api/collections')).body.collections).toHaveLength(2)
    expect((await ada.send('PATCH', `/api/collections/${x.id}`, { name: 'X', version: 2 })).status).toBe(200)
    expect((await ada.send('PATCH', `/api/collections/${x.id}`, { parentId: null, version: 3 })).status).toBe(
      200,
    )
  })

  it('a collection’s deletion deletes nothing in it and moves its children to the top until it is restored', async () => {
    const ada = await server().signUp()
    const parent = await make(ada, 'parent')
    const child = await make(ada, 'child', parent.id)
    const collectionIds = [parent.id]
    const { note } = (await ada.send('POST', '/api/notes', { title: 'in it', collectionIds })).body
    await ada.send('DELETE', `/api/collections/${parent.id}`)
    expect(await read(ada, child.id)).toEqual({ ...child, parentId: null })
    expect((await ada.send('GET', '/api/collections')).body.collections).toEqual([
      { ...child, parentId: null },
    ])
    expect((await ada.send('GET', `/api/notes/${note.id}`)).body.note).toEqual(note)
    // What GET gave, sent back, does not take the child out for good.
    await ada.send('PATCH', `/api/collections/${child.id}`, { ...child, parentId: null })
    await ada.send('POST', `/api/collections/${parent.id}/restore`)
    expect(await read(ada, child.id)).toEqual(child)
  })

  it('a parent that has not arrived is kept', async () => {
    const ada = await server().signUp()
    const parentId = newId()
    const child = await make(ada, 'early', parentId)
    expect(child.parentId).toBe(parentId)
    await ada.send('POST', '/api/collections', { id: parentId, name: 'late' })
    expect(await read(ada, child.id)).toEqual(child)
  })
}
