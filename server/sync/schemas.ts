import * as v from 'valibot'
import type { PullPage, PushPage } from '../../src/core/answer.ts'
import type * as authors from '../../src/core/authors.ts'
import { NO_DEVICE_NAME, readDeviceName } from '../../src/core/device-name.ts'
import { isWellFormed } from '../../src/core/limits.ts'
import * as protocol from '../../src/core/protocol.ts'
import { id } from '../rest/field-schemas.ts'

/** A schema whose values are of the type that worker and server share. */
type Of<T> = v.GenericSchema<unknown, T>

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const json = v.record(v.string(), v.any())

export const Mark = v.object({ seq: whole, tag: v.string() }) satisfies Of<protocol.Mark>

export const Stamp = v.pipe(v.number(), v.finite(), v.minValue(0))

export const Mutation = v.object({
  id,
  record: id,
  kind: v.pipe(v.string(), v.regex(/^[a-z][a-z-]{0,31}$/)),
  on: whole,
  above: whole,
  fields: json,
  stamps: v.record(v.string(), Stamp),
  merged: v.optional(
    v.pipe(
      v.fallback(v.boolean(), false),
      v.description('An automatic merge with the version that it was made on is in it'),
    ),
  ),
}) satisfies Of<protocol.Mutation>

const short = (most: number) => v.pipe(v.string(), v.maxLength(most), v.check(isWellFormed))
/** The id of a device, in a push or a query. */
export const DeviceId = v.pipe(short(protocol.DEVICE_LIMITS.id), v.minLength(1))
/** What a device calls itself. */
export const DeviceName = short(protocol.DEVICE_LIMITS.name)
const Device = v.object({ id: DeviceId, name: DeviceName }) satisfies Of<protocol.DeviceName>

/** Mutations are parsed one by one, so that one bad mutation is its own `rejected`. */
export const PushRequest = v.object({
  protocol: whole,
  account: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  now: v.pipe(v.number(), v.finite(), v.minValue(0)),
  mark: v.nullable(Mark),
  mutations: v.pipe(v.array(v.unknown()), v.maxLength(protocol.PUSH_LIMITS.mutations)),
  voids: v.optional(v.pipe(v.array(id), v.maxLength(protocol.PUSH_LIMITS.mutations)), []),
  // One that cannot be read costs the history a name, not the person a batch.
  device: v.optional(v.fallback(v.optional(Device), undefined)),
}) satisfies Of<Omit<protocol.PushRequest, 'mutations'>>

/** Who set which fields last; the last of a list may name none: all that are left. */
const Author = v.object({
  account: v.string(),
  device: v.string(),
  fields: v.optional(v.array(v.string())),
}) satisfies Of<authors.Author>

const Wire = v.object({
  id: v.string(),
  kind: v.string(),
  version: whole,
  fields: json,
  stamps: v.record(v.string(), v.number()),
  by: v.optional(
    v.pipe(
      v.array(Author),
      v.description(
        "Who set which fields last, by account id and the device's name ('' for REST); the last may name no fields: all that are left. The account '' is the server, which empties the trash. Not there for a record that is older than this.",
      ),
    ),
  ),
})

/** When the server took the change, ms by its clock; there unless that is no longer known. */
const at = v.optional(v.number())

/** The answers' schemas are for OpenAPI and tests; a device reads answers by hand (`src/core/answer.ts`). */
export const Outcome = v.variant('outcome', [
  v.object({ id, outcome: v.literal('applied'), version: whole, seq: whole, at, record: Wire }),
  v.object({ id, outcome: v.literal('conflict'), record: v.nullable(Wire) }),
  v.object({ id, outcome: v.literal('duplicate'), record: Wire }),
  v.object({
    id,
    outcome: v.literal('rejected'),
    code: v.string(),
    message: v.string(),
    details: v.optional(v.array(v.object({ field: v.string(), problem: v.string() }))),
  }),
  v.object({ id, outcome: v.literal('error'), message: v.string() }),
  v.object({ id, outcome: v.literal('void') }),
]) satisfies Of<protocol.Outcome>

/** Outcomes are read one by one on the device: an unreadable one is an unknown outcome, not a lost batch. */
export const PushAnswer = v.object({
  results: v.array(v.unknown()),
  now: v.number(),
  mark: v.nullable(Mark),
}) satisfies Of<PushPage>

export const Change = v.object({ seq: whole, at, record: Wire }) satisfies Of<protocol.Change>

export const PullAnswer = v.object({
  changes: v.array(v.unknown()),
  cursor: whole,
  more: v.boolean(),
  now: v.number(),
  mark: v.nullable(Mark),
}) satisfies Of<PullPage>

/** What a person calls a device. */
export const Rename = v.object({
  name: v.pipe(
    v.string('must be text'),
    v.check((name) => readDeviceName(name) !== null, NO_DEVICE_NAME),
    v.description(NO_DEVICE_NAME),
  ),
})

export const Renamed = v.object({
  device: v.object({ id: v.string(), name: v.string() }),
}) satisfies Of<protocol.RenameAnswer>

export const Receipts = v.object({
  now: v.number(),
  version: whole,
  receipts: v.array(v.object({ device: v.string(), name: v.string(), since: v.nullable(v.number()) })),
}) satisfies Of<protocol.ReceiptsAnswer>

export const Devices = v.object({
  now: v.number(),
  seq: whole,
  devices: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      named: v.boolean(),
      seenAt: v.number(),
      online: v.boolean(),
      cursor: whole,
      cursorAt: v.nullable(v.number()),
    }),
  ),
}) satisfies Of<protocol.DevicesAnswer>

export const DigestRequest = v.object({
  protocol: whole,
  account: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  mark: v.nullable(Mark),
  cursor: whole,
  without: v.optional(v.pipe(v.array(id), v.maxLength(protocol.DIGEST_LIMITS.without)), []),
  ranges: v.pipe(
    v.array(v.pipe(v.string(), v.regex(/^[0-9a-f-]{0,36}$/, 'must be the end of an id'))),
    v.minLength(1),
    v.maxLength(protocol.DIGEST_LIMITS.ranges),
  ),
}) satisfies Of<protocol.DigestRequest>

export const DigestAnswer = v.object({
  seq: whole,
  now: v.number(),
  ranges: v.record(
    v.string(),
    v.union([
      v.object({ parts: v.array(v.string()) }),
      v.object({ records: v.array(v.object({ id: v.string(), version: whole, digest: v.string() })) }),
    ]),
  ),
}) satisfies Of<protocol.DigestAnswer>
