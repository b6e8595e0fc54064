import { expect, it } from 'vitest'
import { LIMITS } from '../../../src/core/limits.ts'
import type { TestServer } from '../../server/fixture.ts'
import { make, type TestedKind } from './kinds.ts'

/** Changing, deleting, restoring, and what is refused. */
export function writePromises(server: () => TestServer, tested: TestedKind): void {
  const { kind, plural, sample, textField, tooLong } = tested
  const path = `/api/${plural}`

  it('a change made on the current version is applied and raises it', async () => {
    const ada = await server().signUp()
    const { id, createdAt } = await make(ada, tested)
    server().clock.now += 60_000
    const { status, body } = await ada.send('PATCH', `${path}/${id}`, { [textField]: 'new', version: 1 })
    expect(status).toBe(200)
    expect(body[kind]).toMatchObject({ [textField]: 'new', version: 2, createdAt })
    expect(Date.parse(body[kind].updatedAt)).toBe(server().clock.now)
  })

  it('P4 a change made on another version is a conflict that brings the current record', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested)
    const current = (await ada.send('PATCH', `${path}/${id}`, { [textField]: 'one', version: 1 })).body[kind]
    const { status, body } = await ada.send('PATCH', `${path}/${id}`, { [textField]: 'two', version: 1 })
    expect([status, body.error.code]).toEqual([409, 'version_conflict'])
    expect(body[kind]).toEqual(current)
    expect((await ada.send('GET', `${path}/${id}`)).body[kind]).toEqual(current)
  })

  it('a change without a version is refused, unless it is forced', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested)
    const refused = await ada.send('PATCH', `${path}/${id}`, { [textField]: 'one' })
    expect([refused.status, refused.body.error.code]).toEqual([428, 'version_required'])
    const falsely = await ada.send(
      'PATCH',
      `${path}/${id}`,
      { [textField]: 'one' },
      { 'x-force-update': 'false' },
    )
    expect(falsely.status).toBe(428)
  })

  it('P4 a forced change compares no version, and what it replaced stays in the history', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested)
    await ada.send('PATCH', `${path}/${id}`, { [textField]: 'replaced', version: 1 })
    const forced = await ada.send(
      'PATCH',
      `${path}/${id}`,
      { [textField]: 'forced', version: 1 },
      { 'x-force-update': 'true' },
    )
    expect(forced.status).toBe(200)
    expect(forced.body[kind]).toMatchObject({ [textField]: 'forced', version: 3 })
    const { body } = await ada.send('GET', `${path}/${id}/versions`)
    expect(body.versions[1].fields[textField]).toBe('replaced')
  })

  it('what GET gave changes nothing when it is sent back', async () => {
    const ada = await server().signUp()
    const record = await make(ada, tested)
    server().clock.now += 1000
    for (const force of ['', 'true']) {
      const headers = { 'x-force-update': force }
      const { status, body } = await ada.send('PATCH', `${path}/${record.id}`, record, headers)
      expect([status, body[kind]]).toEqual([200, record])
    }
  })

  it('a deleted record is not found, sits in the trash, and can be restored', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested)
    expect((await ada.send('DELETE', `${path}/${id}`)).status).toBe(204)
    expect((await ada.send('DELETE', `${path}/${id}`)).status).toBe(204)
    expect((await ada.send('GET', `${path}/${id}`)).status).toBe(404)
    expect((await ada.send('PATCH', `${path}/${id}`, { [textField]: 'x', version: 2 })).status).toBe(404)
    const restored = await ada.send('POST', `${path}/${id}/restore`)
    expect([restored.status, restored.body[kind].version]).toEqual([200, 3])
    expect((await ada.send('GET', `${path}/${id}`)).body).toEqual(restored.body)
    expect((await ada.send('POST', `${path}/${id}/restore`)).body).toEqual(restored.body)
  })

  it('a deletion may name the version it means', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested)
    const wrong = await ada.send('DELETE', `${path}/${id}?version=7`)
    expect([wrong.status, wrong.body.error.code, wrong.body[kind].version]).toEqual([
      409,
      'version_conflict',
      1,
    ])
    expect((await ada.send('DELETE', `${path}/${id}?version=one`)).status).toBe(422)
    expect((await ada.send('DELETE', `${path}/${id}?version=1`)).status).toBe(204)
    expect((await ada.send('DELETE', `${path}/${id}?version=1`)).status).toBe(204)
  })

  it('a field that the kind does not have is refused by name', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested, 1)
    for (const field of ['colour', 'deleted', 'purged', 'formerIds', '__proto__', 'constructor']) {
      const extra = `"${field}": true`
      const post = await ada.send('POST', path, JSON.stringify(sample(2)).replace('{', `{${extra},`))
      const patch = await ada.send('PATCH', `${path}/${id}`, `{"version": 1, ${extra}}`)
      for (const { status, body } of [post, patch]) {
        expect([status, body.error.code, body.error.details]).toEqual([
          422,
          'unknown_field',
          [{ field, problem: 'is not a field of this kind' }],
        ])
      }
    }
  })

  it('wrong types are refused with the field and what is wrong with it', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested, 1)
    for (const value of [null, 7, true, {}, ['x'], 'a\0b', 'half \\ud800']) {
      const json = JSON.stringify({ ...sample(2), [textField]: value }).replaceAll('\\\\u', '\\u')
      const { status, body } = await ada.send('POST', path, json)
      expect([status, body.error.code, body.error.details[0].field]).toEqual([422, 'invalid', textField])
      expect(body.error.details[0].problem).not.toBe('')
      const patch = await ada.send('PATCH', `${path}/${id}`, { version: 1, [textField]: null })
      expect(patch.status).toBe(422)
    }
    for (const body of [[], null, 'text', 7]) {
      expect((await ada.send('POST', path, JSON.stringify(body))).status).toBe(422)
    }
    const bad = {
      id: ['A0000000-0000-7000-8000-000000000000', 'x', 7],
      createdAt: [
        'yesterday',
        7,
        '2026-13-01T00:00:00Z',
        '2020-02-30T00:00:00Z',
        '9999-12-31T23:59:59-01:00',
        '0000-01-01T00:00:00+01:00',
      ],
    }
    for (const [field, values] of Object.entries(bad)) {
      for (const value of values)
        expect((await ada.send('POST', path, { ...sample(2), [field]: value })).status).toBe(422)
    }
    for (const version of ['1', -1, 1.5, null]) {
      expect((await ada.send('PATCH', `${path}/${id}`, { version })).status).toBe(422)
    }
  })

  it('a text over its limit is refused, and one at its limit is kept to the letter', async () => {
    const ada = await server().signUp()
    const over = await ada.send('POST', path, { ...sample(1), [textField]: tooLong })
    expect([over.status, over.body.error.details[0].field]).toEqual([422, textField])
    const longest = ` ${tooLong.slice(1, -1)}`
    const { status, body } = await ada.send('POST', path, { ...sample(1), [textField]: longest })
    expect(status).toBe(201)
    expect(body[kind][textField] === longest).toBe(true)
  })

  it('a body over 8 MiB is too large', async () => {
    const ada = await server().signUp()
    const { status, body } = await ada.send('POST', path, `"${'x'.repeat(LIMITS.requestBytes)}"`)
    expect([status, body.error.code]).toEqual([413, 'too_large'])
  })

  it('a body that is not JSON is refused, as is another content type', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested, 1)
    for (const [method, at] of [
      ['POST', path],
      ['PATCH', `${path}/${id}`],
    ] as const) {
      for (const text of ['{"title": ', 'title=x', '']) {
        const { status, body } = await ada.send(method, at, text)
        expect([status, body.error.code]).toEqual([400, 'bad_json'])
      }
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
        const { status, body } = await ada.send(method, at, JSON.stringify(sample(2)), {
          'content-type': type,
        })
        expect([status, body.error.code]).toEqual([415, 'unsupported_media_type'])
      }
    }
    const kept = await ada.send('POST', path, sample(3), {
      'content-type': 'Application/JSON; charset=utf-8',
    })
    expect(kept.status).toBe(201)
  })

  it('what REST writes reaches the devices', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested)
    await ada.send('DELETE', `${path}/${id}`)
    const { body } = await ada.send('GET', `/api/sync/changes?protocol=1&account=${ada.account}`)
    expect(body.changes).toHaveLength(1)
    expect(body.changes[0]).toMatchObject({
      seq: 2,
      record: { id, kind, version: 2, fields: { ...sample(1), deleted: true } },
    })
  })
}
