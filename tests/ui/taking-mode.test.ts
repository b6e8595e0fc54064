// A database as in a browser, for the setting alone.
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, expect, test } from 'vitest'
import { Database } from '../../src/store/database.ts'
import { TakingMode } from '../../src/ui/controllers/taking-mode.ts'
import { T0 } from '../support/device-records.ts'
import { TabPresence } from '../support/presence.ts'

let now: number
let presence: TabPresence
let mode: TakingMode
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  now = T0
  presence = new TabPresence(new Set(), 'tab')
  mode = new TakingMode({ db: await Database.open(), presence, now: () => now })
  await mode.set('focus')
})

test('a focus that came with control is made good once control has gone and the other tab is left, however often it was told', () => {
  expect(mode.focused('active')).toBe(false)
  expect(mode.takesBack('yielding', true)).toBe(false)
  // Becoming visible tells of the same return.
  expect(mode.focused('yielding')).toBe(false)
  expect(mode.takesBack('read-only', false)).toBe(true)
  expect(mode.focused('read-only')).toBe(true)
  expect(mode.takesBack('read-only', true), 'once').toBe(false)
})

test('the tab that is left may say so just before this one gets the focus, and is told that it has lost control', () => {
  expect(mode.takesBack('active', true)).toBe(false)
  now += 999
  expect(mode.focused('active')).toBe(false)
  now += 1000
  expect(mode.takesBack('read-only', false)).toBe(true)
})

test('a tab that was left long before that return says nothing of it', () => {
  expect(mode.takesBack('active', true)).toBe(false)
  now += 1000
  mode.focused('active')
  expect(mode.takesBack('read-only', false)).toBe(false)
  expect(mode.takesBack('read-only', true)).toBe(true)
})

test('nothing is taken where a person is to be asked, is elsewhere, or came long ago', async () => {
  mode.focused('active')
  presence.focused = false
  expect(mode.takesBack('read-only', true)).toBe(false)
  presence.focused = true
  now += 5001
  expect(mode.takesBack('read-only', true)).toBe(false)
  mode.focused('active')
  await mode.set('ask')
  expect(mode.takesBack('read-only', true)).toBe(false)
  expect(mode.focused('read-only')).toBe(false)
})
