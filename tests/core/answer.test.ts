import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { readChange, readOutcome } from '../../src/core/answer.ts'
import { Change, Outcome } from '../../src/core/protocol.ts'

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
