import 'fake-indexeddb/auto'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as schemas from '../server/sync/schemas.ts'
import { TRASH_MS } from '../server/upkeep/trash.ts'
import { MESSAGES_VERSION } from '../src/core/messages.ts'
import { ENTRY_FORMAT } from '../src/core/outbox.ts'
import * as protocol from '../src/core/protocol.ts'
import { KINDS } from '../src/core/records.ts'
import { URL_KEY_VERSION } from '../src/core/url.ts'
import { Database } from '../src/store/database.ts'
import { KEPT_VERSIONS } from '../src/store/history.ts'
import { DATABASE_NAME, DATABASE_VERSION, LIBRARY_STORES } from '../src/store/schema.ts'
import { KEEPS, KEPT } from '../src/ui/history.ts'
import { URL_CASES } from './support/device-urls.ts'

/**
 * What lies in other people's browsers and databases, or runs there in an older version. A test that fails here asks
 * one question: can an older version still read what this one writes? When it cannot, raise the version named in the
 * test and say in the changelog how the old one is served; then, or when it can, put the new value in.
 */
const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

interface Schema {
  readonly type: string
  readonly entries?: Record<string, Schema>
  readonly options?: readonly (Schema | string)[]
  readonly item?: Schema
  readonly key?: Schema
  readonly value?: Schema
  readonly wrapped?: Schema
  readonly pipe?: readonly Schema[]
  readonly requirement?: unknown
  readonly literal?: unknown
}

/** A schema as data: what is asked for, without words and functions. */
function shape(schema: Schema | string | undefined): unknown {
  if (schema === undefined || typeof schema === 'string') return schema
  const { type, entries, options, item, key, value, wrapped, pipe, requirement, literal } = schema
  const [, ...checks] = pipe ?? []
  return {
    type,
    ...(entries && {
      entries: Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, shape(entry)])),
    }),
    ...(options && { options: options.map(shape) }),
    ...(item && { item: shape(item) }),
    ...(key && { key: shape(key), value: shape(value) }),
    ...(wrapped && { wrapped: shape(wrapped) }),
    ...(literal !== undefined && { literal }),
    ...(requirement !== undefined && {
      requirement: typeof requirement === 'function' ? 'function' : String(requirement),
    }),
    ...(checks.length > 0 && { checks: checks.map(shape) }),
  }
}

describe('pins', () => {
  test('PROTOCOL_VERSION: what travels between worker and server', () => {
    const { PUSH_LIMITS, PULL_LIMITS, DIGEST_LIMITS } = protocol
    const { Mark, Mutation, PushRequest, PushAnswer, Outcome, Change, PullAnswer } = schemas
    const { DigestRequest, DigestAnswer } = schemas
    const feed = { Mark, Mutation, PushRequest, PushAnswer, Outcome, Change, PullAnswer }
    // Came later within version 1: `at` of outcomes and changes, `ids` of a pull and the comparison. A device reads an
    // answer without `at`; an older server says 404 to the comparison, an older device ignores `at`. Then `by` of
    // records, and `device` of a push, a pull and the stream: each side reads the other's messages without them.
    const all = { ...feed, DigestRequest, DigestAnswer }
    const shapes = Object.entries(all).map(([name, schema]) => [name, shape(schema as unknown as Schema)])
    expect(JSON.stringify(shape(Mutation as unknown as Schema))).toContain('"above"')
    expect({
      version: protocol.PROTOCOL_VERSION,
      oldest: protocol.OLDEST_PROTOCOL,
      digest: digest([shapes, PUSH_LIMITS, PULL_LIMITS, DIGEST_LIMITS]),
    }).toEqual({
      version: 1,
      oldest: 1,
      digest: '9a77787d08f4ef91',
    })
  })

  test('the fields of records, and how each merges', () => {
    expect(KINDS).toEqual({
      card: {
        url: 'value',
        title: 'line',
        description: 'text',
        tags: 'set',
        collectionIds: 'set',
        pinned: 'value',
        createdAt: 'value',
        formerIds: 'set',
        deleted: 'life',
        purged: 'life',
      },
      note: {
        title: 'line',
        content: 'text',
        tags: 'set',
        collectionIds: 'set',
        pinned: 'value',
        createdAt: 'value',
        deleted: 'life',
        purged: 'life',
      },
      collection: { name: 'line', parentId: 'value', createdAt: 'value', deleted: 'life', purged: 'life' },
    })
  })

  // Tests elsewhere use these by name, and would pass with any number.
  test('how long things are kept, in days, and how many versions a device keeps at least', () => {
    const days = (ms: number): number => ms / (24 * 60 * 60 * 1000)
    expect({
      tombstones: days(protocol.RETENTION_MS),
      trash: days(TRASH_MS),
      ownHistory: [KEPT, ...KEEPS],
      ownVersions: KEPT_VERSIONS,
    }).toEqual({ tombstones: 180, trash: 30, ownHistory: ['90', '90', '365', 'always'], ownVersions: 100 })
  })

  test('DATABASE_VERSION: the stores and indexes in people’s browsers; upgrades only add', async () => {
    const db = await Database.open({}, 'pins')
    db.close()
    const opened = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('pins')
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const names = [...opened.objectStoreNames]
    const tx = opened.transaction(names, 'readonly')
    const stores = names.map((name) => {
      const store = tx.objectStore(name)
      const indexes = [...store.indexNames].map((index) => {
        const { keyPath, unique, multiEntry } = store.index(index)
        return `${index}(${keyPath}${unique ? ' unique' : ''}${multiEntry ? ' each' : ''})`
      })
      return [name, `${store.keyPath ?? 'auto'}`, ...indexes].join(' ')
    })
    expect({ name: DATABASE_NAME, version: opened.version, format: ENTRY_FORMAT, stores }).toEqual({
      name: 'pawkit',
      version: DATABASE_VERSION,
      // 2: an entry in conflict, which a worker of 1 leaves alone.
      format: 2,
      stores: [
        'bases id',
        'device key',
        'drafts id',
        'history auto recordId(recordId)',
        'journal auto',
        'meta key',
        'outbox id',
        'receipts id',
        'records id formerId(fields.formerIds each) urlKey(urlKey)',
        'seen id',
        'session key',
        'unread seq',
        'vanishing id',
        'writers page',
      ],
    })
    expect(DATABASE_VERSION).toBe(2)
    opened.close()
  })

  test('P10: a wipe empties every store but those of the device itself', async () => {
    const db = await Database.open({}, 'pins')
    const all = await db.run(['meta'], 'readonly', async (tx) => [...tx.db.objectStoreNames])
    expect(all.filter((name) => !new Set<string>(LIBRARY_STORES).has(name))).toEqual(['device', 'session'])
    db.close()
  })

  test('MESSAGES_VERSION: what pages and worker tell each other', () => {
    const source = readFileSync(join(import.meta.dirname, '../src/core/messages.ts'), 'utf8')
    const types = [...source.matchAll(/readonly type: ((?:'[\w-]+'(?: \| )?)+)/gi)].flatMap((match) =>
      (match[1] ?? '').split(' | '),
    )
    // Came later within version 1: `right`, which an older worker does not answer (the page gives itself the right
    // then), and `right-changed`, `hand-over`, `handed-over`, which an older page takes for a reason to look again;
    // `left`, of which it makes nothing.
    // `update-accepted` went: nobody said it, and nobody heard it.
    expect(MESSAGES_VERSION).toBe(1)
    expect(types.map((type) => type.replaceAll("'", '')).sort()).toEqual([
      'SKIP_WAITING',
      'abort',
      'compare',
      'drained',
      'failed',
      'flush',
      'hand-over',
      'handed-over',
      'last-letters',
      'left',
      'library-replaced',
      'notice',
      'records-changed',
      'repair',
      'right',
      'right-changed',
      'status',
      'status-changed',
      'wake',
    ])
  })

  test('URL_KEY_VERSION: device and server must agree on what makes two links one', () => {
    expect({ version: URL_KEY_VERSION, table: digest(URL_CASES) }).toEqual({
      version: 1,
      table: 'acb2b0ee27f24659',
    })
  })
})
