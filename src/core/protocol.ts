import type { RecordState } from './records.ts'
import type { FieldProblem } from './schema.ts'

/** Raised with every change of what travels; the server speaks this and the one before (tests/pins.test.ts). */
export const PROTOCOL_VERSION = 1
export const OLDEST_PROTOCOL = 1

/** A push holds at most this much; the device splits what is more. */
export const PUSH_LIMITS = { mutations: 500, bytes: 1024 * 1024 } as const
/** A page of changes holds at most this much (but always one record). */
export const PULL_LIMITS = { records: 500, bytes: 1024 * 1024 } as const
/** For so long mutation ids, tags and tombstones are known; afterwards a device reads afresh. */
export const RETENTION_MS = 180 * 24 * 3600_000

/** The newest seq that any answer named, with that change's random tag: a restored server does not know it. */
export interface Mark {
  readonly seq: number
  readonly tag: string
}

/**
 * A change of one record as it travels. The schemas of all these types are the server's (`server/sync/schemas.ts`);
 * the device reads answers by hand (`answer.ts`).
 */
export interface Mutation {
  /** Its own id; sent again under the same id until the outcome is known. */
  readonly id: string
  readonly record: string
  readonly kind: string
  /** The version it was made on; 0: the record is made by it. */
  readonly on: number
  /** The highest version of the record that the device has seen: a server that lacks it goes on above. */
  readonly above: number
  readonly fields: RecordState['fields']
  readonly stamps: RecordState['stamps']
  /** An automatic merge with the version that it was made on is in it: every device offers to undo it. */
  readonly merged?: boolean | undefined
}

/** The device that a push comes from, for the history of what it changes; more than these lengths is ignored. */
export interface DeviceName {
  /** Random, and its own as long as the library on it. */
  readonly id: string
  /** As its owner knows it. */
  readonly name: string
}
export const DEVICE_LIMITS = { id: 100, name: 100 } as const

/** `POST /api/sync/push` */
export interface PushRequest {
  readonly protocol: number
  /** The account whose library this is; another's cookie is refused with `other_account`. */
  readonly account: string
  /** The device's present time, offset included, ms. */
  readonly now: number
  readonly mark: Mark | null
  readonly mutations: readonly Mutation[]
  /** Mutation ids to void: the first outcome if the server has the id, else the id is never applied. */
  readonly voids: readonly string[]
  readonly device?: DeviceName | undefined
}

/** What became of one mutation; `record` is the record as the server has it now. */
export type Outcome = { readonly id: string } & (
  | {
      readonly outcome: 'applied'
      readonly version: number
      readonly seq: number
      /** When the server took it, ms by its clock; an older server does not say. */
      readonly at?: number | undefined
      readonly record: RecordState
    }
  /** null: the space has no such record; the device sends it whole. */
  | { readonly outcome: 'conflict'; readonly record: RecordState | null }
  /** A create whose URL a live card holds. */
  | { readonly outcome: 'duplicate'; readonly record: RecordState }
  | {
      readonly outcome: 'rejected'
      readonly code: string
      readonly message: string
      readonly details?: readonly FieldProblem[] | undefined
    }
  /** The server choked on it; nothing of it was applied. */
  | { readonly outcome: 'error'; readonly message: string }
  | { readonly outcome: 'void' }
)

export interface PushAnswer {
  readonly results: readonly Outcome[]
  readonly now: number
  readonly mark: Mark | null
}

/** One row of the feed: a record as it now is, at the seq of its last change. */
export interface Change {
  readonly seq: number
  /** When the server took it, ms by its clock; an older server does not say. */
  readonly at?: number | undefined
  readonly record: RecordState
}

/**
 * `GET /api/sync/changes?protocol=&account=&after=&limit=&mark=SEQ.TAG&ids=ID,ID&device=ID`; with ids, only of those
 * records; the device's id as in its pushes.
 */
export interface PullAnswer {
  readonly changes: readonly Change[]
  /** The seq of the last change returned, or `after` where there was none. */
  readonly cursor: number
  readonly more: boolean
  readonly now: number
  readonly mark: Mark | null
}

/** A comparison asks for so much at a time; a range of so few records is answered record by record. */
export const DIGEST_LIMITS = { ranges: 64, without: 500, records: 32, ids: 100 } as const

/** `POST /api/sync/digests`: what the server holds, for a device that has read up to `cursor`. */
export interface DigestRequest {
  readonly protocol: number
  readonly account: string
  readonly mark: Mark | null
  readonly cursor: number
  /** Records left out: those with changes that the server does not have yet. */
  readonly without: readonly string[]
  /** Endings of ids; '' is everything. */
  readonly ranges: readonly string[]
}

/** Of a range with many records the digest of each part, in the order of `ID_SIGNS`; of one with few, the records. */
export type RangeAnswer =
  | { readonly parts: readonly string[] }
  | {
      readonly records: readonly { readonly id: string; readonly version: number; readonly digest: string }[]
    }

export interface DigestAnswer {
  /** The seq of the newest record: above the cursor the device has to pull first, and nothing was compared. */
  readonly seq: number
  readonly now: number
  readonly ranges: { readonly [ending: string]: RangeAnswer }
}

/** `GET /api/sync/devices?protocol=&account=`: the account's devices, the one that was here last first. */
export interface DevicesAnswer {
  readonly now: number
  /** The seq of the space's newest change: a device whose cursor it is has read everything. */
  readonly seq: number
  readonly devices: readonly DeviceState[]
}

export interface DeviceState {
  readonly id: string
  /** '': it has not said. */
  readonly name: string
  /** A person gave it that name; else it is what the device calls itself. */
  readonly named: boolean
  /** ms by the server's clock. */
  readonly seenAt: number
  /** It has a stream open and was heard of within 150 s, or it has asked within the last minute. */
  readonly online: boolean
  /** The seq up to which it has read, and when it first said so; what is above it may be there already. */
  readonly cursor: number
  readonly cursorAt: number | null
}

/** `PATCH /api/sync/devices/ID?protocol=&account=` with `{name}` */
export interface RenameAnswer {
  readonly device: DeviceName
}

/**
 * `GET /api/sync/receipts?protocol=&account=&record=ID`: on which devices of the account this version of the record is
 * stored. They have said so themselves; the one that made it has it since the change.
 */
export interface ReceiptsAnswer {
  readonly now: number
  readonly version: number
  readonly receipts: readonly {
    /** The device's id. */
    readonly device: string
    readonly name: string
    /** When it first said so, or made the change, ms by the server's clock; null: so long ago that it is no longer known. */
    readonly since: number | null
  }[]
}

export const markParam = (mark: Mark | null): string => (mark ? `${mark.seq}.${mark.tag}` : '')
