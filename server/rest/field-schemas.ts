import * as v from 'valibot'
import type { Kind } from '../../src/core/records.ts'
import { type Check, ID, RULES, type Rule, type TextRule } from '../../src/core/rules.ts'

/** A demand as valibot has it where OpenAPI can tell it, else as the function it is. */
function action(check: Check) {
  if ('max' in check) return v.maxLength<string, number, string>(check.max, check.says)
  if ('min' in check) return v.minLength<string, number, string>(check.min, check.says)
  if ('pattern' in check) return v.regex<string, string>(check.pattern, check.says)
  return v.check<string, string>(check.fits, check.says)
}

/** What OpenAPI can only be told in words stands in the description. */
function textSchema({ says, checks }: TextRule): v.GenericSchema<string> {
  const checked = checks.reduce<v.GenericSchema<string>>(
    (schema, check) => v.pipe(schema, action(check)),
    v.string(says),
  )
  const words = checks.filter((check) => 'fits' in check).map((check) => check.says)
  return words.length === 0 ? checked : v.pipe(checked, v.description(words.join('; ')))
}

/** The schema that says of a value what the rule says of it (tests/core/rules.test.ts compares them). */
export function fieldSchema(rule: Rule): v.GenericSchema {
  switch (rule.is) {
    case 'text':
      return textSchema(rule)
    case 'or-null':
      return v.nullable(textSchema(rule.of))
    case 'flag':
      return v.boolean(rule.says)
    case 'list':
      return v.pipe(v.array(textSchema(rule.of), rule.says), v.maxLength(rule.max, rule.tooMany))
  }
}

/** The id of a record or mutation. */
export const id = textSchema(ID)

const schemas = <F extends string>(rules: Readonly<Record<F, Rule>>) =>
  Object.fromEntries(
    Object.entries<Rule>(rules).map(([field, rule]) => [field, fieldSchema(rule)]),
  ) as Record<F, v.GenericSchema>

/** Every field a kind may have, before one says which are needed. REST and OpenAPI are made from these. */
export const FIELD_SCHEMAS = {
  card: schemas(RULES.card),
  note: schemas(RULES.note),
  collection: schemas(RULES.collection),
} satisfies Record<Kind, Record<string, v.GenericSchema>>
