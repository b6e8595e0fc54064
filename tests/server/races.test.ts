import { afterEach, describe, expect, it } from 'vitest'
import { Random } from '../sim/random.ts'
import { type Answered, type Client, type TestServer, testServer } from './fixture.ts'

let server: TestServer
afterEach(() => server.stop())

/** A value that the server said it had taken, and the version that it said it took it as. */
interface Acknowledged {
  readonly id: string
  readonly value: string
  readonly version: number
}

/** A script that does what the contract says a script should: on 409 it reads again and tries again. */
class Script {
  readonly acknowledged: Acknowledged[] = []
  readonly statuses = new Map<number, number>()
  readonly #client: Client
  readonly #name: string
  #values = 0

  constructor(client: Client, name: string) {
    this.#client = client
    this.#name = name
  }

  async #send(...request: Parameters<Client['send']>): Promise<Answered> {
    const answer = await this.#client.send(...request)
    this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1)
    return answer
  }

  #took(id: string, value: string, { body }: Answered): void {
    expect(body.note.title).toBe(value)
    this.acknowledged.push({ id, value, version: body.note.version })
  }

  #value(): string {
    this.#values += 1
    return `${this.#name} ${this.#values}`
  }

  /** Changes the version it has read, reading again until nobody was faster. */
  async change(id: string): Promise<void> {
    const path = `/api/notes/${id}`
    const title = this.#value()
    for (;;) {
      const read = await this.#send('GET', path)
      if (read.status === 404) return
      const { version } = read.body.note
      const answer = await this.#send('PATCH', path, { title, version })
      if (answer.status === 404) return
      if (answer.status === 200) {
        expect(answer.body.note.version).toBe(version + 1)
        return this.#took(id, title, answer)
      }
      expect([answer.status, answer.body.error.code]).toEqual([409, 'version_conflict'])
      expect(answer.body.note.version).toBeGreaterThan(version)
    }
  }

  async force(id: string): Promise<void> {
    const title = this.#value()
    const answer = await this.#send('PATCH', `/api/notes/${id}`, { title }, { 'x-force-update': 'true' })
    if (answer.status === 200) this.#took(id, title, answer)
    else expect(answer.status).toBe(404)
  }

  async remove(id: string): Promise<void> {
    expect((await this.#send('DELETE', `/api/notes/${id}`)).status).toBe(204)
  }

  async restore(id: string): Promise<void> {
    expect((await this.#send('POST', `/api/notes/${id}/restore`)).status).toBe(200)
  }
}

const MOVES = ['change', 'change', 'change', 'force', 'remove', 'restore', 'restore'] as const

/** Two scripts of two members of one space; in each race both write to the same record at once. */
async function race(races: number, seed: number): Promise<void> {
  const random = new Random(seed)
  const ada = await server.signUp('ada')
  const bob = await server.signUp('bob')
  await server.share(ada, bob)
  const ids: string[] = []
  for (let n = 0; n < 5; n++) {
    ids.push((await ada.send('POST', '/api/notes', { title: 'made', content: `${n}` })).body.note.id)
  }
  const scripts = [new Script(ada, 'ada'), new Script(bob, 'bob')]
  for (let n = 0; n < races; n++) {
    const id = ids[random.below(ids.length)] ?? ''
    await Promise.all(scripts.map((script) => script[random.pick(MOVES) ?? 'change'](id)))
  }

  for (const { statuses } of scripts) {
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([])
  }
  for (const id of ids) {
    const history: { version: number; fields: { title?: string } }[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await ada.send('GET', `/api/notes/${id}/versions?limit=50&cursor=${cursor}`)
      history.push(...body.versions)
      cursor = body.next
    }
    // Strictly rising, none left out and none twice: each version has one change, and nobody's took another's place.
    expect(history.map(({ version }) => version)).toEqual(history.map((_, at) => history.length - at))
    const titles = new Map(history.map(({ version, fields }) => [version, fields.title]))
    for (const { value, version } of scripts.flatMap((script) =>
      script.acknowledged.filter((taken) => taken.id === id),
    ))
      expect([version, titles.get(version)]).toEqual([version, value])
  }
  const acknowledged = scripts.flatMap((script) => script.acknowledged)
  expect(new Set(acknowledged.map(({ id, version }) => `${id} ${version}`)).size).toBe(acknowledged.length)
  expect(acknowledged.length).toBeGreaterThan(races / 2)
  expect(scripts.some(({ statuses }) => (statuses.get(409) ?? 0) > races / 20)).toBe(true)
}

describe('P4 two scripts that race over REST', { timeout: 180_000 }, () => {
  it('lose no update: each acknowledged value is current or in the history (900 races)', async () => {
    server = await testServer()
    await race(900, 1)
  })

  it('the same over a socket (100 races)', async () => {
    server = await testServer({ socket: true })
    await race(100, 2)
  })
})
