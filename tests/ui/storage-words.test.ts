import { nothing, type TemplateResult } from 'lit'
import { describe, expect, test } from 'vitest'
import { StorageSection } from '../../src/ui/components/storage-section.ts'
import type { PageModel } from '../../src/ui/model.ts'
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

/** What a person reads of a template: its texts and those of the templates in it, without tags and listeners. */
function words(part: unknown): string {
  if (part === nothing || typeof part === 'function') return ''
  if (typeof part !== 'object' || part === null) return String(part)
  const { strings, values } = part as TemplateResult
  const all = strings.map((text, index) => text + (index < values.length ? words(values[index]) : ''))
  return all
    .join('')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

describe('the settings say whether the browser keeps the library', () => {
  const NOT_KEPT =
    'Not kept safe: when room runs out, or after weeks without a visit, the browser may remove your library from this device. Keep it safe'
  test.each([
    ['it does', true, 'Kept safe: the browser does not remove your library by itself.'],
    ['it may remove it, and can be asked', false, NOT_KEPT],
    ['it does not say', null, 'This browser does not say whether it may remove what is stored here.'],
  ])('%s', (_, persistent, said) => {
    const section = new StorageSection()
    section.model = { summary: { account: null } } as PageModel
    section.facts = { persistent, used: null, available: null, oldestUnsynced: null }
    expect(words(section.render())).toBe(`Storage ${said}`)
  })

  test('and that it did not agree, once a person has asked it', () => {
    const section = new StorageSection()
    section.model = { summary: { account: null } } as PageModel
    section.facts = { persistent: false, used: null, available: null, oldestUnsynced: null }
    section.refused = true
    expect(words(section.render())).toContain('Keep it safe The browser did not agree.')
  })
})
