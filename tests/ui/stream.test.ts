import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PokeStream } from '../../src/stream.ts'
import { T0 } from '../support/device-records.ts'

class Source extends EventTarget {
  static readonly CLOSED = 2
  readyState = 1
  constructor() {
    super()
    sources.push(this)
  }
  close(): void {
    this.readyState = 2
  }
  /** The browser gives up after an answer (2), or opens it again by itself after a cut (0). */
  fail(readyState: 0 | 2): void {
    this.readyState = readyState
    this.dispatchEvent(new Event('error'))
  }
}

let sources: Source[]
let stream: PokeStream
let fire: (type: string) => void
beforeEach(() => {
  sources = []
  vi.useFakeTimers({ now: T0, toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  vi.stubGlobal('EventSource', Source)
  vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => {} })
  const heard = new EventTarget()
  fire = (type) => void heard.dispatchEvent(new Event(type))
  vi.stubGlobal('window', heard)
  vi.stubGlobal('navigator', {
    locks: { request: (_: string, __: object, hold: () => Promise<void>) => hold() },
  })
  vi.spyOn(Math, 'random').mockReturnValue(0.25)
  stream = new PokeStream(
    () => {},
    async () => '',
  )
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const follow = (asked: number | null) =>
  stream.follow('ada', 'a device', asked === null ? null : { start: T0, length: asked })
const open = () => sources.filter(({ readyState }) => readyState !== 2).length

describe('P9: the stream', () => {
  test('after an answer that ends it, is opened again at a time of its own', async () => {
    follow(null)
    await vi.advanceTimersByTimeAsync(0)
    sources[0]?.fail(2)
    await vi.advanceTimersByTimeAsync(13_499)
    expect(sources).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect([sources.length, open()]).toEqual([2, 1])
  })

  test('after a cut, is left to the browser, which goes by what the server said', async () => {
    follow(null)
    await vi.advanceTimersByTimeAsync(0)
    sources[0]?.fail(0)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([sources.length, open()]).toEqual([1, 1])
  })

  test('is not opened while the server asks for a pause; the one that is open stays so until it is cut', async () => {
    follow(40_000)
    await vi.advanceTimersByTimeAsync(39_999)
    expect(sources).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(open()).toBe(1)
    follow(90_000)
    await vi.advanceTimersByTimeAsync(1000)
    expect(open()).toBe(1)
    sources[0]?.fail(0)
    expect(open()).toBe(0)
    await vi.advanceTimersByTimeAsync(48_999)
    expect(sources).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect([sources.length, open()]).toEqual([2, 1])
  })

  test('is opened anew within two seconds of the network’s return, each at a time of its own', async () => {
    follow(null)
    await vi.advanceTimersByTimeAsync(0)
    fire('online')
    await vi.advanceTimersByTimeAsync(499)
    expect([sources.length, open()]).toEqual([1, 0])
    await vi.advanceTimersByTimeAsync(1)
    expect([sources.length, open()]).toEqual([2, 1])
  })

  test('that is over, with its account, opens no more', async () => {
    follow(40_000)
    stream.follow(null, 'a device', null)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sources).toHaveLength(0)
  })
})
