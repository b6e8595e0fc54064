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
let turnTo: (state: 'visible' | 'hidden') => void
/** Settles once the lock that elects the stream is free again, and takes it. */
let elected: Promise<void>
beforeEach(() => {
  sources = []
  elected = Promise.resolve()
  vi.useFakeTimers({ now: T0, toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  vi.stubGlobal('EventSource', Source)
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  turnTo = (state) => {
    page.visibilityState = state
    page.dispatchEvent(new Event('visibilitychange'))
  }
  vi.stubGlobal('document', page)
  const heard = new EventTarget()
  fire = (type) => void heard.dispatchEvent(new Event(type))
  vi.stubGlobal('window', heard)
  vi.stubGlobal('navigator', {
    locks: {
      request: (_: string, __: object, hold: () => Promise<void>) => (elected = elected.then(hold)),
    },
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

  test('of a tab that is hidden goes to one that is visible, and comes back when that lets it go', async () => {
    follow(null)
    await vi.advanceTimersByTimeAsync(0)
    expect(open()).toBe(1)
    let letGo = (): void => {}
    const other = vi.fn(() => new Promise<void>((done) => (letGo = done)))
    void navigator.locks.request('pawkit-stream', {}, other)
    await vi.advanceTimersByTimeAsync(0)
    expect(other).not.toHaveBeenCalled()
    turnTo('hidden')
    await vi.advanceTimersByTimeAsync(0)
    expect([open(), other.mock.calls.length], 'closed, and another tab is elected').toEqual([0, 1])
    turnTo('visible')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(open(), 'one tab has it at a time').toBe(0)
    letGo()
    await vi.advanceTimersByTimeAsync(0)
    expect([sources.length, open()]).toEqual([2, 1])
  })

  test('is none of a tab that is hidden, until it is visible', async () => {
    turnTo('hidden')
    follow(null)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sources).toHaveLength(0)
    turnTo('visible')
    await vi.advanceTimersByTimeAsync(0)
    expect(open()).toBe(1)
  })

  test('that is over, with its account, opens no more', async () => {
    follow(40_000)
    stream.follow(null, 'a device', null)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sources).toHaveLength(0)
  })
})
