import { afterEach, describe, expect, it } from 'vitest'
import { Random } from '../sim/random.ts'
import { type Answered, type Client, type TestServer, testServer } from './fixture.ts'

let server: TestServer
afterEach(() => server.stop())

/** Few links, so that both scripts often mean the same one at once. */
const LINKS = ['a', 'b', 'c'].map((name) => `https://${name}.example/`)
const MOVES = ['create', 'create', 'point', 'force', 'remove', 'restore', 'restore'] as const

/** A script that saves links, points cards at others, and brings cards back from the Trash. */
class Script {
  readonly statuses = new Map<string, number>()
  /** Card, version and link that the server said it had taken. */
  readonly acknowledged: { readonly id: string; readonly version: number; readonly url: string }[] = []
  readonly #client: Client
  readonly #ids: Set<string>

  /** @param ids of all cards that there are, which both scripts know */
  constructor(client: Client, ids: Set<string>) {
    this.#client = client
    this.#ids = ids
  }

  async #send(...request: Parameters<Client['send']>): Promise<Answered> {
    const answer = await this.#client.send(...request)
    const { status, body } = answer
    const what = `${request[0]} ${status} ${body?.error?.code ?? ''}`.trim()
    this.statuses.set(what, (this.statuses.get(what) ?? 0) + 1)
    // Who is refused is told which card has the link.
    if (status === 409) expect(this.#ids).toContain(body.card.id)
    else if (body?.card) this.#took(body.card)
    return answer
  }

  #took({ id, version, url }: { id: string; version: number; url: string }): void {
    this.#ids.add(id)
    this.acknowledged.push({ id, version, url })
  }

  create = (_: string, url: string) => this.#send('POST', '/api/cards', { url, title: url })
  force = (id: string, url: string) =>
    this.#send('PATCH', `/api/cards/${id}`, { url }, { 'x-force-update': 'true' })
  remove = (id: string, _: string) => this.#send('DELETE', `/api/cards/${id}`)
  restore = (id: string, _: string) => this.#send('POST', `/api/cards/${id}/restore`)
  async point(id: string, url: string): Promise<void> {
    const { status, body } = await this.#client.send('GET', `/api/cards/${id}`)
    if (status === 200) await this.#send('PATCH', `/api/cards/${id}`, { url, version: body.card.version })
  }
}

describe('P6 two scripts that mean the same link at once', { timeout: 180_000 }, () => {
  it('one live card has it, the other script is told which, and no acknowledged link is lost (600 races)', async () => {
    server = await testServer()
    const random = new Random(3)
    const ada = await server.signUp('ada')
    const bob = await server.signUp('bob')
    await server.share(ada, bob)
    const ids = new Set<string>()
    const scripts = [new Script(ada, ids), new Script(bob, ids)]
    await scripts[0]?.create('', LINKS[0] ?? '')
    for (let n = 0; n < 600; n++) {
      const [link, id] = [random.pick(LINKS) ?? '', random.pick([...ids]) ?? '']
      await Promise.all(scripts.map((script) => script[random.pick(MOVES) ?? 'create'](id, link)))
      const { body } = await ada.send('GET', '/api/cards?limit=100')
      const live = body.cards.map(({ url }: { url: string }) => url)
      expect(live.length, `race ${n}`).toBe(new Set(live).size)
    }

    const statuses = scripts.flatMap((script) => [...script.statuses.keys()])
    expect(statuses.filter((status) => / 5\d\d/.test(status))).toEqual([])
    // Each row of the contract was met: creating, pointing at it by force or not, and coming back from the Trash.
    for (const row of ['POST 409 duplicate_url', 'PATCH 409 duplicate_url', 'PATCH 409 version_conflict'])
      expect(statuses).toContain(row)
    for (const id of ids) {
      const { body } = await ada.send('GET', `/api/cards/${id}/versions?limit=100`)
      const urls = new Map<number, string>(
        body.versions.map((one: { version: number; fields: { url: string } }) => [
          one.version,
          one.fields.url,
        ]),
      )
      for (const taken of scripts.flatMap(({ acknowledged }) => acknowledged))
        if (taken.id === id && urls.size < 100) expect(urls.get(taken.version)).toBe(taken.url)
    }
  })
})
