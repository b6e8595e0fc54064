import { type DevicesAnswer, PROTOCOL_VERSION, type ReceiptsAnswer } from '../core/protocol.ts'
import { isObject } from '../core/records.ts'

/** Why the server did not do what it was asked. */
export type NoDevices = 'signed-out' | 'other-account' | 'unknown' | 'busy' | 'no-answer' | 'aborted'
export type Asked<T> = { readonly is: 'answer'; readonly answer: T } | { readonly is: NoDevices }

const PATIENCE = 20_000

/** The account's devices. None of these rejects. */
export const askDevices = (account: string, signal: AbortSignal): Promise<Asked<DevicesAnswer>> =>
  ask({ path: 'devices', account }, readDevices, signal)

/** Calls a device of the account so. */
export const askRename = (
  account: string,
  id: string,
  name: string,
  signal: AbortSignal,
): Promise<Asked<true>> =>
  ask({ path: `devices/${encodeURIComponent(id)}`, account, body: { name } }, () => true, signal)

/** On which devices a record is as the server has it. */
export const askReceipts = (
  account: string,
  record: string,
  signal: AbortSignal,
): Promise<Asked<ReceiptsAnswer>> =>
  ask({ path: 'receipts', account, query: { record } }, readReceipts, signal)

interface Question {
  readonly path: string
  /** Whose library asks; another's session is refused. */
  readonly account: string
  readonly query?: Readonly<Record<string, string>>
  /** Sent with PATCH. */
  readonly body?: unknown
}

async function ask<T>(
  { path, account, query, body }: Question,
  read: (body: unknown) => T | null,
  signal: AbortSignal,
): Promise<Asked<T>> {
  const params = new URLSearchParams({ protocol: String(PROTOCOL_VERSION), account, ...query })
  try {
    const response = await fetch(`/api/sync/${path}?${params}`, {
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
      ...(body !== undefined && {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    const said: unknown = await response.json()
    const answer = response.ok ? read(said) : null
    return answer === null ? { is: problemOf(response.status, said) } : { is: 'answer', answer }
  } catch {
    return { is: signal.aborted ? 'aborted' : 'no-answer' }
  }
}

/** What is not in our shape is somebody else's: a proxy, a portal. */
function problemOf(status: number, said: unknown): NoDevices {
  const code = isObject(said) && isObject(said.error) ? said.error.code : null
  if (code === 'signed_out') return 'signed-out'
  if (code === 'other_account') return 'other-account'
  if (code === 'not_found') return 'unknown'
  return status === 429 || status === 503 ? 'busy' : 'no-answer'
}

const isTime = (value: unknown): value is number | null => value === null || Number.isFinite(value)

function readDevices(body: unknown): DevicesAnswer | null {
  if (!isObject(body) || !Array.isArray(body.devices)) return null
  const { now, seq } = body
  if (typeof now !== 'number' || typeof seq !== 'number') return null
  return { now, seq, devices: body.devices.flatMap((one: unknown) => readDevice(one) ?? []) }
}

function readDevice(one: unknown): DevicesAnswer['devices'][number] | null {
  if (!isObject(one)) return null
  const { id, name, named, seenAt, online, cursor, cursorAt } = one
  if (typeof id !== 'string' || typeof name !== 'string' || typeof seenAt !== 'number') return null
  if (typeof cursor !== 'number' || !isTime(cursorAt)) return null
  return { id, name, named: named === true, seenAt, online: online === true, cursor, cursorAt }
}

function readReceipts(body: unknown): ReceiptsAnswer | null {
  if (!isObject(body) || !Array.isArray(body.receipts)) return null
  const { now, version } = body
  if (typeof now !== 'number' || typeof version !== 'number') return null
  return { now, version, receipts: body.receipts.flatMap((one: unknown) => readReceipt(one) ?? []) }
}

function readReceipt(one: unknown): ReceiptsAnswer['receipts'][number] | null {
  if (!isObject(one)) return null
  const { device, name, since } = one
  if (typeof device !== 'string' || typeof name !== 'string' || !isTime(since)) return null
  return { device, name, since }
}
