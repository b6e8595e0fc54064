import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TabsController } from '../../src/ui/controllers/tabs-controller.ts'
import type { Refused } from '../../src/ui/session-model.ts'
import { tick, until } from '../support/device.ts'

type Host = ConstructorParameters<typeof TabsController>[0]
type Dialog = EventTarget & { refused: Refused; isTyped: () => boolean }

let tabs: EventTarget & { control: string; keepHeld: () => void }
let page: EventTarget
let dialogs: Dialog[]
let done: string[]

beforeEach(() => {
  const keepHeld = (): void => void done.push('what waits for control is kept')
  tabs = Object.assign(new EventTarget(), { control: 'read-only', keepHeld })
  page = new EventTarget()
  dialogs = []
  done = []
  const host = Object.assign(new EventTarget(), {
    model: { tabs, notify: (_: string, text: string) => void done.push(text) },
    renderRoot: { append: (dialog: Dialog) => void dialogs.push(dialog), querySelector: () => null },
    addController: (controller: TabsController) => controller.hostConnected(),
  })
  const leave = (): void => void done.push('the dialog goes')
  vi.stubGlobal('document', { createElement: () => Object.assign(new EventTarget(), { leave }) })
  vi.stubGlobal('window', page)
  new TabsController(host as unknown as Host, () => {})
})
afterEach(() => void vi.unstubAllGlobals())

const want = (name: string, typed: boolean): void => {
  const detail: Refused = {
    record: name,
    go: () => void done.push(`${name} made`),
    drop: () => void done.push(`${name} given up`),
    ...(typed && { keep: () => void done.push(`${name} kept`), more: () => {} }),
  }
  tabs.dispatchEvent(new CustomEvent('refused', { detail }))
}

test('what is wanted until a person has answered is one question', async () => {
  want('a note', true)
  want('a pin', false)
  await until(() => dialogs.length > 0, 'the dialog')
  for (let i = 0; i < 10; i++) await tick()
  expect([dialogs.length, dialogs[0]?.isTyped(), done]).toEqual([1, false, []])
  dialogs[0]?.refused.go()
  expect(done).toEqual(['a note made', 'a pin made'])
})

test('P1 another tab is opened for it: what was typed is kept, the rest given up', async () => {
  want('a note', true)
  want('a pin', false)
  await until(() => dialogs.length > 0, 'the dialog')
  dialogs[0]?.refused.keep?.()
  expect(done).toEqual(['a note kept', 'a pin given up'])
})

test('control that comes while the question is still being loaded: what was typed is made, and nobody is asked', async () => {
  want('a note', true)
  tabs.control = 'active'
  await until(() => done.length > 0, 'the edit')
  expect([done, dialogs]).toEqual([['a note made'], []])
  // And the next is a question of its own.
  tabs.control = 'read-only'
  want('another', true)
  await until(() => dialogs.length > 0, 'the dialog')
})

test('P1 but what was not typed, a deletion perhaps, waits for a person’s word also then', async () => {
  want('a deletion', false)
  tabs.control = 'active'
  await until(() => dialogs.length > 0, 'the dialog')
  expect(done).toEqual([])
})

test('P1 the page goes with the question open: what was typed is kept, the rest given up, and the dialog is over', async () => {
  want('a note', true)
  want('a pin', false)
  await until(() => dialogs.length > 0, 'the dialog')
  page.dispatchEvent(new Event('pagehide'))
  expect(done).toEqual(['the dialog goes', 'a note kept', 'a pin given up', 'what waits for control is kept'])
})

test('and where the question was still being loaded, none comes up in a page that is back from the cache', async () => {
  want('a note', true)
  page.dispatchEvent(new Event('pagehide'))
  expect(done).toContain('a note kept')
  for (let i = 0; i < 20; i++) await tick()
  expect(dialogs).toEqual([])
  want('another', true)
  await until(() => dialogs.length > 0, 'the dialog')
})
