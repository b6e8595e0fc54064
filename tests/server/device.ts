import { type Mark, type Mutation, PROTOCOL_VERSION } from '../../src/core/protocol.ts'
import type { Fields } from '../../src/core/records.ts'
import { type Answered, type Client, NOW, newId } from './fixture.ts'

/** A mutation with what a test does not care about filled in. */
export const mutation = (fields: Fields, rest: Partial<Mutation> = {}): Mutation => ({
  id: newId(),
  record: newId(),
  kind: 'note',
  on: 0,
  above: 0,
  fields,
  stamps: Object.fromEntries(Object.keys(fields).map((field) => [field, NOW])),
  ...rest,
})

/** One device of an account: pushes and pulls as the service worker does, without its store. */
export function device(
  client: Client,
  overrides: { account?: string; protocol?: number; now?: number; name?: string } = {},
) {
  const { account = client.account, protocol = PROTOCOL_VERSION, now = NOW, name } = overrides
  const named = name === undefined ? {} : { device: { id: newId(), name } }
  return {
    push(
      mutations: readonly unknown[],
      rest: { mark?: Mark | null; voids?: readonly string[] } = {},
    ): Promise<Answered> {
      const { mark = null, voids = [] } = rest
      const batch = { protocol, account, now, mark, mutations, voids, ...named }
      return client.send('POST', '/api/sync/push', batch)
    },
    /** Pushes one mutation and returns its result. */
    async one(change: unknown): Promise<Answered['body']> {
      const { status, body, text } = await this.push([change])
      if (status !== 200) throw new Error(`push: ${status} ${text}`)
      return body.results[0]
    },
    pull(after = 0, rest: Record<string, string> = {}): Promise<Answered> {
      const query = new URLSearchParams({
        protocol: String(protocol),
        account,
        after: String(after),
        ...rest,
      })
      return client.send('GET', `/api/sync/changes?${query}`)
    },
    async records(): Promise<Answered['body'][]> {
      const { body } = await this.pull()
      return body.changes.map((change: { record: unknown }) => change.record)
    },
  }
}
export type Device = ReturnType<typeof device>
