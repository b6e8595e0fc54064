import * as v from 'valibot'
import type { FieldProblem } from '../../src/core/schema.ts'

/** The problems that valibot found, in the contract's `{field, problem}`. */
export const problemsOf = (issues: readonly v.BaseIssue<unknown>[]): FieldProblem[] =>
  issues.map((issue) => ({ field: v.getDotPath(issue) ?? '', problem: issue.message }))
