import { isIP } from 'node:net'
import { resolve } from 'node:path'
import * as v from 'valibot'
import { StartProblem } from './start-problem.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** Settings as the program uses them; the contract's table of variables says what each means. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Absolute path of the SQLite file. */
  readonly database: string
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string
  /** null: made on first start and kept beside the database. */
  readonly secret: string | null
  readonly signUp: 'open' | 'closed'
  readonly trustProxy: readonly string[]
  /** null: `/metrics` is for programs on this machine. */
  readonly metricsToken: string | null
  /** How much of its version history each record keeps: what is older than both goes. */
  readonly history: { readonly days: number; readonly versions: number }
  readonly logLevel: (typeof LEVELS)[number]
}

const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, 'must be a port number'),
  v.transform(Number),
  v.minValue(1, 'must be a port from 1 to 65535'),
  v.maxValue(65535, 'must be a port from 1 to 65535'),
)

const count = (most: number) => {
  const words = `must be a whole number from 1 to ${most}`
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, words),
    v.transform(Number),
    v.minValue(1, words),
    v.maxValue(most, words),
  )
}

const database = v.pipe(
  v.string(),
  v.check(
    (url) => !/^postgres(ql)?:/i.test(url),
    'names PostgreSQL, which this version does not support yet: use sqlite:PATH',
  ),
  v.regex(/^sqlite:(?!:memory:).+$/, 'must be sqlite:PATH'),
  v.transform((url) => url.slice('sqlite:'.length)),
)

const origin = v.pipe(
  v.string(),
  v.check((text) => {
    const url = URL.canParse(text) ? new URL(text) : null
    return (
      url !== null &&
      /^https?:$/.test(url.protocol) &&
      /^\/?$/.test(url.pathname + url.search + url.hash) &&
      !url.username
    )
  }, 'must be an origin such as https://pawkit.example'),
  v.transform((text) => new URL(text).origin),
)

const isAddress = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return (
    rest.length === 0 &&
    bits > 0 &&
    (prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= bits))
  )
}

const proxies = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
  v.everyItem(isAddress, 'must be IP addresses or networks, separated by commas'),
)

const Environment = v.object({
  PORT: v.optional(port, '3000'),
  HOST: v.optional(
    v.pipe(v.string(), v.regex(/^[\w.:%-]+$/, 'must be an address or a host name')),
    '127.0.0.1',
  ),
  DATABASE_URL: v.optional(database, 'sqlite:./data/pawkit.db'),
  PAWKIT_ORIGIN: v.optional(origin),
  PAWKIT_SECRET: v.optional(v.pipe(v.string(), v.minLength(32, 'must have at least 32 characters'))),
  PAWKIT_SIGN_UP: v.optional(v.picklist(['open', 'closed'], 'must be open or closed'), 'open'),
  PAWKIT_TRUST_PROXY: v.optional(proxies, ''),
  PAWKIT_METRICS_TOKEN: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\x21-\x7e]{16,}$/, 'must have at least 16 characters, all ASCII and none a space'),
    ),
  ),
  PAWKIT_HISTORY_DAYS: v.optional(count(36_500), '90'),
  PAWKIT_HISTORY_VERSIONS: v.optional(count(1_000_000), '100'),
  LOG_LEVEL: v.optional(v.picklist(LEVELS, `must be one of ${LEVELS.join(', ')}`), 'info'),
})

/** Reads the settings; a variable that is set but empty counts as not set. Throws a StartProblem for a bad one. */
export function readConfig(env: Readonly<Record<string, string | undefined>>, folder: string): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = v.safeParse(Environment, given)
  if (!parsed.success) {
    const issue = parsed.issues[0]
    throw new StartProblem(`${v.getDotPath(issue) ?? 'The environment'} ${issue.message}`)
  }
  const settings = parsed.output
  return {
    port: settings.PORT,
    host: settings.HOST,
    database: resolve(folder, settings.DATABASE_URL),
    origin: settings.PAWKIT_ORIGIN ?? `http://localhost:${settings.PORT}`,
    secret: settings.PAWKIT_SECRET ?? null,
    signUp: settings.PAWKIT_SIGN_UP,
    trustProxy: settings.PAWKIT_TRUST_PROXY,
    metricsToken: settings.PAWKIT_METRICS_TOKEN ?? null,
    history: { days: settings.PAWKIT_HISTORY_DAYS, versions: settings.PAWKIT_HISTORY_VERSIONS },
    logLevel: settings.LOG_LEVEL,
  }
}
