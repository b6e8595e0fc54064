import { LIMITS } from './limits.ts'
import { type Fields, isObject } from './records.ts'
import { bad, ok, type Result } from './result.ts'
import { type Problem, problemsWith, ruleOf } from './rules.ts'

/** One field that a record may not have as it is; `problem` is a sentence for people. */
export interface FieldProblem {
  readonly field: string
  readonly problem: string
}

/**
 * Checks the fields of a record or of a change to one. Known fields against their rules, unknown ones only
 * in size, so that what a newer version wrote is kept (design.md, "Versions side by side").
 * Never changes a value: a server that tidies makes phantom conflicts (traces.md, 24).
 */
export function checkFields(kind: string, fields: unknown): Result<Fields, FieldProblem[]> {
  if (!isObject(fields)) return bad([{ field: '', problem: 'must be an object' }])
  const problems = Object.entries(fields).flatMap(([field, value]) => {
    // Setting it on a copy sets the copy's prototype: it would be lost in silence.
    if (field === '__proto__') return [{ field, problem: NO_NAME }]
    const rule = ruleOf(kind, field)
    const found = rule ? problemsWith(rule, value) : problemsWithUnknown(value)
    return found.map(({ path, problem }) => ({ field: field + path, problem }))
  })
  return problems.length === 0 ? ok(fields as Fields) : bad(problems)
}

export const NO_NAME = 'is no name that a field may have'

const problemsWithUnknown = (value: unknown): Problem[] =>
  JSON.stringify(value ?? null).length <= LIMITS.unknownBytes
    ? []
    : [{ path: '', problem: 'is too large for a field this version does not know' }]
