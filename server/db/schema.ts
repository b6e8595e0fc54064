import type { Generated, Kysely, Transaction } from 'kysely'

/** A person's own library at first; a set of people's later. `seq` numbers its accepted changes. */
export interface SpaceTable {
  id: string
  account: string
  seq: number
  /** Marks and cursors below it are older than what is kept. */
  retained: number
  /** The highest version of any tombstone that is no longer kept: another device may still hold it. */
  forgotten_version: Generated<number>
  created_at: number
}

export interface MemberTable {
  space: string
  account: string
  at: number
}

/** One row a record of any kind; `fields` and `stamps` are JSON, kept to the letter. */
export interface RecordTable {
  space: string
  id: string
  kind: string
  version: number
  seq: number
  fields: string
  stamps: string
  /** Of a live card only: trashed cards hold no URL. Not unique: edits and restores onto a held URL are accepted. */
  url_key: string | null
  deleted: number
  purged: number
  created_at: number
  /** JSON of who set which fields last; null: written before that was kept. */
  authors: string | null
  /** When it was put into the trash, by the server's clock; null: it is in use. */
  deleted_at: number | null
}

/** Every accepted change with the record's fields after it, and every refused one with the fields it brought. */
export interface RevisionTable {
  id: Generated<number>
  space: string
  record: string
  version: number
  at: number
  by: string
  /** The device's name at that time; '' for REST and for the server itself. */
  device: Generated<string>
  fields: string
  applied: number
  /** 1: an automatic merge on the device. */
  merged: Generated<number>
  device_id: string | null
  mutation: string | null
}

/** The random tag of each change: a server restored from a copy does not know those it gave out since. */
export interface ChangeTable {
  space: string
  seq: number
  tag: string
  at: number
  /** The id of the device that made it; null: another program, the server itself, or not known. */
  device: string | null
}

export interface MutationTable {
  account: string
  id: string
  outcome: string
  at: number
}

export interface IdempotencyTable {
  account: string
  key: string
  request: string
  status: number
  body: string
  at: number
}

/** The devices of an account. */
export interface DeviceTable {
  account: string
  id: string
  name: string
  /** A person gave it the name; else it is what the device calls itself. */
  named: Generated<number>
  /** The session that it last came with; null: not known. */
  session: string | null
  seen_at: number
  /** The seq up to which it has read, and when it first said so. */
  cursor: Generated<number>
  cursor_at: number | null
}

/** A device said at `at` that it had read what is above `above` and up to `cursor`. The newest of each device. */
export interface DeviceStepTable {
  account: string
  device: string
  above: number
  cursor: number
  at: number
}

/** A cursor below `retained`, given to a device that reads afresh, and when that read (the oldest such) began. */
export interface ReadingTable {
  space: string
  cursor: number
  began: number
}

/** What of the auth library's tables our own queries read. */
export interface UserTable {
  id: string
  email: string
}
export interface SessionTable {
  id: string
}

export interface Schema {
  space: SpaceTable
  member: MemberTable
  record: RecordTable
  revision: RevisionTable
  change: ChangeTable
  mutation: MutationTable
  idempotency: IdempotencyTable
  device: DeviceTable
  device_step: DeviceStepTable
  reading: ReadingTable
  user: UserTable
  session: SessionTable
}

export type Database = Kysely<Schema>
/** An open write transaction. Inside one only it may be awaited: there is one connection, and it is taken. */
export type Tx = Transaction<Schema>
