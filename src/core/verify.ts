import type { Failure } from './failure.ts'
import type { DigestAnswer } from './protocol.ts'
import type { Result } from './result.ts'

/**
 * What was done with a record that differed. `replaced`: the server's is here, what this device had is in its
 * history; `merged`: both brought together, and sent; `taken`: it was missing here; `sent`: it was missing there;
 * `left`: it has been changed since, or the server lacks it too.
 */
export interface Repaired {
  readonly id: string
  readonly done: 'replaced' | 'merged' | 'taken' | 'sent' | 'left'
}

/** What the worker answers to `compare`. */
export type Compared = Result<{ readonly answer: DigestAnswer }, Failure>

/** What the worker answers to `repair`; null: others have changed something since, and nothing was done. */
export type Repairing = Result<readonly Repaired[] | null, Failure>
