import { expect, it } from 'vitest'
import { NOW, newId, type TestServer } from '../../server/fixture.ts'
import { make, type TestedKind } from './kinds.ts'

/** Making, reading and listing. */
export function recordPromises(server: () => TestServer, tested: TestedKind): void {
  const { kind, plural, sample, shape } = tested
  const path = `/api/${plural}`

  it('a new record is answered whole, at version 1, and can be read and listed', async () => {
    const ada = await server().signUp()
    const made = await ada.send('POST', path, sample(1))
    expect(made.status).toBe(201)
    const record = made.body[kind]
    expect(Object.keys(record)).toEqual(shape)
    expect(record).toMatchObject({ ...sample(1), version: 1 })
    expect(record.createdAt).toBe(new Date(NOW).toISOString())
    expect(record.updatedAt).toBe(new Date(NOW).toISOString())
    expect((await ada.send('GET', `${path}/${record.id}`)).body).toEqual({ [kind]: record })
    expect((await ada.send('GET', path)).body).toEqual({ [plural]: [record], next: null })
  })

  it('a record may bring its own id and the time it was made', async () => {
    const ada = await server().signUp()
    const id = newId()
    const { status, body } = await ada.send('POST', path, {
      ...sample(1),
      id,
      createdAt: '2020-02-03T04:05:06+02:00',
    })
    expect(status).toBe(201)
    expect(body[kind]).toMatchObject({ id, createdAt: '2020-02-03T02:05:06.000Z', version: 1 })
  })

  it('the same POST again is answered with the record as it is now', async () => {
    const ada = await server().signUp()
    const body = { ...sample(1), id: newId() }
    await ada.send('POST', path, body)
    await ada.send('PATCH', `${path}/${body.id}`, { ...sample(2), version: 1 })
    server().clock.now += 5000
    const again = await ada.send('POST', path, body)
    expect(again.status).toBe(200)
    expect(again.body[kind]).toMatchObject({ ...sample(2), version: 2 })
  })

  it('the same POST again may write its time in another zone', async () => {
    const ada = await server().signUp()
    const body = { ...sample(1), id: newId(), createdAt: '2020-02-03T04:05:06+02:00' }
    const { [kind]: record } = (await ada.send('POST', path, body)).body
    for (const createdAt of ['2020-02-03T02:05:06Z', record.createdAt]) {
      const again = await ada.send('POST', path, { ...body, createdAt })
      expect([again.status, again.body[kind]]).toEqual([200, record])
    }
    const other = await ada.send('POST', path, { ...body, createdAt: '2020-02-03T02:05:07Z' })
    expect([other.status, other.body.error.code]).toEqual([409, 'id_taken'])
  })

  it('the history shows when a record was made as GET does', async () => {
    const ada = await server().signUp()
    const { body } = await ada.send('POST', path, { ...sample(1), createdAt: '2020-02-03T04:05:06+02:00' })
    const { versions } = (await ada.send('GET', `${path}/${body[kind].id}/versions`)).body
    expect(versions[0].fields.createdAt).toBe('2020-02-03T02:05:06.000Z')
  })

  it('an id that holds other fields is taken, and the answer says by what', async () => {
    const ada = await server().signUp()
    const held = await make(ada, tested, 1)
    const { status, body } = await ada.send('POST', path, { ...sample(2), id: held.id })
    expect(status).toBe(409)
    expect(body.error.code).toBe('id_taken')
    expect(body[kind]).toEqual(held)
  })

  it('an id in the trash is deleted, not free', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested)
    await ada.send('DELETE', `${path}/${id}`)
    const { status, body } = await ada.send('POST', path, { ...sample(1), id })
    expect([status, body.error.code]).toEqual([409, 'deleted'])
  })

  it('a list is in order of id and shows what exists all the while exactly once', async () => {
    const ada = await server().signUp()
    const ids: string[] = []
    for (let n = 0; n < 7; n++) ids.push((await make(ada, tested, n)).id)
    const first = await ada.send('GET', `${path}?limit=3&cursor=`)
    expect(first.body[plural].map((record: { id: string }) => record.id)).toEqual(ids.slice(0, 3))
    // Between two pages: one shown goes, one to come goes, one changes, one is new at the front.
    await ada.send('DELETE', `${path}/${ids[1]}`)
    await ada.send('DELETE', `${path}/${ids[4]}`)
    await ada.send('PATCH', `${path}/${ids[5]}`, { ...sample(50), version: 1 })
    await ada.send('POST', path, { ...sample(51), id: '00000000-0000-7000-8000-000000000000' })
    const rest = await ada.send('GET', `${path}?limit=3&cursor=${first.body.next}`)
    expect(rest.body[plural].map((record: { id: string }) => record.id)).toEqual([ids[3], ids[5], ids[6]])
    expect(rest.body.next).toBe(null)
  })

  it.each(['0', '501', '-1', '1.5', 'ten'])('a limit of %s is refused', async (limit) => {
    const ada = await server().signUp()
    const { status, body } = await ada.send('GET', `${path}?limit=${limit}`)
    expect([status, body.error.code, body.error.details[0].field]).toEqual([422, 'invalid', 'limit'])
  })

  it('a cursor that was never given out is refused', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested)
    for (const cursor of ['x', '!!', 'bm9wZQ', id]) {
      expect((await ada.send('GET', `${path}?cursor=${cursor}`)).status).toBe(400)
      expect((await ada.send('GET', `${path}/${id}/versions?cursor=${cursor}`)).status).toBe(400)
    }
  })

  it('the trash is a list of its own', async () => {
    const ada = await server().signUp()
    const kept = await make(ada, tested, 1)
    const gone = await make(ada, tested, 2)
    expect((await ada.send('DELETE', `${path}/${gone.id}`)).status).toBe(204)
    const ids = (body: Record<string, { id: string }[]>) => body[plural]?.map((record) => record.id)
    expect(ids((await ada.send('GET', path)).body)).toEqual([kept.id])
    expect(ids((await ada.send('GET', `${path}?deleted=true`)).body)).toEqual([gone.id])
    expect((await ada.send('GET', `${path}?deleted=perhaps`)).status).toBe(422)
  })

  it('an id that nobody has is not found', async () => {
    const ada = await server().signUp()
    for (const id of [newId(), 'nonsense', '%00', 'A'.repeat(3000)]) {
      for (const [method, end] of [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', '/restore'],
        ['GET', '/versions'],
      ] as const) {
        const { status, body } = await ada.send(method, `${path}/${id}${end}`)
        expect([status, body.error.code]).toEqual([404, 'not_found'])
      }
      expect((await ada.send('PATCH', `${path}/${id}`, { version: 1 })).status).toBe(404)
    }
  })

  it('the history is newest first, paged, and there for deleted records', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested, 1)
    server().clock.now += 1000
    await ada.send('PATCH', `${path}/${id}`, { ...sample(2), version: 1 })
    await ada.send('DELETE', `${path}/${id}`)
    const { body } = await ada.send('GET', `${path}/${id}/versions`)
    expect(body.versions.map((entry: { version: number }) => entry.version)).toEqual([3, 2, 1])
    expect(Object.keys(body.versions[1])).toEqual(['version', 'at', 'by', 'byName', 'device', 'fields'])
    expect(body.versions[1]).toMatchObject({
      at: new Date(NOW + 1000).toISOString(),
      by: ada.account,
      byName: ada.email,
      device: '',
      fields: sample(2),
    })
    expect(body.versions[2].fields).toMatchObject(sample(1))
    const page = await ada.send('GET', `${path}/${id}/versions?limit=2`)
    const rest = await ada.send('GET', `${path}/${id}/versions?limit=2&cursor=${page.body.next}`)
    expect([...page.body.versions, ...rest.body.versions]).toEqual(body.versions)
    expect(rest.body.next).toBe(null)
  })
}
