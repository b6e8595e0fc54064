/// <reference types="vite/client" />
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { presenceLock, visibleLock } from '../../src/core/session.ts'
import { Presence } from '../../src/presence.ts'
import { until } from '../support/device.ts'

/** Locks of a browser as Node has them; the tab's own storage and visibility stand in. */
let stored: Map<string, string>
let visibilityState: 'visible' | 'hidden'
let ids: number
let open: Presence[]
const tab = (): Presence => {
  const presence = new Presence(() => `id-${ids++}`)
  open.push(presence)
  return presence
}

beforeEach(() => {
  stored = new Map()
  visibilityState = 'visible'
  ids = 1
  open = []
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  })
  vi.stubGlobal('document', {
    get visibilityState() {
      return visibilityState
    },
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  for (const presence of open) presence.leave()
  vi.unstubAllGlobals()
})

test('trace 29: a page that reloads has its id again, also where the lock is let go late', async () => {
  const before = tab()
  expect(await before.claim()).toBe('id-1')
  expect(before.returned).toBe(false)
  const asked = vi.spyOn(navigator.locks, 'request')
  const after = tab()
  const claiming = after.claim()
  // Refused once: the page before is not gone yet.
  await until(() => asked.mock.calls.length > 1, 'a second try')
  before.leave()
  expect(await claiming).toBe('id-1')
  expect(after.returned).toBe(true)
})

test('trace 29: a duplicated tab, which copies sessionStorage, gets an id of its own', async () => {
  expect(await tab().claim()).toBe('id-1')
  const copy = tab()
  expect(await copy.claim()).toBe('id-2')
  expect(copy.returned).toBe(false)
  expect(await copy.held()).toEqual(expect.arrayContaining([presenceLock('id-1'), presenceLock('id-2')]))
})

test('it is among the sessions as long as it lives, and among the visible ones as long as it is seen', async () => {
  const presence = tab()
  await presence.claim()
  await until(async () => (await presence.held()).includes(visibleLock('id-1')), 'visible')
  visibilityState = 'hidden'
  presence.shown()
  await until(async () => !(await presence.held()).includes(visibleLock('id-1')), 'hidden')
  expect(await presence.held()).toContain(presenceLock('id-1'))
  presence.leave()
  await until(async () => !(await presence.held()).includes(presenceLock('id-1')), 'gone')
  expect(await presence.claim(), 'back from the cache').toBe('id-1')
})

describe('a page that goes into the cache while it claims its id', () => {
  const sessions = async (presence: Presence): Promise<string[]> =>
    (await presence.held()).filter((name) => name.startsWith(presenceLock('')))

  test('is no session there, and one when it is back', async () => {
    const presence = tab()
    await presence.claim()
    presence.leave()
    const claiming = presence.claim()
    presence.leave()
    await claiming
    await until(async () => (await sessions(presence)).length === 0, 'gone')
    expect(await presence.claim()).toBe('id-1')
    expect(await sessions(presence)).toEqual([presenceLock('id-1')])
  })

  test('and is back before it has it: is one session under one id', async () => {
    const presence = tab()
    const claiming = presence.claim()
    presence.leave()
    const again = presence.claim()
    expect(await Promise.all([claiming, again])).toEqual(['id-1', 'id-1'])
    expect(await presence.claim(), 'it has it').toBe('id-1')
    expect(await sessions(presence)).toEqual([presenceLock('id-1')])
  })
})
