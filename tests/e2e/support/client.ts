import { uuidV7 } from '../../../src/core/ids.ts'
import { type Mutation, PROTOCOL_VERSION } from '../../../src/core/protocol.ts'
import type { Fields } from '../../../src/core/records.ts'

export interface Account {
  readonly email: string
  readonly password: string
}

export const ADA: Account = { email: 'ada@example.com', password: 'correct horse battery' }
export const BEN: Account = { email: 'ben@example.com', password: 'quite another horse' }

export const newId = (): string => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(16)))

interface Stored {
  readonly id: string
  readonly version: number
}

/** A device without a browser: signed in, writes by REST and as the sync engine does. */
export class Client {
  readonly #origin: string
  readonly #cookie: string
  readonly #account: string

  private constructor(origin: string, cookie: string, account: string) {
    this.#origin = origin
    this.#cookie = cookie
    this.#account = account
  }

  static async signIn(origin: string, account: Account): Promise<Client> {
    return Client.#enter(origin, '/api/auth/sign-in/email', account)
  }

  static async signUp(origin: string, account: Account): Promise<Client> {
    return Client.#enter(origin, '/api/auth/sign-up/email', { ...account, name: account.email })
  }

  static async #enter(origin: string, path: string, body: object): Promise<Client> {
    const response = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as { user?: { id: string } }
    if (!response.ok || !answer.user) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
    const cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ')
    return new Client(origin, cookie, answer.user.id)
  }

  async get<T>(path: string): Promise<T> {
    return (await this.#send('GET', path)) as T
  }

  /** Changes fields of a note on the version that the server has now. */
  async editNote(id: string, change: Fields): Promise<void> {
    const { note } = await this.get<{ note: Stored }>(`/api/notes/${id}`)
    await this.#send('PATCH', `/api/notes/${id}`, { ...change, version: note.version })
  }

  async createNote(fields: Fields): Promise<string> {
    const { note } = (await this.#send('POST', '/api/notes', fields)) as { note: Stored }
    return note.id
  }

  /** Pushes as a device does; throws unless every mutation was applied. */
  async push(mutations: readonly Pick<Mutation, 'record' | 'kind' | 'on' | 'fields'>[]): Promise<void> {
    const now = Date.now()
    const answer = (await this.#send('POST', '/api/sync/push', {
      protocol: PROTOCOL_VERSION,
      account: this.#account,
      now,
      mark: null,
      mutations: mutations.map((mutation) => ({
        ...mutation,
        id: newId(),
        above: mutation.on,
        stamps: Object.fromEntries(Object.keys(mutation.fields).map((field) => [field, now])),
      })),
      voids: [],
    })) as { results: { outcome: string }[] }
    const refused = answer.results.filter(({ outcome }) => outcome !== 'applied')
    if (refused.length > 0) throw new Error(`push: ${JSON.stringify(refused)}`)
  }

  async #send(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      headers: { cookie: this.#cookie, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }
}
