import { expect, it } from 'vitest'
import { IDEMPOTENCY_MS } from '../../../server/db/idempotency.ts'
import type { TestServer } from '../../server/fixture.ts'
import { make, type TestedKind } from './kinds.ts'

/** `Idempotency-Key`. */
export function idempotencyPromises(server: () => TestServer, tested: TestedKind): void {
  const { kind, plural, sample, textField } = tested
  const path = `/api/${plural}`
  const key = { 'idempotency-key': 'k1' }

  it('P3 the same key replays the first answer and does nothing twice', async () => {
    const ada = await server().signUp()
    const first = await ada.send('POST', path, sample(1), key)
    const again = await ada.send('POST', path, sample(1), key)
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.body).toEqual(first.body)
    expect((await ada.send('GET', path)).body[plural]).toHaveLength(1)
  })

  it('P3 a change, a deletion and a refusal are replayed as they were', async () => {
    const ada = await server().signUp()
    const { id } = await make(ada, tested)
    const change = [{ [textField]: 'new', version: 1 }, { 'idempotency-key': 'change' }] as const
    const first = await ada.send('PATCH', `${path}/${id}`, ...change)
    const refused = await ada.send(
      'PATCH',
      `${path}/${id}`,
      { [textField]: 'x', version: 1 },
      { 'idempotency-key': 'late' },
    )
    const gone = await ada.send('DELETE', `${path}/${id}`, undefined, { 'idempotency-key': 'gone' })
    expect([first.status, refused.status, gone.status]).toEqual([200, 409, 204])
    expect((await ada.send('PATCH', `${path}/${id}`, ...change)).body).toEqual(first.body)
    const again = await ada.send(
      'PATCH',
      `${path}/${id}`,
      { [textField]: 'x', version: 1 },
      { 'idempotency-key': 'late' },
    )
    expect([again.status, again.body]).toEqual([409, refused.body])
    const goneAgain = await ada.send('DELETE', `${path}/${id}`, undefined, { 'idempotency-key': 'gone' })
    expect([goneAgain.status, goneAgain.text]).toEqual([204, ''])
  })

  it('a key used for another request is refused', async () => {
    const ada = await server().signUp()
    await ada.send('POST', path, sample(1), key)
    for (const answer of [
      await ada.send('POST', path, sample(2), key),
      await ada.send('POST', `${path}/x/restore`, undefined, key),
      await ada.send('POST', path, sample(1), { ...key, 'x-force-update': 'true' }),
    ]) {
      expect([answer.status, answer.body.error.code]).toEqual([422, 'idempotency_key_reused'])
    }
  })

  it('a key belongs to its account and lives for 30 days', async () => {
    const ada = await server().signUp('ada')
    const bob = await server().signUp('bob')
    const first = await ada.send('POST', path, sample(1), key)
    expect((await bob.send('POST', path, sample(2), key)).status).toBe(201)
    server().clock.now += IDEMPOTENCY_MS - 1
    expect((await ada.send('POST', path, sample(1), key)).body).toEqual(first.body)
    server().clock.now += 1
    expect((await ada.send('POST', path, sample(3), key)).body[kind]).toMatchObject(sample(3))
  })

  it('an answer of the server’s own failing is not kept', async () => {
    const ada = await server().signUp()
    server().world.failing = true
    const failed = await ada.send('POST', path, sample(1), key)
    expect([failed.status, failed.body.error.code]).toEqual([500, 'internal'])
    expect(failed.text).not.toContain('randomness')
    server().world.failing = false
    expect((await ada.send('POST', path, sample(1), key)).status).toBe(201)
    expect(server().logs.filter((line) => line.includes('no randomness left'))).toHaveLength(1)
  })
}
