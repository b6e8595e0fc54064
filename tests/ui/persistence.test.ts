import { describe, expect, test, vi } from 'vitest'
import { Persistence } from '../../src/persistence.ts'
import { eventually } from '../support/eventually.ts'

const memory = () => {
  const kept = new Map<string, string>()
  return () => ({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  })
}
const manager = (agrees: boolean) =>
  ({
    persist: vi.fn(async () => agrees),
    persisted: async () => agrees,
    estimate: async () => ({ usage: 1, quota: 2 }),
  }) as unknown as StorageManager

describe('keeping the library safe', () => {
  test('the browser is asked once a device, whatever it answered', async () => {
    for (const agrees of [true, false]) {
      const [browser, remembered] = [manager(agrees), memory()]
      const first = new Persistence({ manager: browser, memory: remembered })
      first.askOnce()
      first.askOnce()
      await eventually(() => expect(remembered().getItem('pawkit-keep-asked')).toBe(agrees ? 'yes' : 'no'))
      new Persistence({ manager: browser, memory: remembered }).askOnce()
      expect(browser.persist).toHaveBeenCalledOnce()
    }
  })

  test('a person may ask again', async () => {
    const [browser, remembered] = [manager(true), memory()]
    const persistence = new Persistence({ manager: browser, memory: remembered })
    persistence.askOnce()
    expect(await persistence.ask()).toBe(true)
    expect(browser.persist).toHaveBeenCalledTimes(2)
  })

  test('a browser that says nothing, or forbids its memory, breaks nothing', async () => {
    const forbidden = (): never => {
      throw new DOMException('no', 'SecurityError')
    }
    const persistence = new Persistence({ manager: undefined, memory: forbidden })
    persistence.askOnce()
    expect(await persistence.ask()).toBe(false)
    expect(await persistence.persistent()).toBe(null)
    expect(await persistence.estimate()).toEqual({ used: null, available: null })
    expect(persistence.held).toBe(false)
  })

  test('a library that was here is remembered beside it', () => {
    const remembered = memory()
    expect(new Persistence({ manager: undefined, memory: remembered }).held).toBe(false)
    new Persistence({ manager: undefined, memory: remembered }).hold()
    expect(new Persistence({ manager: undefined, memory: remembered }).held).toBe(true)
  })
})
