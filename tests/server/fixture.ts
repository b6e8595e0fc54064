import { createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { createApp } from '../../server/app.ts'
import { createAuth } from '../../server/auth.ts'
import { openDatabase } from '../../server/db/open.ts'
import type { Database } from '../../server/db/schema.ts'
import { ensureSpace } from '../../server/db/spaces.ts'
import { write } from '../../server/db/transaction.ts'
import { close, listen } from '../../server/listen.ts'
import { createLogger } from '../../server/logger.ts'
import { createMetrics } from '../../server/metrics.ts'
import { createPokes, type Pokes } from '../../server/sync/poke.ts'
import { runUpkeep } from '../../server/upkeep/run.ts'
import type { KeptHistory } from '../../server/upkeep/tools.ts'
import type { World } from '../../server/world.ts'
import { uuidV7 } from '../../src/core/ids.ts'

const SECRET = 'a secret of the tests, 32 characters or more'
export const NOW = Date.parse('2026-05-04T10:00:00.000Z')

export interface Settings {
  readonly origin?: string
  readonly signUp?: 'open' | 'closed'
  readonly trustProxy?: readonly string[]
  readonly metricsToken?: string
  readonly database?: string
  readonly distDir?: string
  readonly history?: KeptHistory
  /** Serve over a real socket instead of `app.request`. */
  readonly socket?: boolean
}

/** An answer, its body read. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON, or {} where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answered>

/** Somebody who is signed in. */
export interface Client {
  readonly account: string
  readonly email: string
  readonly cookie: string
  readonly send: Send
}

export interface TestServer {
  readonly origin: string
  readonly db: Database
  readonly clock: { now: number }
  readonly world: { -readonly [K in keyof World]: World[K] } & { failing: boolean }
  readonly pokes: Pokes
  readonly logs: string[]
  draining: boolean
  /** `bindings` stand for the socket's where there is none. */
  readonly fetch: (path: string, init?: RequestInit, bindings?: object) => Promise<Response>
  /** Without a session. */
  readonly send: Send
  signUp(name?: string): Promise<Client>
  /** Makes the second a member of the first's space, which then is the only one that it has. */
  share(owner: Client, member: Client): Promise<void>
  /** One pass of what the running server does every hour, by this clock. */
  upkeep(): Promise<void>
  stop(): Promise<void>
}

/** A folder that is removed by the returned function. */
export function tempFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'pawkit-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  const probe = createServer()
  return new Promise((resolve) => {
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json') && text !== ''
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : {} }
}

const sender =
  (fetch: TestServer['fetch'], fixed: Record<string, string>): Send =>
  async (method, path, body, headers = {}) => {
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const bytes = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    return answered(
      await fetch(path, { method, headers: { ...fixed, ...type, ...headers }, redirect: 'manual', ...bytes }),
    )
  }

/**
 * An account with an open session, written as the auth library writes them. Hashing a password for each test would
 * take most of their time; signing up and in as people do is in auth.test.ts.
 */
async function signIn(db: Database, email: string): Promise<{ account: string; cookie: string }> {
  const account = randomBytes(16).toString('hex')
  const token = randomBytes(16).toString('hex')
  const now = new Date().toISOString()
  const end = new Date(Date.now() + 24 * 3600_000).toISOString()
  await sql`insert into user values (${account}, 'Name', ${email}, 0, null, ${now}, ${now})`.execute(db)
  await sql`insert into session values (${newId()}, ${end}, ${token}, ${now}, ${now}, '', '', ${account})`.execute(
    db,
  )
  const signature = createHmac('sha256', SECRET).update(token).digest('base64')
  return { account, cookie: `pawkit.session_token=${encodeURIComponent(`${token}.${signature}`)}` }
}

/** The whole server on a real database, in memory unless a path is given, with a clock of its own. */
export async function testServer(settings: Settings = {}): Promise<TestServer> {
  const port = settings.socket ? await freePort() : 3000
  const origin = settings.origin ?? `http://localhost:${port}`
  const config = {
    origin,
    signUp: settings.signUp ?? 'open',
    trustProxy: settings.trustProxy ?? [],
    metricsToken: settings.metricsToken ?? null,
  }
  const pokes = createPokes()
  const metrics = createMetrics(() => pokes.size)
  const { db, close: closeDatabase } = await openDatabase(settings.database ?? ':memory:', metrics.write)
  const logs: string[] = []
  const logger = createLogger('info', { write: (line: string) => void logs.push(line) })
  const clock = { now: NOW }
  const world = {
    failing: false,
    now: () => clock.now,
    newId,
    newTag: () => {
      if (world.failing) throw new Error('no randomness left')
      return newId()
    },
    random: () => 0.5,
  }
  const auth = createAuth({ db, config, secret: SECRET, logger })
  const state = { draining: false }
  const distDir = settings.distDir ?? '/nonexistent'
  const app = createApp({
    db,
    auth,
    config,
    world,
    logger,
    pokes,
    metrics,
    distDir,
    draining: () => state.draining,
  })
  let listening: Server | null = null
  if (settings.socket) listening = await listen(app, { port, host: 'localhost' })
  const request: TestServer['fetch'] = async (path, init, bindings) =>
    listening ? fetch(`${origin}${path}`, init) : app.request(`${origin}${path}`, init, bindings)
  const send = sender(request, {})

  return {
    origin,
    db,
    clock,
    world,
    pokes,
    logs,
    fetch: request,
    send,
    get draining() {
      return state.draining
    },
    set draining(value) {
      state.draining = value
    },
    async signUp(name = 'ada') {
      const email = `${name}@example.com`
      const { account, cookie } = await signIn(db, email)
      return { account, email, cookie, send: sender(request, { cookie }) }
    },
    async share(owner, member) {
      await write(db, async (trx) => {
        const { id } = await ensureSpace(trx, owner.account, newId(), clock.now)
        await trx.deleteFrom('member').where('account', '=', member.account).execute()
        await trx.insertInto('member').values({ account: member.account, space: id, at: clock.now }).execute()
      })
    },
    upkeep: () =>
      runUpkeep({
        db,
        world,
        pokes,
        logger,
        history: settings.history ?? { days: 90, versions: 100 },
        stopping: () => false,
      }),
    async stop() {
      pokes.closeAll()
      if (listening) await close(listening, 1000)
      await closeDatabase()
    },
  }
}

/** A UUIDv7, as a device makes it. */
export const newId = (): string => uuidV7(Date.now(), randomBytes(16))
