import { toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import { type Doc, errorAnswers, json, named, ref, sharedResponses, withShared } from './openapi-parts.ts'
import { restPaths } from './openapi-rest.ts'
import { syncPaths } from './openapi-sync.ts'
import { createBody, patchBody, RESOURCES, shown } from './rest/resources.ts'
import {
  Change,
  Devices,
  DigestAnswer,
  DigestRequest,
  Mutation,
  Outcome,
  PullAnswer,
  PushAnswer,
  PushRequest,
  Receipts,
  Rename,
  Renamed,
} from './sync/schemas.ts'

const TIME = { format: 'date-time' }
/** What the schemas leave to functions, or read one by one, by the property's name. */
const MORE: Readonly<Record<string, Doc>> = {
  createdAt: TIME,
  updatedAt: TIME,
  mutations: { items: ref('Mutation') },
  results: { items: ref('Outcome') },
  changes: { items: ref('Change') },
  device: {
    description: 'Names its changes in the history. One that cannot be read is ignored, the push is not.',
  },
}

const schemaOf = (schema: v.GenericSchema): Doc => {
  const { $schema: _dialect, ...rest } = toJsonSchema(schema, { errorMode: 'ignore', typeMode: 'input' })
  const { properties } = rest
  if (!properties) return rest
  const told = Object.entries(properties).map(([name, of]) => [name, { ...(of as Doc), ...MORE[name] }])
  return { ...rest, properties: Object.fromEntries(told) }
}

const credentials = (...fields: string[]) => ({
  type: 'object',
  required: fields,
  properties: Object.fromEntries(fields.map((field) => [field, { type: 'string' }])),
})
const authPath = (operationId: string, summary: string, body: Doc | null, more: Doc = {}) => ({
  post: {
    tags: ['auth'],
    operationId,
    summary,
    security: [],
    ...(body && { requestBody: { required: true, ...json('', body) } }),
    responses: { 200: { description: 'Done' }, '4XX': json('Refused', ref('AuthError')), ...more },
  },
})
const tooMany = {
  429: {
    ...json('`too_many`: 30 a minute for each client address', ref('AuthError')),
    headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } },
  },
}
const authPaths: Doc = {
  '/api/auth/sign-up/email': authPath(
    'signUp',
    'Make an account and sign in',
    credentials('email', 'password', 'name'),
    tooMany,
  ),
  '/api/auth/sign-in/email': authPath('signIn', 'Sign in', credentials('email', 'password'), tooMany),
  '/api/auth/sign-out': authPath('signOut', 'Sign out', null),
  '/api/auth/get-session': {
    get: {
      tags: ['auth'],
      operationId: 'getSession',
      summary: 'Who is signed in, or null',
      security: [],
      responses: { 200: { description: '`{session, user}` or null' } },
    },
  },
}

const health = (operationId: string, summary: string, ...statuses: number[]) => ({
  get: {
    tags: ['health'],
    operationId,
    summary,
    security: [],
    responses: { 200: { description: 'Yes' }, ...errorAnswers(...statuses) },
  },
})

const metricsPath: Doc = {
  get: {
    tags: ['health'],
    operationId: 'metrics',
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
  required: ['version', 'at', 'by', 'byName', 'device', 'fields'],
  properties: {
    version: { type: 'integer' },
    at: { type: 'string', format: 'date-time' },
    by: { type: 'string', description: "The account's id; '' for the server, which empties the trash" },
    byName: {
      type: 'string',
      description: "The account's email; '' for the server and where the account is gone",
    },
    device: { type: 'string', description: "The device's name at that time; '' for REST and the server" },
    fields: { type: 'object' },
    applied: { type: 'boolean', const: false, description: 'There only for a change refused as a conflict' },
    merged: {
      type: 'boolean',
      const: true,
      description: 'There only where a device had merged its change with the version before it by itself',
    },
    deviceId: { type: 'string', description: 'The id of the device, where one made it' },
  },
}

const openApiPath: Doc = {
  get: {
    tags: ['health'],
    operationId: 'openApi',
    summary: 'This description',
    security: [],
    responses: { 200: json('OpenAPI 3.1', { type: 'object' }) },
  },
}

const paths: Readonly<Record<string, Doc>> = {
  ...Object.assign({}, ...RESOURCES.map(restPaths)),
  ...syncPaths,
  ...authPaths,
  '/api/openapi.json': openApiPath,
  '/healthz': health('healthz', 'The process is up'),
  '/readyz': health('readyz', 'The database answers', 503),
  '/metrics': metricsPath,
}

let made: Doc | null = null

/** The whole HTTP interface, from the schemas that validate it. Made once. */
export function openApi(): Doc {
  made ??= {
    openapi: '3.1.0',
    info: { title: 'Pawkit', version: '1' },
    security: [{ session: [] }],
    paths: Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, withShared(path, item)])),
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'pawkit.session_token' },
        metricsToken: { type: 'http', scheme: 'bearer', description: '`PAWKIT_METRICS_TOKEN`' },
      },
      responses: sharedResponses,
      schemas: {
        ...Object.fromEntries(
          RESOURCES.flatMap((resource) => [
            [named(resource.kind), schemaOf(shown(resource))],
            [`${named(resource.kind)}Create`, schemaOf(createBody(resource))],
            [`${named(resource.kind)}Patch`, schemaOf(patchBody(resource))],
          ]),
        ),
        ...Object.fromEntries(
          Object.entries({
            PushRequest,
            PushAnswer,
            PullAnswer,
            DigestRequest,
            DigestAnswer,
            Mutation,
            Outcome,
            Change,
            Devices,
            Rename,
            Renamed,
            Receipts,
          }).map(([name, schema]) => [name, schemaOf(schema)]),
        ),
        Error: errorSchema,
        AuthError: { type: 'object', properties: { code: text, message: text } },
        Version: versionSchema,
      },
    },
  }
  return made
}
