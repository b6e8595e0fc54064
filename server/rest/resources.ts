import * as v from 'valibot'
import type { Kind } from '../../src/core/records.ts'
import { FIELD_SCHEMAS, id } from './field-schemas.ts'

/** One kind as REST serves it. Adding a kind to REST is adding a row here. */
export interface Resource {
  readonly kind: Kind
  readonly plural: string
  /** The fields that a client may set, in the order in which they are shown. */
  readonly fields: readonly string[]
  /** Those that a new record cannot do without. */
  readonly needed: readonly string[]
}

export const RESOURCES: readonly Resource[] = [
  {
    kind: 'card',
    plural: 'cards',
    fields: ['url', 'title', 'description', 'tags', 'collectionIds', 'pinned'],
    needed: ['url'],
  },
  {
    kind: 'note',
    plural: 'notes',
    fields: ['title', 'content', 'tags', 'collectionIds', 'pinned'],
    needed: [],
  },
  { kind: 'collection', plural: 'collections', fields: ['name', 'parentId'], needed: [] },
]

/** Fields of the shape that only the server sets; a client may send them back as it got them. */
export const SERVER_FIELDS = ['updatedAt', 'version'] as const

function entries(resource: Resource): Record<string, v.GenericSchema> {
  const all: Readonly<Record<string, v.GenericSchema>> = FIELD_SCHEMAS[resource.kind]
  return Object.fromEntries(resource.fields.flatMap((field) => (all[field] ? [[field, all[field]]] : [])))
}

/** A new record's body; what it does not name has its default. */
export function createBody(resource: Resource): v.GenericSchema<unknown, Record<string, unknown>> {
  const known = entries(resource)
  const optional = ([field, schema]: [string, v.GenericSchema]) =>
    [field, resource.needed.includes(field) ? schema : v.optional(schema)] as const
  return v.object({
    id: v.optional(id),
    createdAt: v.optional(FIELD_SCHEMAS[resource.kind].createdAt),
    ...Object.fromEntries(Object.entries(known).map(optional)),
  })
}

/** A change's body: any of the fields, and the version that they were changed on. */
export function patchBody(resource: Resource): v.GenericSchema<unknown, Record<string, unknown>> {
  const known = Object.entries(entries(resource)).map(
    ([field, schema]) => [field, v.optional(schema)] as const,
  )
  return v.object({ version: v.optional(version), ...Object.fromEntries(known) })
}

/** A whole number that can be a version. */
export const version = v.pipe(
  v.number('must be a whole number'),
  v.safeInteger('must be a whole number'),
  v.minValue(0, 'must be a whole number'),
)

/** The record as an answer shows it. */
export function shown(resource: Resource): v.GenericSchema {
  return v.object({ id, ...entries(resource), createdAt: v.string(), updatedAt: v.string(), version })
}
