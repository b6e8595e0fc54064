import type { Change, DigestAnswer, Mark, Outcome, PullAnswer, PushAnswer } from './protocol.ts'
import { isObject, type RecordState } from './records.ts'

/** An answer whose outcomes are still to be read one by one. */
export type PushPage = Omit<PushAnswer, 'results'> & { results: readonly unknown[] }
/** An answer whose changes are still to be read one by one. */
export type PullPage = Omit<PullAnswer, 'changes'> & { changes: readonly unknown[] }

/**
 * The answer to a push, null where it cannot be read. All reading of answers is by hand and not by schema, because
 * the worker has a budget of 25 kB; tests compare both readings.
 */
export function readPushAnswer(value: unknown): PushPage | null {
  if (!isObject(value)) return null
  const { results, now } = value
  const mark = readMark(value.mark)
  return Array.isArray(results) && isNumber(now) && mark !== undefined ? { results, now, mark } : null
}

/** The answer to a pull, null where it cannot be read. */
export function readPullAnswer(value: unknown): PullPage | null {
  if (!isObject(value)) return null
  const { changes, cursor, more, now } = value
  const mark = readMark(value.mark)
  return Array.isArray(changes) &&
    isWhole(cursor) &&
    typeof more === 'boolean' &&
    isNumber(now) &&
    mark !== undefined
    ? { changes, cursor, more, now, mark }
    : null
}

/** undefined: there is none to be read; null: the server has none. */
function readMark(value: unknown): Mark | null | undefined {
  if (value === null) return null
  if (!isObject(value) || !isWhole(value.seq) || typeof value.tag !== 'string') return undefined
  return { seq: value.seq, tag: value.tag }
}

/** What became of one mutation: an outcome or change that cannot be read must not cost the others. */
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
    ? { seq: value.seq, at: isNumber(value.at) ? value.at : undefined, record: value.record }
    : null
}

/** The answer to a comparison, null where it cannot be read. */
export function readDigestAnswer(value: unknown): DigestAnswer | null {
  if (!isObject(value) || !isWhole(value.seq) || !isNumber(value.now) || !isObject(value.ranges)) return null
  const told = Object.values(value.ranges)
  return told.every((range) => isObject(range) && Array.isArray(range.parts ?? range.records))
    ? (value as unknown as DigestAnswer)
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
const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value)
