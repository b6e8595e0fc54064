import { conflictAnswer, type Doc, errorAnswers, json, named, param, ref } from './openapi-parts.ts'
import type { Resource } from './rest/resources.ts'

const ID = param('id', 'path', { type: 'string', format: 'uuid' }, 'A lower-case UUID')
const CURSOR = param('cursor', 'query', { type: 'string' }, '`next` of the page before')
const LIMIT = param('limit', 'query', { type: 'integer', minimum: 1, maximum: 500, default: 100 })
const KEY = param(
  'Idempotency-Key',
  'header',
  { type: 'string', maxLength: 255 },
  'The same key replays the first answer',
)

/** The paths of one kind. */
export function restPaths({ kind, plural }: Resource): Doc {
  const name = named(kind)
  const one = { type: 'object', required: [kind], properties: { [kind]: ref(name) } }
  const listed = (field: string, items: Doc) => ({
    type: 'object',
    required: [field, 'next'],
    properties: { [field]: { type: 'array', items }, next: { type: ['string', 'null'] } },
  })
  const operation = (operationId: string, summary: string, rest: Doc) => ({
    tags: [plural],
    operationId,
    summary,
    ...rest,
  })
  return {
    [`/api/${plural}`]: {
      get: operation(`list${named(plural)}`, `List ${plural} in order of id`, {
        parameters: [
          CURSOR,
          LIMIT,
          param('deleted', 'query', { type: 'boolean', default: false }, 'The trash'),
        ],
        responses: { 200: json('A page', listed(plural, ref(name))), ...errorAnswers(400, 401, 422) },
      }),
      post: operation(`create${name}`, `Make a ${kind}`, {
        parameters: [KEY],
        requestBody: { required: true, ...json('', ref(`${name}Create`)) },
        responses: {
          201: json('Made', one),
          200: json('Made before by the same request', one),
          ...errorAnswers(400, 401, 403, 415, 422),
          ...conflictAnswer(kind),
        },
      }),
    },
    [`/api/${plural}/{id}`]: {
      parameters: [ID],
      get: operation(`get${name}`, `Read a ${kind}`, {
        responses: { 200: json('It', one), ...errorAnswers(401, 404) },
      }),
      patch: operation(`update${name}`, `Change a ${kind}`, {
        parameters: [
          KEY,
          param('X-Force-Update', 'header', { type: 'string', enum: ['true'] }, 'Compare no version'),
        ],
        requestBody: { required: true, ...json('', ref(`${name}Patch`)) },
        responses: {
          200: json('As it is now', one),
          ...errorAnswers(400, 401, 403, 404, 415, 422, 428),
          ...conflictAnswer(kind),
        },
      }),
      delete: operation(`delete${name}`, `Put a ${kind} into the trash`, {
        description: 'After 30 days in it nothing of the record is left but its id.',
        parameters: [KEY, param('version', 'query', { type: 'integer' }, 'Only if it is at this version')],
        responses: {
          204: { description: 'In the trash' },
          ...errorAnswers(401, 403, 404, 422),
          ...conflictAnswer(kind),
        },
      }),
    },
    [`/api/${plural}/{id}/restore`]: {
      parameters: [ID],
      post: operation(`restore${name}`, `Take a ${kind} out of the trash`, {
        parameters: [KEY],
        responses: {
          200: json('As it is now', one),
          ...errorAnswers(401, 403, 404, 422),
          ...conflictAnswer(kind),
        },
      }),
    },
    [`/api/${plural}/{id}/versions`]: {
      parameters: [ID],
      get: operation(`list${name}Versions`, `Version history of a ${kind}, newest first`, {
        description:
          'Kept for 90 days and the newest 100, whichever is more (settings of the server), and always the first. A page may hold fewer than `limit`: there is more as long as `next` is not null.',
        parameters: [CURSOR, LIMIT],
        responses: {
          200: json('A page', listed('versions', ref('Version'))),
          ...errorAnswers(400, 401, 404, 422),
        },
      }),
    },
  }
}
