import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { salvage } from '../../src/store/salvage.ts'
import { card, idOf } from '../support/device-records.ts'

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})
const saved = card('https://a.example/', { title: 'kept' })

/** A library of some version of Pawkit, with one card in it. */
function library(version: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('pawkit', version)
    opening.onerror = () => reject(opening.error)
    opening.onupgradeneeded = () => {
      const records = opening.result.createObjectStore('records', { keyPath: 'id' })
      records.put({ ...saved, urlKey: 'a.example' })
    }
    opening.onsuccess = () => resolve(opening.result)
  })
}

describe('what can be taken out of a library that does not open', () => {
  test.each([1, 99])('its records, whatever its version (%i), as they are', async (version) => {
    ;(await library(version)).close()
    expect(await salvage()).toEqual([saved])
    expect(await indexedDB.databases()).toEqual([{ name: 'pawkit', version }])
  })

  test('nothing there: it says so, and begins none', async () => {
    expect(await salvage('another')).toBe(null)
    expect(await indexedDB.databases()).toEqual([])
  })

  test('one that cannot be read is told like one that is not there', async () => {
    await new Promise<void>((resolve) => {
      const opening = indexedDB.open('pawkit', 1)
      opening.onsuccess = () => resolve(opening.result.close())
    })
    expect(await salvage()).toBe(null)
  })

  test('one that does not answer keeps nobody waiting', async () => {
    const frozen = await library(2)
    indexedDB.deleteDatabase('pawkit')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const taken = salvage()
      await vi.advanceTimersByTimeAsync(3000)
      expect(await taken).toBe(null)
    } finally {
      vi.useRealTimers()
      frozen.close()
    }
  })

  test('a newer Pawkit that comes meanwhile is not kept waiting', async () => {
    ;(await library(2)).close()
    const taken = salvage()
    const blocked = vi.fn()
    const newer = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('pawkit', 3)
      opening.onblocked = blocked
      opening.onerror = () => reject(opening.error)
      opening.onsuccess = () => resolve(opening.result)
    })
    expect(blocked).not.toHaveBeenCalled()
    expect((await taken)?.map(({ id }) => id)).toEqual([idOf(1)])
    newer.close()
  })
})
