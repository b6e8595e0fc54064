import { describe, expect, test } from 'vitest'
import { NO_ACCOUNT } from '../../src/ui/history-words.ts'
import { trashWords } from '../../src/ui/trash-words.ts'

describe('P12 how long it is kept', () => {
  test('what was deleted: without an account until a person says so, with one 30 days, as the server does it', () => {
    expect(trashWords(3, false)).toBe(
      'What you deleted waits here until you restore it or delete it for good.',
    )
    expect(trashWords(3, true)).toBe(
      'What you deleted waits here for 30 days, then it goes for good. Until then you can restore it.',
    )
    expect(trashWords(0, true)).toContain('What you delete waits here for 30 days')
    expect(trashWords(0, false)).not.toContain('30 days')
  })

  test('versions: not every one for ever', () => {
    expect(NO_ACCOUNT.why).not.toContain('Every')
    expect(NO_ACCOUNT.why).toContain('once you sign in')
    expect(NO_ACCOUNT.why).toContain('the oldest go in time')
  })
})
