import * as v from 'valibot'
import type { Mutation } from '../../src/core/protocol.ts'
import { type Fields, isPurged } from '../../src/core/records.ts'
import { bad, ok, type Result } from '../../src/core/result.ts'
import { checkFields, type FieldProblem } from '../../src/core/schema.ts'
import { problemsOf } from '../http/problems.ts'
import { id } from '../rest/field-schemas.ts'
import { Mutation as MutationSchema } from './schemas.ts'

/** No record is changed so often; a higher one would run out of whole numbers. */
const HIGHEST_VERSION = 2 ** 40

/** The mutation's own id, or null where it cannot be read: then there is nothing to answer to. */
export function readId(raw: unknown): string | null {
  const parsed = v.safeParse(v.object({ id }), raw)
  return parsed.success ? parsed.output.id : null
}

/** Schema and limits of one mutation. The values are handed on as they came. */
export function readMutation(raw: unknown): Result<Mutation, FieldProblem[]> {
  const parsed = v.safeParse(MutationSchema, raw)
  const lists = v.safeParse(v.object({ fields: v.array(v.unknown()) }), raw)
  if (lists.success) return bad([{ field: 'fields', problem: 'must be an object' }])
  if (!parsed.success) return bad(problemsOf(parsed.issues))
  const mutation: Mutation = { ...parsed.output, fields: parsed.output.fields as Fields }
  if (mutation.above > HIGHEST_VERSION)
    return bad([{ field: 'above', problem: 'is not a version of any server' }])
  try {
    const fields = checkFields(mutation.kind, mutation.fields)
    return fields.ok ? ok(mutation) : fields
  } catch (error) {
    // A field that this version does not know is measured as JSON, for which some nesting is too deep.
    if (error instanceof RangeError) return bad([{ field: 'fields', problem: 'are nested too deeply' }])
    throw error
  }
}

/** Whether the mutation makes a live card, which alone is refused for its URL. */
export const makesLiveCard = (mutation: Mutation): boolean =>
  mutation.kind === 'card' && mutation.fields.deleted !== true && !isPurged(mutation)
