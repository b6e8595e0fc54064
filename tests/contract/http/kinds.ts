import type { Answered, Client } from '../../server/fixture.ts'

/** What the suites need to know of a kind; adding a kind to the contract is adding a row. */
export interface TestedKind {
  readonly kind: string
  readonly plural: string
  /** Fields of a new record, with a number in them so that no two are alike. */
  readonly sample: (n: number) => Record<string, unknown>
  /** A text field and a longer value for it than the limit allows. */
  readonly textField: string
  readonly tooLong: string
  /** The whole shape of an answer, in order. */
  readonly shape: readonly string[]
}

export const KINDS: readonly TestedKind[] = [
  {
    kind: 'card',
    plural: 'cards',
    sample: (n) => ({ url: `https://example.com/${n}`, title: `Card ${n}` }),
    textField: 'title',
    tooLong: 'x'.repeat(1001),
    shape: [
      'id',
      'url',
      'title',
      'description',
      'tags',
      'collectionIds',
      'pinned',
      'createdAt',
      'updatedAt',
      'version',
    ],
  },
  {
    kind: 'note',
    plural: 'notes',
    sample: (n) => ({ title: `Note ${n}`, content: `Line ${n}\n` }),
    textField: 'content',
    tooLong: 'é'.repeat(512 * 1024 + 1),
    shape: ['id', 'title', 'content', 'tags', 'collectionIds', 'pinned', 'createdAt', 'updatedAt', 'version'],
  },
  {
    kind: 'collection',
    plural: 'collections',
    sample: (n) => ({ name: `Collection ${n}` }),
    textField: 'name',
    tooLong: 'x'.repeat(1001),
    shape: ['id', 'name', 'parentId', 'createdAt', 'updatedAt', 'version'],
  },
]

/** Makes a record and returns it. */
export async function make(
  client: Client,
  { kind, plural, sample }: TestedKind,
  n = 1,
): Promise<Answered['body']> {
  const { status, body, text } = await client.send('POST', `/api/${plural}`, sample(n))
  if (status !== 201) throw new Error(`POST /api/${plural}: ${status} ${text}`)
  return body[kind]
}
