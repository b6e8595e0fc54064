import { describe, expect, test } from 'vitest'
import { ago, bytes } from '../../src/ui/words.ts'

describe('sizes and ages in words', () => {
  test('a size has two figures at most before its unit', () => {
    const said = [0, 999, 1000, 1_250_000, 24_900_000, 10_700_000_000, 3e15].map(bytes)
    expect(said).toEqual(['0 bytes', '999 bytes', '1 kB', '1.3 MB', '25 MB', '11 GB', '3,000 TB'])
  })

  test('an age is told in the largest whole unit', () => {
    const minute = 60_000
    const said = [-5, minute - 1, minute, 59 * minute, 60 * minute, 47 * 60 * minute, 72 * 60 * minute].map(
      ago,
    )
    const words = [
      'just now',
      'just now',
      '1 minute ago',
      '59 minutes ago',
      '1 hour ago',
      '47 hours ago',
      '3 days ago',
    ]
    expect(said).toEqual(words)
  })
})
