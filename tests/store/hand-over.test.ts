import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { askToHandOver } from '../../src/store/hand-over.ts'

const place = { path: '/notes/1', field: 'content', start: 3, end: 3, scroll: 0 }
let asking: BroadcastChannel
let holder: BroadcastChannel
beforeEach(() => {
  asking = new BroadcastChannel('hand-over')
  holder = new BroadcastChannel('hand-over')
})
afterEach(() => {
  asking.close()
  holder.close()
})
const says = (message: object): void => holder.postMessage({ v: 1, ...message })

describe('asking a tab to hand the right over', () => {
  test('P7: only its own answer counts, whatever else is said meanwhile', async () => {
    const heard: unknown[] = []
    holder.onmessage = ({ data }) => {
      heard.push(data)
      says({ type: 'status-changed' })
      says({ type: 'handed-over', session: 'another', place: null })
      says({ type: 'handed-over', session: 'a', place })
    }
    expect(await askToHandOver(asking, 'a', 60_000)).toEqual(place)
    expect(heard).toEqual([{ v: 1, type: 'hand-over', session: 'a' }])
  })

  test('one that does not answer is waited for no longer than the limit', async () => {
    expect(await askToHandOver(asking, 'a', 1)).toBe(null)
  })
})
