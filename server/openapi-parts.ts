type Doc = Readonly<Record<string, unknown>>

const ERRORS: Readonly<Record<number, string>> = {
  400: '`bad_json`, `bad_cursor`',
  401: '`signed_out`; of `/metrics` `unauthorized`',
  403: '`cross_origin`, `other_account`',
  404: '`not_found`',
  409: '`version_conflict`, `duplicate_url`, `id_taken`, `deleted`, `idempotency_key_running`; the record stands beside `error`',
  410: '`expired`, `diverged`',
  413: '`too_large`',
  415: '`unsupported_media_type`',
  422: '`invalid`, `unknown_field`, `idempotency_key_reused`',
  426: '`client_too_old`, `server_too_old`',
  428: '`version_required`',
  429: '`too_many`',
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
