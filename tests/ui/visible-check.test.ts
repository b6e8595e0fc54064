import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { checkWhileVisible, VISIBLE_CHECK } from '../../src/ui/controllers/visible-check.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a page that is looked at says anew how things are, with no network and no worker too; a hidden one rests', () => {
  const now = { visible: true, online: true }
  const asked: string[] = []
  checkWhileVisible(
    {
      visible: () => now.visible,
      online: () => now.online,
      wake: () => void asked.push('wake'),
      refresh: async () => void asked.push('refresh'),
    },
    0,
  )
  vi.advanceTimersByTime(0.9 * VISIBLE_CHECK)
  expect(asked.splice(0)).toEqual(['wake', 'refresh'])
  now.online = false
  vi.advanceTimersByTime(0.9 * VISIBLE_CHECK)
  expect(asked.splice(0)).toEqual(['refresh'])
  now.visible = false
  vi.advanceTimersByTime(0.9 * VISIBLE_CHECK)
  expect(asked).toEqual([])
})
