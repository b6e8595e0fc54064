import type { Change, Outcome } from './protocol.ts'
import type { RecordState } from './records.ts'

/**
 * Reads what the server says of single records, one by one: an outcome or change that cannot be read must not cost
 * the others. By hand and not by schema, because the worker has a budget of 25 kB; tests compare both readings.
 */
export function readOutcome(value: unknown): Outcome | null {
  if (!isObject(value) || typeof value.id !== 'string') return null
  const { outcome, record } = value
  if (outcome === 'void') return value as Outcome
  if (outcome === 'error' || outcome === 'rejected') {
    const told = typeof value.message === 'string' && (outcome === 'error' || typeof value.code === 'string')
    return told ? (value as Outcome) : null
  }
  if (outcome === 'conflict' && record === null) return value as Outcome
  if (!isRecord(record)) return null
  if (outcome === 'applied') return isWhole(value.version) && isWhole(value.seq) ? (value as Outcome) : null
  return outcome === 'conflict' || outcome === 'duplicate' ? (value as Outcome) : null
}

/** One row of a page of changes, null where this version cannot read it. */
export function readChange(value: unknown): Change | null {
  return isObject(value) && isWhole(value.seq) && isRecord(value.record)
    ? { seq: value.seq, record: value.record }
    : null
}

function isRecord(value: unknown): value is RecordState {
  if (!isObject(value)) return false
  const { id, kind, version, fields, stamps } = value
  const named = typeof id === 'string' && typeof kind === 'string' && isWhole(version)
  return (
    named &&
    isObject(fields) &&
    isObject(stamps) &&
    Object.values(stamps).every((at) => typeof at === 'number')
  )
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
