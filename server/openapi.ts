import { toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import { errorAnswers, json, named, param, ref } from './openapi-parts.ts'
import { createBody, patchBody, RESOURCES, type Resource, shown } from './rest/resources.ts'
import { Change, Mutation, Outcome, PullAnswer, PushAnswer, PushRequest } from './sync/schemas.ts'

type Doc = Readonly<Record<string, unknown>>

const schemaOf = (schema: v.GenericSchema): Doc => {
  const { $schema: _dialect, ...rest } = toJsonSchema(schema, { errorMode: 'ignore', typeMode: 'input' })
  return rest
}

const ID = param('id', 'path', { type: 'string', format: 'uuid' }, 'A lower-case UUID')
const CURSOR = param('cursor', 'query', { type: 'string' }, '`next` of the page before')
const LIMIT = param('limit', 'query', { type: 'integer', minimum: 1, maximum: 500, default: 100 })
const KEY = param(
  'Idempotency-Key',
  'header',
  { type: 'string', maxLength: 255 },
  'The same key replays the first answer',
)

function restPaths({ kind, plural }: Resource): Doc {
  const name = named(kind)
  const one = { type: 'object', required: [kind], properties: { [kind]: ref(name) } }
  const listed = (field: string, items: Doc) => ({
    type: 'object',
    required: [field, 'next'],
    properties: { [field]: { type: 'array', items }, next: { type: ['string', 'null'] } },
  })
  const operation = (summary: string, rest: Doc) => ({ tags: [plural], summary, ...rest })
  return {
    [`/api/${plural}`]: {
      get: operation(`List ${plural} in order of id`, {
        parameters: [
          CURSOR,
          LIMIT,
          param('deleted', 'query', { type: 'boolean', default: false }, 'The trash'),
        ],
        responses: { 200: json('A page', listed(plural, ref(name))), ...errorAnswers(400, 401, 422) },
      }),
      post: operation(`Make a ${kind}`, {
        parameters: [KEY],
        requestBody: { required: true, ...json('', ref(`${name}Create`)) },
        responses: {
          201: json('Made', one),
          200: json('Made before by the same request', one),
          ...errorAnswers(400, 401, 403, 409, 413, 415, 422),
        },
      }),
    },
    [`/api/${plural}/{id}`]: {
      parameters: [ID],
      get: operation(`Read a ${kind}`, { responses: { 200: json('It', one), ...errorAnswers(401, 404) } }),
      patch: operation(`Change a ${kind}`, {
        parameters: [
          KEY,
          param('X-Force-Update', 'header', { type: 'string', enum: ['true'] }, 'Compare no version'),
        ],
        requestBody: { required: true, ...json('', ref(`${name}Patch`)) },
        responses: {
          200: json('As it is now', one),
          ...errorAnswers(400, 401, 403, 404, 409, 413, 415, 422, 428),
        },
      }),
      delete: operation(`Put a ${kind} into the trash`, {
        parameters: [KEY, param('version', 'query', { type: 'integer' }, 'Only if it is at this version')],
        responses: { 204: { description: 'In the trash' }, ...errorAnswers(401, 403, 404, 409, 422) },
      }),
    },
    [`/api/${plural}/{id}/restore`]: {
      parameters: [ID],
      post: operation(`Take a ${kind} out of the trash`, {
        parameters: [KEY],
        responses: { 200: json('As it is now', one), ...errorAnswers(401, 403, 404, 409, 422) },
      }),
    },
    [`/api/${plural}/{id}/versions`]: {
      parameters: [ID],
      get: operation(`Version history of a ${kind}, newest first`, {
        parameters: [CURSOR, LIMIT],
        responses: {
          200: json('A page', listed('versions', ref('Version'))),
          ...errorAnswers(400, 401, 404, 422),
        },
      }),
    },
  }
}

const PROTOCOL = param('protocol', 'query', { type: 'integer' }, undefined, true)
const ACCOUNT = param('account', 'query', { type: 'string' }, 'Whose library it is', true)

const syncPaths: Doc = {
  '/api/sync/push': {
    post: {
      tags: ['sync'],
      summary: 'Apply a batch of mutations; the answer is durable',
      requestBody: { required: true, ...json('', ref('PushRequest')) },
      responses: {
        200: json('What became of each', ref('PushAnswer')),
        ...errorAnswers(400, 401, 403, 410, 413, 415, 422, 426),
      },
    },
  },
  '/api/sync/changes': {
    get: {
      tags: ['sync'],
      summary: 'The records changed after a cursor, one row each',
      parameters: [
        PROTOCOL,
        ACCOUNT,
        param('after', 'query', { type: 'integer', default: 0 }),
        param('limit', 'query', { type: 'integer', maximum: 500 }),
        param('mark', 'query', { type: 'string' }, 'SEQ.TAG, the newest change that any answer named'),
      ],
      responses: { 200: json('A page', ref('PullAnswer')), ...errorAnswers(401, 403, 410, 422, 426) },
    },
  },
  '/api/sync/stream': {
    get: {
      tags: ['sync'],
      summary: 'Server-sent events: `poke` with `{"seq"}` whenever there is something to pull',
      parameters: [PROTOCOL, ACCOUNT],
      responses: {
        200: { description: 'The stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
        ...errorAnswers(401, 403, 422, 426, 503),
      },
    },
  },
}

const credentials = (...fields: string[]) => ({
  type: 'object',
  required: fields,
  properties: Object.fromEntries(fields.map((field) => [field, { type: 'string' }])),
})
const authPath = (summary: string, body: Doc | null) => ({
  post: {
    tags: ['auth'],
    summary,
    security: [],
    ...(body && { requestBody: { required: true, ...json('', body) } }),
    responses: { 200: { description: 'Done' }, '4XX': json('Refused', ref('AuthError')) },
  },
})
const authPaths: Doc = {
  '/api/auth/sign-up/email': authPath(
    'Make an account and sign in',
    credentials('email', 'password', 'name'),
  ),
  '/api/auth/sign-in/email': authPath('Sign in', credentials('email', 'password')),
  '/api/auth/sign-out': authPath('Sign out', null),
  '/api/auth/get-session': {
    get: {
      tags: ['auth'],
      summary: 'Who is signed in, or null',
      security: [],
      responses: { 200: { description: '`{session, user}` or null' } },
    },
  },
}

const health = (summary: string, ...statuses: number[]) => ({
  get: {
    tags: ['health'],
    summary,
    security: [],
    responses: { 200: { description: 'Yes' }, ...errorAnswers(...statuses) },
  },
})

const metricsPath: Doc = {
  get: {
    tags: ['health'],
    summary: 'Figures for Prometheus; where the server has no token, to programs on its machine only',
    security: [{ metricsToken: [] }, {}],
    responses: {
      200: {
        description: 'Counters, gauges and histograms in the Prometheus text format',
        content: { 'text/plain': { schema: { type: 'string' } } },
      },
      ...errorAnswers(401, 404),
    },
  },
}

const text = { type: 'string' }
const detail = { type: 'object', required: ['field', 'problem'], properties: { field: text, problem: text } }
const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: text, message: text, details: { type: 'array', items: detail } },
    },
  },
}
const versionSchema = {
  type: 'object',
  required: ['version', 'at', 'by', 'fields'],
  properties: {
    version: { type: 'integer' },
    at: { type: 'string', format: 'date-time' },
    by: text,
    fields: { type: 'object' },
    applied: { type: 'boolean', const: false, description: 'There only for a change refused as a conflict' },
  },
}

let made: Doc | null = null

/** The whole HTTP interface, from the schemas that validate it. Made once. */
export function openApi(): Doc {
  made ??= {
    openapi: '3.1.0',
    info: { title: 'Pawkit', version: '1' },
    security: [{ session: [] }],
    paths: {
      ...Object.assign({}, ...RESOURCES.map(restPaths)),
      ...syncPaths,
      ...authPaths,
      '/healthz': health('The process is up'),
      '/readyz': health('The database answers', 503),
      '/metrics': metricsPath,
    },
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'pawkit.session_token' },
        metricsToken: { type: 'http', scheme: 'bearer', description: '`PAWKIT_METRICS_TOKEN`' },
      },
      schemas: {
        ...Object.fromEntries(
          RESOURCES.flatMap((resource) => [
            [named(resource.kind), schemaOf(shown(resource))],
            [`${named(resource.kind)}Create`, schemaOf(createBody(resource))],
            [`${named(resource.kind)}Patch`, schemaOf(patchBody(resource))],
          ]),
        ),
        ...Object.fromEntries(
          Object.entries({ PushRequest, PushAnswer, PullAnswer, Mutation, Outcome, Change }).map(
            ([name, schema]) => [name, schemaOf(schema)],
          ),
        ),
        Error: errorSchema,
        AuthError: { type: 'object', properties: { code: text, message: text } },
        Version: versionSchema,
      },
    },
  }
  return made
}
