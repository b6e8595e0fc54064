import { expect, it } from 'vitest'
import { newId, type TestServer } from '../../server/fixture.ts'
import { KINDS, make } from './kinds.ts'

/** Who may see what. */
export function accountPromises(server: () => TestServer): void {
  it('P10 without a session every route of the library is signed out', async () => {
    const { send } = server()
    const id = newId()
    const routes = KINDS.flatMap(({ plural }) => [
      ['GET', `/api/${plural}`],
      ['POST', `/api/${plural}`],
      ['GET', `/api/${plural}/${id}`],
      ['PATCH', `/api/${plural}/${id}`],
      ['DELETE', `/api/${plural}/${id}`],
      ['POST', `/api/${plural}/${id}/restore`],
      ['GET', `/api/${plural}/${id}/versions`],
    ])
    routes.push(
      ['POST', '/api/sync/push'],
      ['GET', '/api/sync/changes'],
      ['GET', '/api/sync/stream'],
      ['GET', '/api/nothing'],
    )
    for (const [method = '', path = ''] of routes) {
      for (const cookie of ['', 'pawkit.session_token=forged.token', 'pawkit.session_token=%00']) {
        const { status, body } = await send(
          method,
          path,
          method === 'GET' ? undefined : {},
          cookie === '' ? {} : { cookie },
        )
        expect([method, path, status, body.error.code]).toEqual([method, path, 401, 'signed_out'])
      }
    }
  })

  it('P10 two accounts cannot see each other’s records by any route', async () => {
    const ada = await server().signUp('ada')
    const bob = await server().signUp('bob')
    const cards = { url: 'https://example.com/secret' }
    for (const tested of KINDS) {
      const { kind, plural, sample } = tested
      const path = `/api/${plural}`
      const secret = await make(ada, tested)
      const at = `${path}/${secret.id}`
      expect((await bob.send('GET', path)).body).toEqual({ [plural]: [], next: null })
      expect((await bob.send('GET', `${path}?deleted=true`)).body[plural]).toEqual([])
      for (const answer of [
        await bob.send('GET', at),
        await bob.send('PATCH', at, { ...sample(2), version: 1 }),
        await bob.send('PATCH', at, { ...sample(2) }, { 'x-force-update': 'true' }),
        await bob.send('DELETE', at),
        await bob.send('POST', `${at}/restore`),
        await bob.send('GET', `${at}/versions`),
      ]) {
        expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found'])
      }
      // Ids and links belong to a library: another's are neither taken nor shown.
      const own = await bob.send('POST', path, { ...sample(1), id: secret.id })
      expect([own.status, own.body[kind].version]).toEqual([201, 1])
      expect((await ada.send('GET', at)).body[kind]).toEqual(secret)
      await bob.send('DELETE', at)
    }
    expect((await ada.send('POST', '/api/cards', cards)).status).toBe(201)
    expect((await bob.send('POST', '/api/cards', cards)).status).toBe(201)
  })

  it('P10 two accounts cannot see each other’s records by sync', async () => {
    const ada = await server().signUp('ada')
    const bob = await server().signUp('bob')
    const secret = {
      id: newId(),
      record: newId(),
      kind: 'note',
      on: 0,
      above: 0,
      fields: { title: 'secret' },
      stamps: {},
    }
    const push = (who: typeof ada, mutations: unknown[], account = who.account, voids: string[] = []) =>
      who.send('POST', '/api/sync/push', { protocol: 1, account, now: 0, mark: null, mutations, voids })
    await push(ada, [secret])
    const guess = { ...secret, id: newId(), on: 1, fields: { title: 'mine' } }
    const answers = await push(bob, [guess, { ...secret, fields: {} }], bob.account, [newId()])
    expect(answers.body.results.map((result: { outcome: string }) => result.outcome)).toEqual([
      'void',
      'conflict',
      'applied',
    ])
    expect(answers.text).not.toContain('secret')
    const feed = await bob.send('GET', `/api/sync/changes?protocol=1&account=${bob.account}`)
    expect(feed.text).not.toContain('secret')
    for (const answer of [
      await push(bob, [secret], ada.account),
      await bob.send('GET', `/api/sync/changes?protocol=1&account=${ada.account}`),
      await bob.send('GET', `/api/sync/stream?protocol=1&account=${ada.account}`),
    ]) {
      expect([answer.status, answer.body.error.code]).toEqual([403, 'other_account'])
    }
    expect((await ada.send('GET', '/api/notes')).body.notes).toMatchObject([{ title: 'secret', version: 1 }])
  })
}
