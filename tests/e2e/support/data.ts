import BetterSqlite from 'better-sqlite3'

export interface ServerRecord {
  readonly id: string
  readonly kind: string
  readonly version: number
  readonly fields: Readonly<Record<string, unknown>>
}

export interface ServerRevision {
  readonly version: number
  readonly fields: Readonly<Record<string, unknown>>
}

/** A change that a device or script sent, with when and whether the server took it. */
export interface ServerHistory extends ServerRevision {
  readonly record: string
  readonly at: number
  readonly applied: boolean
}

interface Row {
  readonly id: string
  readonly kind: string
  readonly version: number
  readonly fields: string
}

/** What really is in the server's file, read beside the server. */
export class ServerData {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  records(kind?: string): ServerRecord[] {
    return this.#all<Row>('select id, kind, version, fields from record order by id')
      .filter((row) => kind === undefined || row.kind === kind)
      .map((row) => ({ ...row, fields: JSON.parse(row.fields) }))
  }

  record(id: string): ServerRecord | null {
    return this.records().find((record) => record.id === id) ?? null
  }

  /** The text of a note, or null while the server has none. */
  content(id: string): unknown {
    return this.record(id)?.fields.content ?? null
  }

  /** Accepted changes of a record, oldest first. */
  revisions(id: string): ServerRevision[] {
    return this.#all<{ version: number; fields: string }>(
      'select version, fields from revision where record = ? and applied = 1 order by id',
      id,
    ).map((row) => ({ version: row.version, fields: JSON.parse(row.fields) }))
  }

  /** Every change of every record, refused ones too, oldest first. */
  history(): ServerHistory[] {
    return this.#all<{ record: string; version: number; at: number; applied: number; fields: string }>(
      'select record, version, at, applied, fields from revision order by id',
    ).map((row) => ({ ...row, applied: row.applied === 1, fields: JSON.parse(row.fields) }))
  }

  /** Mutation ids that the server knows, with how often it knows each: once. */
  mutations(): string[] {
    return this.#all<{ id: string }>('select id from mutation').map((row) => row.id)
  }

  sessions(): number {
    return this.#all('select id from session').length
  }

  /** As if every session had run out or been ended elsewhere. */
  endSessions(): void {
    const sqlite = new BetterSqlite(this.#path)
    try {
      sqlite.prepare('delete from session').run()
    } finally {
      sqlite.close()
    }
  }

  #all<T>(query: string, ...values: string[]): T[] {
    const sqlite = new BetterSqlite(this.#path, { readonly: true })
    try {
      return sqlite.prepare<string[], T>(query).all(...values)
    } finally {
      sqlite.close()
    }
  }
}
