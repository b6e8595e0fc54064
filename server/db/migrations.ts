import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * SQLite keeps the tables that a failed migration had made, so every statement can run again. Names sort in the
 * order of running and never change once released.
 */
const statements = (...list: readonly string[]): Migration => ({
  async up(db: Kysely<unknown>) {
    for (const statement of list) await sql.raw(statement).execute(db)
  },
})

/** The auth library's own schema, written down so that an update of it never changes a database unseen. */
const accounts = statements(
  `create table if not exists "user" ("id" text not null primary key, "name" text not null, "email" text not null unique, "emailVerified" integer not null, "image" text, "createdAt" date not null, "updatedAt" date not null)`,
  `create table if not exists "session" ("id" text not null primary key, "expiresAt" date not null, "token" text not null unique, "createdAt" date not null, "updatedAt" date not null, "ipAddress" text, "userAgent" text, "userId" text not null references "user" ("id") on delete cascade)`,
  `create table if not exists "account" ("id" text not null primary key, "accountId" text not null, "providerId" text not null, "userId" text not null references "user" ("id") on delete cascade, "accessToken" text, "refreshToken" text, "idToken" text, "accessTokenExpiresAt" date, "refreshTokenExpiresAt" date, "scope" text, "password" text, "createdAt" date not null, "updatedAt" date not null)`,
  `create table if not exists "verification" ("id" text not null primary key, "identifier" text not null, "value" text not null, "expiresAt" date not null, "createdAt" date not null, "updatedAt" date not null)`,
  `create index if not exists "session_userId_idx" on "session" ("userId")`,
  `create index if not exists "account_userId_idx" on "account" ("userId")`,
  `create index if not exists "verification_identifier_idx" on "verification" ("identifier")`,
)

const library = statements(
  `create table if not exists space (id text not null primary key, account text not null unique references "user" (id), seq integer not null default 0, retained integer not null default 0, created_at integer not null)`,
  `create table if not exists member (account text not null references "user" (id), space text not null references space (id), at integer not null, primary key (account, space)) without rowid`,
  `create table if not exists record (space text not null references space (id), id text not null, kind text not null, version integer not null, seq integer not null, fields text not null, stamps text not null, url_key text, deleted integer not null, purged integer not null, created_at integer not null, primary key (space, id))`,
  `create unique index if not exists record_seq on record (space, seq)`,
  `create index if not exists record_list on record (space, kind, deleted, id)`,
  `create index if not exists record_url on record (space, url_key) where url_key is not null`,
  `create table if not exists revision (id integer primary key autoincrement, space text not null, record text not null, version integer not null, at integer not null, by text not null, fields text not null, applied integer not null, mutation text)`,
  `create index if not exists revision_record on revision (space, record, id)`,
  `create table if not exists change (space text not null, seq integer not null, tag text not null, at integer not null, primary key (space, seq)) without rowid`,
  `create table if not exists mutation (account text not null, id text not null, outcome text not null, at integer not null, primary key (account, id)) without rowid`,
  `create index if not exists mutation_at on mutation (at)`,
  `create table if not exists idempotency (account text not null, key text not null, request text not null, status integer not null, body text not null, at integer not null, primary key (account, key))`,
)

/** Columns that a table may have by now: SQLite has no `add column if not exists`. */
const columns = (table: string, ...added: readonly (readonly [name: string, type: string])[]): Migration => ({
  async up(db: Kysely<unknown>) {
    const { rows } = await sql<{ name: string }>`select name from pragma_table_info(${table})`.execute(db)
    const there = new Set(rows.map(({ name }) => name))
    for (const [name, type] of added)
      if (!there.has(name)) await sql.raw(`alter table ${table} add column ${name} ${type}`).execute(db)
  },
})

const allOf = (...list: readonly Migration[]): Migration => ({
  async up(db: Kysely<unknown>) {
    for (const { up } of list) await up(db)
  },
})

/** Who set what on which device, and what it takes to forget in time. */
const history = allOf(
  columns('record', ['authors', 'text'], ['deleted_at', 'integer']),
  columns('revision', ['device', `text not null default ''`]),
  columns('space', ['forgotten_version', 'integer not null default 0']),
  statements(
    `create table if not exists device (account text not null, id text not null, name text not null, seen_at integer not null, primary key (account, id)) without rowid`,
    `create table if not exists reading (space text not null, cursor integer not null, began integer not null, primary key (space, cursor)) without rowid`,
    // What is in the trash by now was last changed by the deletion, or by an edit since.
    `update record set deleted_at = coalesce((select at from change where change.space = record.space and change.seq = record.seq), created_at) where deleted = 1 and deleted_at is null`,
    `create index if not exists record_trash on record (deleted_at, space, id) where deleted = 1 and purged = 0`,
    `create index if not exists record_purged on record (space, seq) where purged = 1`,
    `create index if not exists mutation_old on mutation (account, at)`,
    `create index if not exists idempotency_at on idempotency (at)`,
  ),
)

/** How far each device has read. */
const devices = columns('device', ['cursor', 'integer not null default 0'], ['cursor_at', 'integer'])

/** Names that people give to devices, and since when each device has what. */
const receipts = allOf(
  columns('device', ['named', 'integer not null default 0'], ['session', 'text']),
  columns('change', ['device', 'text']),
  statements(
    `create table if not exists device_step (account text not null, device text not null, above integer not null, cursor integer not null, at integer not null, primary key (account, device, cursor)) without rowid`,
  ),
)

/** Which versions came about in an automatic merge, and the id of the device that made each. */
const merges = columns('revision', ['merged', 'integer not null default 0'], ['device_id', 'text'])

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001_accounts': accounts,
  '0002_library': library,
  '0003_history': history,
  '0004_devices': devices,
  '0005_receipts': receipts,
  '0006_merges': merges,
}
