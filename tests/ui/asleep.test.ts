import { expect, test } from 'vitest'
import { Asleep } from '../../src/asleep.ts'

test('a frozen page is told nothing, and everything once it goes on', () => {
  const page = new EventTarget()
  const told: unknown[] = []
  const asleep = new Asleep<{ readonly type: string }>(page, (said) => told.push(said.type))
  asleep.hear({ type: 'before' })
  page.dispatchEvent(new Event('freeze'))
  asleep.hear({ type: 'first' })
  asleep.hear({ type: 'second' })
  asleep.hear({ type: 'first' })
  expect(told).toEqual(['before'])
  page.dispatchEvent(new Event('resume'))
  expect(told, 'what was said twice, once').toEqual(['before', 'first', 'second'])
  asleep.hear({ type: 'after' })
  expect(told).toEqual(['before', 'first', 'second', 'after'])
})
