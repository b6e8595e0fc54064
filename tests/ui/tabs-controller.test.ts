import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TabsController } from '../../src/ui/controllers/tabs-controller.ts'
import type { Refused } from '../../src/ui/session-model.ts'
import { tick, until } from '../support/device.ts'

type Host = ConstructorParameters<typeof TabsController>[0]
type Dialog = EventTarget & { refused: Refused; isTyped: () => boolean }

let tabs: EventTarget & { control: string }
let dialogs: Dialog[]
let done: string[]

beforeEach(() => {
  tabs = Object.assign(new EventTarget(), { control: 'read-only' })
  dialogs = []
  done = []
  const host = Object.assign(new EventTarget(), {
    model: { tabs, notify: (_: string, text: string) => void done.push(text) },
    renderRoot: { append: (dialog: Dialog) => void dialogs.push(dialog), querySelector: () => null },
    addController: (controller: TabsController) => controller.hostConnected(),
  })
  vi.stubGlobal('document', { createElement: () => new EventTarget() })
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
