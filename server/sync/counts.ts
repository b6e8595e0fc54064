import type { Outcome } from '../../src/core/protocol.ts'

export type OutcomeCounts = Readonly<Partial<Record<Outcome['outcome'], number>>>

/** How many of the results are of which outcome. */
export function countOutcomes(results: readonly Outcome[]): OutcomeCounts {
  const counts: Partial<Record<Outcome['outcome'], number>> = {}
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** What the log says of a push, as far as it came. Numbers only: nothing that a person wrote. */
export interface PushCounts {
  /** Of the request's body. */
  readonly bytes: number
  readonly mutations?: number
  readonly voids?: number
  readonly outcomes?: OutcomeCounts
}

/** What the log says of a pull that was answered. */
export interface PullCounts {
  readonly after: number
  readonly cursor: number
  readonly records: number
  readonly more: boolean
  /** Of the answer's body. */
  readonly bytes: number
}

/** What the log says of a comparison that was answered. */
export interface DigestCounts {
  readonly cursor: number
  readonly ranges: number
  readonly without: number
  /** Of the answer's body. */
  readonly bytes: number
}
