import { createHmac } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { createApp } from '../../server/app.ts'
import { type Auth, createAuth } from '../../server/auth.ts'
import { type OpenDatabase, openDatabase } from '../../server/db/open.ts'
import { createLogger } from '../../server/logger.ts'
import { createMetrics } from '../../server/metrics.ts'
import { createPokes } from '../../server/sync/poke.ts'
import { uuidV7 } from '../../src/core/ids.ts'
import type { Fields, RecordState } from '../../src/core/records.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'

const SECRET = 'a secret of the simulator, 32 characters or more'
const ORIGIN = 'http://localhost:3000'
/** Sessions are the auth library's, by the machine's own clock: they outlive any run. */
const FAR = '2100-01-01T00:00:00.000Z'
const LONG_AGO = '2020-01-01T00:00:00.000Z'
export const ACCOUNT = { id: 'ada', email: 'ada@example.com' }
/** Shares Ada's space. */
export const MEMBER = { id: 'bea', email: 'bea@example.com' }
/** In a text: the database fails on the row that holds it, and on nothing else. */
export const POISON = 'POISON'
/** In a text: something on the way refuses every request that holds it, in the contract's shape. */
export const REFUSED = 'REFUSED'
export const isBane = (text: string): boolean => text.includes(POISON) || text.includes(REFUSED)
export const withoutBanes = (text: string): string => text.replaceAll(POISON, '').replaceAll(REFUSED, '')
const TOO_LARGE = '{"error":{"code":"too_large","message":"Too large."}}'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly body: string
  /** Of which device's session; null: without a cookie. */
  readonly device: string
}

export interface Said {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface ServerRevision {
  readonly record: string
  readonly version: number
  readonly fields: Fields
  readonly applied: boolean
  readonly mutation: string | null
}

/** What a checker sees of the server's file. */
export interface ServerContents {
  readonly seq: number
  readonly records: readonly (RecordState & { readonly seq: number })[]
  readonly revisions: readonly ServerRevision[]
}

/** Copies of an empty database, made once a process: migrations and accounts are the same for every run. */
let template: string | null = null
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pawkit-sim-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
let runs = 0

const ends = ['', '-wal', '-shm'] as const
function copy(from: string, to: string): void {
  for (const end of ends) {
    rmSync(to + end, { force: true })
    if (existsSync(from + end)) copyFileSync(from + end, to + end)
  }
}

const token = (device: string): string => `token-of-${device}`.padEnd(32, '-')

const headers = new Map<string, Readonly<Record<string, string>>>()

function headersOf(device: string): Readonly<Record<string, string>> {
  const known = headers.get(device)
  if (known) return known
  const signature = createHmac('sha256', SECRET).update(token(device)).digest('base64')
  const cookie = `pawkit.session_token=${encodeURIComponent(`${token(device)}.${signature}`)}`
  const made = { origin: ORIGIN, cookie, 'content-type': 'application/json' }
  headers.set(device, made)
  return made
}

/** The real app on a real SQLite file, with a clock and randomness of the run's. */
export class SimServer {
  readonly #path: string
  readonly #scheduler: Scheduler
  readonly #random: Random
  readonly #onPoke: (seq: number) => void
  readonly #metrics = createMetrics(() => 0)
  #open: OpenDatabase | null = null
  #app: ReturnType<typeof createApp> | null = null
  #auth: Auth | null = null
  readonly #accounts = new Map<string, Awaited<ReturnType<Auth['accountOf']>>>()
  #contents: ServerContents | null = null
  #reader: Reader | null = null
  #backup = false
  /** Devices on which the second account is signed in. */
  readonly members = new Set<string>()
  /** Every change fails: the disk is full, say. */
  choking = false
  readonly errors: string[] = []

  constructor(scheduler: Scheduler, random: Random, onPoke: (seq: number) => void) {
    this.#path = join(folder, `server-${++runs}.db`)
    this.#scheduler = scheduler
    this.#random = random
    this.#onPoke = onPoke
  }

  async begin(devices: readonly string[]): Promise<void> {
    template ??= await makeTemplate()
    copy(template, this.#path)
    await this.#start()
    for (const device of devices) await this.signIn(device)
  }

  async #start(): Promise<void> {
    this.#open = await openDatabase(this.#path, this.#metrics.write)
    const { db } = this.#open
    const newId = (): string => uuidV7(this.#scheduler.now, this.#random.bytes(16))
    const world = {
      now: () => this.#scheduler.now,
      newId,
      newTag: () => {
        if (this.choking) throw new Error('no randomness left')
        return newId()
      },
      random: () => 0.5,
    }
    const config = { origin: ORIGIN, signUp: 'open' as const, trustProxy: [], metricsToken: null }
    const logger = createLogger('error', { write: (line: string) => void this.errors.push(line) })
    this.#accounts.clear()
    const real = createAuth({ db, config, secret: SECRET, logger })
    const auth: Auth = { handle: real.handle, accountOf: (headers) => this.#accountOf(real, headers) }
    const pokes = { ...createPokes(), publish: (_space: string, seq: number) => this.#onPoke(seq) }
    const deps = { db, auth, config, world, logger, pokes, metrics: this.#metrics, distDir: '/nonexistent' }
    this.#auth = auth
    this.#app = createApp({ ...deps, draining: () => false })
  }

  /**
   * Requests that arrive at one moment, answered side by side. Who asks is looked up beforehand: that is work of
   * the thread pool, which must not decide an order.
   */
  async handle(together: readonly Asked[]): Promise<Said[]> {
    if (together.some(({ method }) => method !== 'GET')) this.#contents = null
    for (const { device } of together) await this.#auth?.accountOf(new Headers(headersOf(device)))
    return Promise.all(together.map((asked) => this.#answer(asked)))
  }

  async #answer({ method, path, body, device }: Asked): Promise<Said> {
    if (!this.#app) throw new Error('the server is not up')
    if (body.includes(REFUSED)) return { status: 413, headers: {}, body: TOO_LARGE }
    const headers = headersOf(device)
    const init = { method, headers, ...(method === 'GET' ? {} : { body }) }
    const response = await this.#app.request(`${ORIGIN}${path}`, init)
    const said: Record<string, string> = {}
    const after = response.headers.get('retry-after')
    if (after !== null) said['retry-after'] = after
    return { status: response.status, headers: said, body: await response.text() }
  }

  async #accountOf(real: Auth, headers: Headers): ReturnType<Auth['accountOf']> {
    const cookie = headers.get('cookie') ?? ''
    const known = this.#accounts.get(cookie)
    if (known !== undefined) return known
    const account = await real.accountOf(headers)
    this.#accounts.set(cookie, account)
    return account
  }

  /** Stopped and started again from its file; killed: without a word, as by a power cut. */
  async restart(killed: boolean): Promise<void> {
    const spare = `${this.#path}.spare`
    if (killed) copy(this.#path, spare)
    await this.#stop()
    if (killed) copy(spare, this.#path)
    await this.#start()
  }

  async backup(): Promise<void> {
    await this.#stop()
    copy(this.#path, `${this.#path}.backup`)
    this.#backup = true
    await this.#start()
  }

  get hasBackup(): boolean {
    return this.#backup
  }

  async restore(): Promise<void> {
    await this.#stop()
    copy(`${this.#path}.backup`, this.#path)
    await this.#start()
  }

  async #stop(): Promise<void> {
    this.#contents = null
    this.#reader?.close()
    this.#reader = null
    await this.#open?.close()
    this.#open = null
    this.#app = null
  }

  accountOf(device: string): typeof ACCOUNT {
    return this.members.has(device) ? MEMBER : ACCOUNT
  }

  signIn(device: string): void {
    this.#write(
      `insert or ignore into session values ('s-${device}', '${FAR}', '${token(device)}', '${LONG_AGO}', '${FAR}', '', '', '${this.accountOf(device).id}')`,
    )
  }

  endSession(device: string): void {
    this.#write(`delete from session where token = '${token(device)}'`)
  }

  #write(statement: string): void {
    this.#accounts.clear()
    const db = new BetterSqlite(this.#path)
    db.exec(statement)
    db.close()
  }

  /** What lies in its file; read anew only where a request or a restart may have changed it. */
  read(): ServerContents {
    this.#contents ??= this.#readFile()
    return this.#contents
  }

  #readFile(): ServerContents {
    this.#reader ??= reader(this.#path)
    return this.#reader.read()
  }

  async end(): Promise<void> {
    await this.#stop()
    for (const part of ['', '.spare', '.backup'])
      for (const end of ends) rmSync(this.#path + part + end, { force: true })
  }
}

interface Reader {
  read(): ServerContents
  close(): void
}

/** A connection of its own to the server's file, which sees what is committed. */
function reader(path: string): Reader {
  const db = new BetterSqlite(path, { readonly: true })
  const space = db.prepare('select seq from space')
  const records = db.prepare('select id, kind, version, seq, fields, stamps from record order by seq')
  const revisions = db.prepare('select record, version, fields, applied, mutation from revision')
  return {
    read: () => ({
      seq: (space.get() as { seq: number } | undefined)?.seq ?? 0,
      records: (records.all() as Record<string, string>[]).map(
        parsed,
      ) as unknown as ServerContents['records'],
      revisions: (revisions.all() as Record<string, string>[]).map((row) => ({
        ...parsed(row),
        applied: Number(row.applied) === 1,
      })) as unknown as ServerRevision[],
    }),
    close: () => db.close(),
  }
}

const parsed = (row: Record<string, string>): Record<string, unknown> => ({
  ...row,
  fields: JSON.parse(row.fields ?? '{}'),
  ...(row.stamps === undefined ? {} : { stamps: JSON.parse(row.stamps) }),
})

async function makeTemplate(): Promise<string> {
  const path = join(folder, 'template.db')
  const { close } = await openDatabase(path)
  const db = new BetterSqlite(path)
  for (const { id, email } of [ACCOUNT, MEMBER])
    db.exec(`insert into user values ('${id}', '${id}', '${email}', 0, null, '${LONG_AGO}', '${LONG_AGO}')`)
  db.exec(`insert into space (id, account, created_at) values ('space', '${ACCOUNT.id}', 0)`)
  for (const { id } of [ACCOUNT, MEMBER]) db.exec(`insert into member values ('${id}', 'space', 0)`)
  db.exec(
    `create trigger poison before insert on revision when new.fields like '%${POISON}%' begin select raise(abort, 'disk I/O error'); end`,
  )
  db.close()
  await close()
  return path
}
