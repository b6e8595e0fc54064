import * as v from 'valibot'
import type { Json } from '../../src/core/records.ts'
import { problemsOf } from '../http/problems.ts'
import { invalid } from '../http/refusal.ts'
import { createBody, patchBody, type Resource, SERVER_FIELDS } from './resources.ts'

export type Input = Readonly<Record<string, Json>>

function objectOf(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid([{ field: '', problem: 'must be an object' }])
  }
  return body as Record<string, unknown>
}

/** Takes the known fields and refuses the others: a misspelt one would be lost in silence. */
function pick(body: unknown, known: readonly string[], ignored: readonly string[]): Record<string, unknown> {
  const given = Object.entries(objectOf(body)).filter(([field]) => !ignored.includes(field))
  const unknown = given.filter(([field]) => !known.includes(field))
  if (unknown.length > 0) {
    const problem = 'is not a field of this kind'
    throw invalid(
      unknown.map(([field]) => ({ field: field.slice(0, 200), problem })),
      'unknown_field',
    )
  }
  return Object.fromEntries(given)
}

function check(schema: v.GenericSchema, input: Readonly<Record<string, unknown>>): Input {
  const parsed = v.safeParse(schema, input)
  if (!parsed.success) throw invalid(problemsOf(parsed.issues))
  return input as Input
}

/** The body of a POST. */
export function readCreate(resource: Resource, body: unknown): { id: string | null; fields: Input } {
  const known = ['id', 'createdAt', ...resource.fields]
  const { id, ...fields } = check(createBody(resource), pick(body, known, SERVER_FIELDS))
  return { id: typeof id === 'string' ? id : null, fields }
}

/** A change as asked for: its fields are only known to be fields of the kind. */
export interface Patch {
  readonly version: number | null
  readonly fields: Readonly<Record<string, unknown>>
}

/** The body of a PATCH; what GET gave can be sent back. */
export function readPatch(resource: Resource, body: unknown): Patch {
  const known = ['version', ...resource.fields]
  const { version, ...fields } = pick(body, known, ['id', 'createdAt', 'updatedAt'])
  const checked = check(patchBody(resource), version === undefined ? {} : { version })
  return { version: typeof checked.version === 'number' ? checked.version : null, fields }
}

/** The fields that a PATCH changes, once it is known which. */
export const checkPatch = (resource: Resource, fields: Patch['fields']): Input =>
  check(patchBody(resource), fields)
