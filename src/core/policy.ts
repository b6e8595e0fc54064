import type { MergeKind } from './records.ts'

/** What a person wants done where both sides changed one field: the design's table, one choice a row. */
export interface Policy {
  /**
   * Changed by another device of the same account. `latest`: single values by stamp, overlapping text asks;
   * `latest-text`: the same for text too.
   */
  readonly ours: 'latest' | 'latest-text' | 'server' | 'device' | 'ask'
  /** Changed by another account. `server`: its value wins, with a notice; overlapping text asks. */
  readonly theirs: 'server' | 'device' | 'latest' | 'ask'
  /** Deleted there, edited here. `edit`: the edit wins and the record returns. */
  readonly deletedThere: 'edit' | 'ask'
  /** Deleted here, edited there. */
  readonly deletedHere: 'edit' | 'ask'
}

export const DEFAULT_POLICY: Policy = {
  ours: 'latest',
  theirs: 'server',
  deletedThere: 'edit',
  deletedHere: 'edit',
}

/** What is done with one field that both sides changed. */
export type Verdict = 'local' | 'remote' | 'latest' | 'ask'

export function judge(policy: Policy, whose: 'ours' | 'theirs', kind: MergeKind): Verdict {
  const choice = policy[whose]
  if (choice === 'ask') return 'ask'
  if (choice === 'device') return 'local'
  if (choice === 'latest-text') return 'latest'
  const byDefault = choice === DEFAULT_POLICY[whose]
  if (whose === 'theirs') return byDefault ? (kind === 'text' ? 'ask' : 'remote') : 'latest'
  if (choice === 'server') return 'remote'
  return kind === 'text' ? 'ask' : 'latest'
}
