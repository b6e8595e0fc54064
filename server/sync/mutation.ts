import * as v from 'valibot'
import type { Mutation } from '../../src/core/protocol.ts'
import { type Fields, isPurged, type Stamps } from '../../src/core/records.ts'
import { bad, ok, type Result } from '../../src/core/result.ts'
import { checkFields, type FieldProblem, NO_NAME } from '../../src/core/schema.ts'
import { problemsOf } from '../http/problems.ts'
import { id } from '../rest/field-schemas.ts'
import { Mutation as MutationSchema, Stamp } from './schemas.ts'

/** No record is changed so often; a higher one would run out of whole numbers. */
const HIGHEST_VERSION = 2 ** 40

/** Names that valibot leaves out of a record, unchecked. */
const ODD_NAMES = ['__proto__', 'constructor', 'prototype']

function stampProblem(stamps: Stamps, name: string): FieldProblem[] {
  if (!Object.hasOwn(stamps, name)) return []
  const field = `stamps.${name}`
  if (name === '__proto__') return [{ field, problem: NO_NAME }]
  const parsed = v.safeParse(Stamp, stamps[name])
  return parsed.success ? [] : [{ field, problem: parsed.issues[0].message }]
}

/** The mutation's own id, or null where it cannot be read: then there is nothing to answer to. */
export function readId(raw: unknown): string | null {
  const parsed = v.safeParse(v.object({ id }), raw)
  return parsed.success ? parsed.output.id : null
}

/** Each field has its own limit, but how many there are that this version does not know is up to who sends them. */
const MOST_FIELDS = 200
const MOST_BYTES = 4 * 1024 * 1024

function problemWithAll(fields: Fields): string | null {
  const entries = Object.entries(fields)
  if (entries.length > MOST_FIELDS) return `must be at most ${MOST_FIELDS} fields`
  // A text counts as itself: as JSON a note within its limit may be six times as long.
  const sizes = entries.map(
    ([field, value]) =>
      Buffer.byteLength(field) + Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value)),
  )
  return sizes.reduce((sum, size) => sum + size, 0) <= MOST_BYTES ? null : 'must be at most 4 MiB'
}

/** Schema and limits of one mutation. The values are handed on as they came. */
export function readMutation(raw: unknown): Result<Mutation, FieldProblem[]> {
  const parsed = v.safeParse(MutationSchema, raw)
  const lists = v.safeParse(v.object({ fields: v.array(v.unknown()) }), raw)
  if (lists.success) return bad([{ field: 'fields', problem: 'must be an object' }])
  if (!parsed.success) return bad(problemsOf(parsed.issues))
  // As they came: valibot's have fewer names.
  const { fields: given, stamps } = raw as { fields: Fields; stamps: Stamps }
  const unstamped = ODD_NAMES.flatMap((name) => stampProblem(stamps, name))
  if (unstamped.length > 0) return bad(unstamped)
  const mutation: Mutation = { ...parsed.output, fields: given, stamps }
  if (mutation.above > HIGHEST_VERSION)
    return bad([{ field: 'above', problem: 'is not a version of any server' }])
  try {
    const fields = checkFields(mutation.kind, mutation.fields)
    if (!fields.ok) return fields
    const problem = problemWithAll(mutation.fields)
    return problem === null ? ok(mutation) : bad([{ field: 'fields', problem }])
  } catch (error) {
    // A field that this version does not know is measured as JSON, for which some nesting is too deep.
    if (error instanceof RangeError) return bad([{ field: 'fields', problem: 'are nested too deeply' }])
    throw error
  }
}

/** Whether the mutation makes a live card, which alone is refused for its URL. */
export const makesLiveCard = (mutation: Mutation): boolean =>
  mutation.kind === 'card' && mutation.fields.deleted !== true && !isPurged(mutation)
