import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Change, Outcome, PullAnswer, PushAnswer } from '../../server/sync/schemas.ts'
import { readChange, readOutcome, readPullAnswer, readPushAnswer } from '../../src/core/answer.ts'

const id = '01890a5d-ac96-774b-bcce-b302099a8057'
const record = { id, kind: 'note', version: 3, fields: { title: 'a' }, stamps: { title: 5 } }

const readable: unknown[] = [
  { id, outcome: 'applied', version: 3, seq: 9, record },
  { id, outcome: 'conflict', record },
  { id, outcome: 'conflict', record: null },
  { id, outcome: 'duplicate', record },
  { id, outcome: 'rejected', code: 'invalid', message: 'no', details: [{ field: 'title', problem: 'long' }] },
  { id, outcome: 'error', message: 'no' },
  { id, outcome: 'void' },
]

/** A readable value with one of its parts replaced or taken away. */
const damaged = fc
  .tuple(
    fc.constantFrom(...readable),
    fc.constantFrom('outcome', 'version', 'seq', 'record', 'code', 'message'),
    fc.constantFrom<unknown>(undefined, null, 'x', -1, 1.5, 7, [], {}, { ...record, version: '3' }),
  )
  .map(([value, key, replacement]) => ({ ...(value as object), [key]: replacement }))

describe('answers about single records', () => {
  test.each(readable)('an outcome as the protocol has it is read: %j', (value) => {
    expect(readOutcome(value)).toEqual(value)
  })

  test('an outcome is read by hand exactly where the schema of the protocol reads it', () => {
    fc.assert(
      fc.property(fc.oneof(damaged, fc.anything()), (value) => {
        expect(readOutcome(value) !== null).toBe(v.is(Outcome, value))
      }),
    )
  })

  test('a change is read by hand exactly where the schema of the protocol reads it', () => {
    const change = fc.record({
      seq: fc.constantFrom<unknown>(4, -1, '4'),
      record: fc.constantFrom<unknown>(record, null, { ...record, stamps: { a: 'b' } }),
    })
    fc.assert(
      fc.property(fc.oneof(change, fc.anything()), (value) => {
        expect(readChange(value) !== null).toBe(v.is(Change, value))
      }),
    )
  })
})

/** An object of which each part is right or wrong, or which is something else altogether. */
const whole = <T extends object>(right: T) =>
  fc.oneof(
    fc.constant<unknown>(right),
    fc
      .tuple(
        fc.constantFrom(...Object.keys(right)),
        fc.constantFrom<unknown>(undefined, null, 'x', -1, 1.5, Number.NaN, 7, true, [], [5], {}, { seq: 1 }),
      )
      .map(([key, replacement]) => ({ ...right, [key]: replacement })),
    fc.anything(),
  )

describe('answers as a whole', () => {
  const mark = fc.constantFrom<unknown>(
    null,
    undefined,
    { seq: 4, tag: 'x', more: 1 },
    { seq: -1, tag: 'x' },
    { seq: 4 },
  )

  test.each([
    ['push', readPushAnswer, PushAnswer, { results: [{ a: 1 }, 5], now: 9.5 }],
    ['pull', readPullAnswer, PullAnswer, { changes: [{ a: 1 }, 5], cursor: 4, more: false, now: 9.5 }],
  ])(
    'that to a %s is read by hand exactly as the schema of the protocol reads it',
    (_, read, schema, right) => {
      const answer = fc.oneof(
        whole({ ...right, mark: null, later: 1 }),
        mark.map((of) => ({ ...right, mark: of })),
      )
      fc.assert(
        fc.property(answer, (value) => {
          const parsed = v.safeParse<v.GenericSchema>(schema, value)
          expect(read(value)).toEqual(parsed.success ? parsed.output : null)
        }),
      )
    },
  )
})
