import { type Fields, isObject, type Json } from '../core/records.ts'

/** One revision as the server tells it. */
export interface ServerVersion {
  /** Of a refused change the version that it was made on. */
  readonly version: number
  /** ms. */
  readonly at: number
  /** The account's id. */
  readonly by: string
  readonly byName: string | null
  /** '' for a program that uses the HTTP API; null: not known. */
  readonly device: string | null
  /** The record's whole fields after it; of a refused change those that it brought. */
  readonly fields: Fields
  /** false: refused, since the record had changed meanwhile. */
  readonly applied: boolean
  /** A device had merged its change with the version before it by itself. */
  readonly merged: boolean
  /** The device's own id; null: none, or not known. */
  readonly deviceId: string | null
}

export type VersionsAnswer =
  | { readonly is: 'page'; readonly versions: readonly ServerVersion[]; readonly next: string | null }
  | { readonly is: 'signed-out' | 'other-account' | 'unknown-record' | 'busy' | 'no-answer' | 'aborted' }

export interface VersionsQuestion {
  /** Whose library asks; another account's session gets nothing shown. */
  readonly account: string
  readonly kind: string
  readonly id: string
  readonly cursor: string | null
  readonly limit: number
}

const PATIENCE = 20_000

/** A page of a record's history, newest first. Never rejects. */
export async function readVersions(
  { account, kind, id, cursor, limit }: VersionsQuestion,
  signal: AbortSignal,
): Promise<VersionsAnswer> {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor !== null && { cursor }) })
  try {
    // The address names no account, and a library that has moved has the same ids in two of them.
    const [whose, page] = await Promise.all([
      get('/api/auth/get-session', signal),
      get(`/api/${kind}s/${encodeURIComponent(id)}/versions?${query}`, signal),
    ])
    if (page.status === 401) return { is: 'signed-out' }
    if (page.status === 429 || page.status === 503) return { is: 'busy' }
    if (!whose.ok) return { is: 'no-answer' }
    const user = isObject(whose.body) && isObject(whose.body.user) ? whose.body.user.id : null
    if (user === null) return { is: 'signed-out' }
    if (user !== account) return { is: 'other-account' }
    // A 404 that is not in our shape is somebody else's: a proxy, a portal.
    if (page.status === 404 && isObject(page.body)) return { is: 'unknown-record' }
    return (page.ok && readPage(page.body)) || { is: 'no-answer' }
  } catch {
    return { is: signal.aborted ? 'aborted' : 'no-answer' }
  }
}

interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly body: unknown
}

async function get(path: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(path, {
    credentials: 'same-origin',
    redirect: 'error',
    cache: 'no-store',
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
  })
  const body: unknown = await response.json().catch((error: unknown) => {
    if (error instanceof SyntaxError) return undefined
    throw error
  })
  return { ok: response.ok, status: response.status, body }
}

function readPage(body: unknown): VersionsAnswer | null {
  if (!isObject(body) || !Array.isArray(body.versions)) return null
  const { next } = body
  if (next !== null && typeof next !== 'string') return null
  const versions = body.versions.flatMap((one: unknown) => readVersion(one) ?? [])
  return { is: 'page', versions, next }
}

function readVersion(one: unknown): ServerVersion | null {
  if (!isObject(one) || !isObject(one.fields)) return null
  const { version, at, by, byName, device, deviceId, fields, applied, merged } = one
  const when = typeof at === 'string' ? Date.parse(at) : Number.NaN
  if (typeof version !== 'number' || Number.isNaN(when) || typeof by !== 'string') return null
  return {
    version,
    at: when,
    by,
    byName: typeof byName === 'string' && byName !== '' ? byName : null,
    device: typeof device === 'string' ? device : null,
    fields: fields as { readonly [field: string]: Json },
    applied: applied !== false,
    merged: merged === true,
    deviceId: typeof deviceId === 'string' ? deviceId : null,
  }
}
