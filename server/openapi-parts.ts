export type Doc = Readonly<Record<string, unknown>>

const ERRORS: Readonly<Record<number, string>> = {
  400: '`bad_json`, `bad_cursor`',
  401: '`signed_out`; of `/metrics` `unauthorized`',
  403: '`cross_origin`, `other_account`',
  404: '`not_found`',
  409: '`version_conflict`, `duplicate_url`, `id_taken`, `deleted`, `idempotency_key_running`; the record stands beside `error`',
  405: '`method_not_allowed`; `Allow` names the methods there are',
  410: '`expired`, `diverged`',
  413: '`too_large`',
  415: '`unsupported_media_type`',
  421: '`wrong_host`: the server is under another name',
  422: '`invalid`, `unknown_field`, `idempotency_key_reused`',
  426: '`client_too_old`, `server_too_old`',
  428: '`version_required`',
  429: '`too_many`: 30 a minute for each client address',
  503: '`unavailable`, `stopping`',
}

export const ref = (name: string): Doc => ({ $ref: `#/components/schemas/${name}` })

/** A body of JSON. */
export const json = (description: string, schema: Doc): Doc => ({
  ...(description !== '' && { description }),
  content: { 'application/json': { schema } },
})

/** The error answers of an operation, by status. */
export const errorAnswers = (...statuses: number[]): Doc =>
  Object.fromEntries(statuses.map((status) => [status, json(ERRORS[status] ?? 'Refused', ref('Error'))]))

/** A 409 that may bring the record it is about. */
export const conflictAnswer = (kind: string): Doc => ({
  409: json(ERRORS[409] ?? '', {
    allOf: [ref('Error'), { type: 'object', properties: { [kind]: ref(named(kind)) } }],
  }),
})

const ALLOW = { Allow: { schema: { type: 'string' } } }

/** What no route answers, but what stands before them all. Under `/api/auth` in the auth library's shape. */
const SHARED = { 405: 'MethodNotAllowed', 413: 'TooLarge', 421: 'WrongHost' } as const

export const sharedResponses: Doc = Object.fromEntries(
  Object.entries(SHARED).flatMap(([status, name]) =>
    ['', 'Auth'].map((of) => [
      of + name,
      {
        ...json(ERRORS[Number(status)] ?? '', ref(`${of}Error`)),
        ...(status === '405' && { headers: ALLOW }),
      },
    ]),
  ),
)

/** Adds to each operation of a path what is answered before it is reached. */
export function withShared(path: string, item: Doc): Doc {
  const api = path.startsWith('/api/')
  const of = path.startsWith('/api/auth/') ? 'Auth' : ''
  const shared = (status: keyof typeof SHARED) => ({
    [status]: { $ref: `#/components/responses/${of}${SHARED[status]}` },
  })
  const complete = ([method, operation]: [string, unknown]) => {
    if (method === 'parameters') return [method, operation]
    const { responses, ...rest } = operation as Doc
    const before = { ...shared(405), ...(method !== 'get' && shared(413)), ...(api && shared(421)) }
    return [method, { ...rest, responses: { ...(responses as Doc), ...before } }]
  }
  return Object.fromEntries(Object.entries(item).map(complete))
}

export function param(
  name: string,
  where: 'path' | 'query' | 'header',
  schema: Doc,
  description?: string,
  required = where === 'path',
): Doc {
  return { name, in: where, required, schema, ...(description !== undefined && { description }) }
}

export const named = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1)
