import { describe, expect, test, vi } from 'vitest'
import { Unfinished } from '../../src/ui/unfinished.ts'
import { memory } from '../support/memory.ts'

const CARD = { is: 'new-card' } as const
const MERGE = { is: 'resolve', id: 'a' } as const
const FORM = { url: 'https://a.example/', title: 'Half a ti' }

const page = (tab: () => Storage, session = 's', library = 'l') =>
  new Unfinished({ memory: tab, session: () => session, library: () => library })

describe('what stands in dialogs and is not saved', () => {
  test('P1 a reload opens the dialog again with what was typed', () => {
    const tab = memory()
    const before = page(tab)
    before.put(CARD, FORM)
    before.keep()
    const after = page(tab)
    expect(after.open).toEqual(CARD)
    expect(after.isOpen(CARD)).toBe(true)
    expect(after.get(CARD)).toEqual(FORM)
  })

  test('what is closed but not given up waits for the next time; what is saved or given up is gone', () => {
    const tab = memory()
    const before = page(tab)
    before.put(CARD, FORM)
    before.put(MERGE, { since: 1 })
    before.close(CARD)
    expect(before.open, 'another one is open').toEqual(MERGE)
    before.close(MERGE)
    const after = page(tab)
    expect([after.open, after.get(MERGE)]).toEqual([null, { since: 1 }])
    after.drop(MERGE)
    after.drop(CARD)
    expect(tab().getItem('pawkit-unfinished-1')).toBeNull()
  })

  test('P1 a form outlives a crash; one that was saved before it does not come back', () => {
    vi.useFakeTimers()
    const tab = memory()
    const before = page(tab)
    before.put(CARD, { url: 'h' })
    before.put(CARD, FORM)
    expect(tab().getItem('pawkit-unfinished-1'), 'not at every key').toBeNull()
    vi.advanceTimersByTime(1000)
    expect(page(tab).get(CARD)).toEqual(FORM)
    before.drop(CARD)
    expect(page(tab).open).toBeNull()
    vi.useRealTimers()
  })

  test('P10 another library comes to the page, or its tab is another session: nothing is left lying there', () => {
    const tab = memory()
    const before = page(tab)
    before.put(CARD, FORM)
    before.clear()
    expect([before.open, tab().getItem('pawkit-unfinished-1')]).toEqual([null, null])
    before.put(CARD, FORM)
    before.keep()
    page(tab, 's', 'theirs')
    expect(tab().getItem('pawkit-unfinished-1')).toBeNull()
  })

  test('a duplicated tab is another session, and another library another person', () => {
    const tab = memory()
    for (const [session, library] of [
      ['copy', 'l'],
      ['s', 'theirs'],
    ]) {
      const before = page(tab)
      before.put(CARD, FORM)
      before.keep()
      const other = page(tab, session, library)
      expect([other.open, other.get(CARD)]).toEqual([null, undefined])
    }
  })

  test('nonsense, too much and forbidden storage lose nothing that the page holds', () => {
    const tab = memory()
    tab().setItem('pawkit-unfinished-1', '{')
    expect(page(tab).open).toBeNull()
    const full = { ...tab(), setItem: () => reject('QuotaExceededError') } as unknown as Storage
    const crowded = page(() => full)
    crowded.put(CARD, FORM)
    crowded.keep()
    expect(tab().getItem('pawkit-unfinished-1'), 'what is older does not come back').toBeNull()
    const forbidden = page(() => reject('SecurityError'))
    forbidden.put(CARD, FORM)
    forbidden.keep()
    expect(forbidden.get(CARD)).toEqual(FORM)
  })
})

function reject(name: string): never {
  throw new DOMException('no', name)
}
