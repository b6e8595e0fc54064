import { DEVICE_LIMITS } from '../src/core/protocol.ts'
import { type Doc, errorAnswers, json, param, ref } from './openapi-parts.ts'

const PROTOCOL = param('protocol', 'query', { type: 'integer' }, undefined, true)
const ACCOUNT = param('account', 'query', { type: 'string' }, 'Whose library it is', true)
const DEVICE = param(
  'device',
  'query',
  { type: 'string', maxLength: DEVICE_LIMITS.id },
  'The id of the device, as in its pushes; one that cannot be is ignored',
)

const FORGETTING =
  'A record in the trash becomes a tombstone (`purged`) after 30 days, by an ordinary change whose author is nobody, the empty account. ' +
  'Tombstones, mutation ids and the tags of marks are known for 180 days: a mark or cursor older than that is 410 `expired`. ' +
  'A record made anew begins above the versions of tombstones that are no longer known.'

/** `/api/sync` */
export const syncPaths: Doc = {
  '/api/sync/push': {
    post: {
      tags: ['sync'],
      operationId: 'push',
      summary: 'Apply a batch of mutations; the answer is durable',
      description: FORGETTING,
      requestBody: { required: true, ...json('', ref('PushRequest')) },
      responses: {
        200: json('What became of each', ref('PushAnswer')),
        ...errorAnswers(400, 401, 403, 410, 415, 422, 426),
      },
    },
  },
  '/api/sync/devices': {
    get: {
      tags: ['sync'],
      operationId: 'devices',
      summary: 'The devices of the account, the one that was here last first',
      parameters: [PROTOCOL, ACCOUNT],
      responses: {
        200: json('When each was here, and how far it has read', ref('Devices')),
        ...errorAnswers(401, 403, 422, 426),
      },
    },
  },
  '/api/sync/devices/{id}': {
    patch: {
      tags: ['sync'],
      operationId: 'renameDevice',
      summary: 'Call a device so; from then on what the device calls itself is ignored',
      parameters: [param('id', 'path', { type: 'string' }), PROTOCOL, ACCOUNT],
      requestBody: { required: true, ...json('', ref('Rename')) },
      responses: {
        200: json('It is called so', ref('Renamed')),
        ...errorAnswers(400, 401, 403, 404, 415, 422, 426),
      },
    },
  },
  '/api/sync/receipts': {
    get: {
      tags: ['sync'],
      operationId: 'receipts',
      summary: 'On which devices a record is as it is here, by their own word; not the one that made it so',
      parameters: [PROTOCOL, ACCOUNT, param('record', 'query', { type: 'string' }, 'Its id', true)],
      responses: {
        200: json('The version, and the devices that have it', ref('Receipts')),
        ...errorAnswers(401, 403, 404, 422, 426),
      },
    },
  },
  '/api/sync/changes': {
    get: {
      tags: ['sync'],
      operationId: 'pull',
      summary: 'The records changed after a cursor, one row each',
      parameters: [
        PROTOCOL,
        ACCOUNT,
        param('after', 'query', { type: 'integer', default: 0 }),
        param('limit', 'query', { type: 'integer', maximum: 500 }),
        param('mark', 'query', { type: 'string' }, 'SEQ.TAG, the newest change that any answer named'),
        param(
          'ids',
          'query',
          { type: 'string' },
          'Only these records: at most 100 ids, a comma between them',
        ),
        DEVICE,
      ],
      responses: { 200: json('A page', ref('PullAnswer')), ...errorAnswers(401, 403, 410, 422, 426) },
    },
  },
  '/api/sync/digests': {
    post: {
      tags: ['sync'],
      operationId: 'compare',
      summary:
        'Digests of what the server holds, range by range; a `seq` above the cursor: pull first, nothing was compared',
      requestBody: { required: true, ...json('', ref('DigestRequest')) },
      responses: {
        200: json('Of each range its parts or its records', ref('DigestAnswer')),
        ...errorAnswers(400, 401, 403, 410, 415, 422, 426),
      },
    },
  },
  '/api/sync/stream': {
    get: {
      tags: ['sync'],
      operationId: 'stream',
      summary: 'Server-sent events: `poke` with `{"seq"}` whenever there is something to pull',
      parameters: [
        PROTOCOL,
        ACCOUNT,
        DEVICE,
        param(
          'name',
          'query',
          { type: 'string', maxLength: DEVICE_LIMITS.name },
          'What the device calls itself',
        ),
      ],
      responses: {
        200: { description: 'The stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
        ...errorAnswers(401, 403, 422, 426, 503),
      },
    },
  },
}
