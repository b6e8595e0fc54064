import type { Policy } from '../core/policy.ts'

/** The rows of the design's table, as a person chooses among them; each with an example of what it does. */
export interface PolicyRow<Key extends keyof Policy = keyof Policy> {
  readonly key: Key
  readonly asks: string
  readonly choices: readonly {
    readonly value: Policy[Key]
    readonly says: string
    readonly example: string
  }[]
}

const row = <Key extends keyof Policy>(
  key: Key,
  asks: string,
  ...choices: PolicyRow<Key>['choices']
): PolicyRow<Key> => ({ key, asks, choices })

const RETURNS = 'The note is in the library again, with the edit, and a notice says so.'
const ASKS_LIFE = 'The note waits under Conflicts until you keep it or let it go.'

export const POLICY_ROWS = [
  row(
    'ours',
    'You changed it on another device too',
    {
      value: 'latest',
      says: 'The later change wins; ask where text overlaps',
      example:
        'A note renamed “Rome” here at 9:00 and “Roma” on your phone at 9:05 is called “Roma”. One sentence rewritten on both waits for you.',
    },
    {
      value: 'latest-text',
      says: 'The later change wins, in text too',
      example:
        'A sentence rewritten here at 9:00 and on your phone at 9:05 becomes the phone’s. It never asks.',
    },
    {
      value: 'server',
      says: 'The other device wins',
      example:
        'Renamed “Rome” here without a connection, and “Roma” on your phone: once this device syncs, it is called “Roma”.',
    },
    {
      value: 'device',
      says: 'This device wins',
      example:
        'Renamed “Rome” here without a connection, and “Roma” on your phone: once this device syncs, it is called “Rome”.',
    },
    {
      value: 'ask',
      says: 'Always ask',
      example: 'Renamed “Rome” here and “Roma” on your phone: it stays “Rome” here and waits for you.',
    },
  ),
  row(
    'theirs',
    'Another account changed it too',
    {
      value: 'server',
      says: 'Their change wins; ask where text overlaps',
      example:
        'You renamed a note “Rome”, Ben “Roma”: it is called “Roma”, and a notice says so. One sentence that both rewrote waits for you.',
    },
    {
      value: 'device',
      says: 'This device wins',
      example: 'You renamed a note “Rome”, Ben “Roma”: it is called “Rome”.',
    },
    {
      value: 'latest',
      says: 'The later change wins',
      example: 'You renamed a note “Rome” at 9:00, Ben “Roma” at 9:05: it is called “Roma”.',
    },
    {
      value: 'ask',
      says: 'Always ask',
      example: 'You renamed a note “Rome”, Ben “Roma”: it stays “Rome” here and waits for you.',
    },
  ),
  row(
    'deletedThere',
    'Deleted there, edited here',
    { value: 'edit', says: 'The edit wins and it returns', example: RETURNS },
    { value: 'ask', says: 'Always ask', example: ASKS_LIFE },
  ),
  row(
    'deletedHere',
    'Deleted here, edited there',
    { value: 'edit', says: 'The edit wins and it returns', example: RETURNS },
    { value: 'ask', says: 'Always ask', example: ASKS_LIFE },
  ),
] as const
