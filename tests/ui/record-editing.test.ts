import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PageModel } from '../../src/ui/model.ts'
import type { HandedOver, Refused } from '../../src/ui/session-model.ts'
import { Editor } from '../sim/editor.ts'
import { tick } from '../support/device.ts'

/** A text area as far as a browser is needed here. */
class Area extends Editor {
  isConnected = true
  readOnly = false
  rows = 5
  scrollTop = 0
  focus(): void {}
  getRootNode(): null {
    return null
  }
}
for (const name of ['HTMLInputElement', 'Element', 'ShadowRoot']) vi.stubGlobal(name, class {})
vi.stubGlobal('HTMLTextAreaElement', Area)
vi.stubGlobal('location', { pathname: '/notes/one' })
vi.stubGlobal('document', {
  activeElement: null,
  execCommand: (_: string, __: boolean, text = '') => {
    area.press(text)
    return true
  },
})
vi.stubGlobal('getSelection', () => ({
  modify: () => area.setSelectionRange(area.selectionStart - 1, area.selectionEnd),
}))
afterAll(() => vi.unstubAllGlobals())
const { RecordEditing } = await import('../../src/ui/controllers/record-editing.ts')

interface Content {
  readonly content: string
}
let area: Area
let asked: Refused[]
let handed: HandedOver | null
let behind: Refused[]
let fenced: boolean
let written: [id: string, shown: string, typed: string][]
/** How each of them meets what is stored. */
let ways: (string | undefined)[]
/** What the store makes of what is typed. */
let brings: string
let stored: Record<string, string>
let tabs: EventTarget & { control: string }
let model: EventTarget
let editing: InstanceType<typeof RecordEditing>

beforeEach(() => {
  ;[asked, behind, written, fenced, handed] = [[], [], [], false, null]
  ;[ways, brings] = [[], '']
  stored = { one: 'abc', two: 'xyz' }
  tabs = Object.assign(new EventTarget(), {
    control: 'active',
    refuse: (refused: Refused) => void asked.push(refused),
    goBehind: async (_: string, refused: Refused) => void behind.push(refused),
    follow: () => () => {},
    arrive: () => handed,
  })
  const view = (id: string) => ({ record: { id, kind: 'note', fields: { content: stored[id] } } })
  model = Object.assign(new EventTarget(), {
    tabs,
    records: { get: view, has: () => true },
    rescue: { trouble: null, follow: () => () => {} },
    type: async (id: string, shown: Content, typed: Content, _: boolean, { how }: { how?: string } = {}) => {
      written.push([id, shown.content, typed.content])
      ways.push(how)
      if (fenced) return { is: 'fenced' }
      stored[id] = typed.content + brings
      return { is: 'written', record: view(id).record }
    },
  })
  area = new Area()
  editing = new RecordEditing(
    { addController() {}, removeController() {}, requestUpdate() {}, updateComplete: Promise.resolve(true) },
    () => model as unknown as PageModel,
    { set: () => {} } as unknown as ConstructorParameters<typeof RecordEditing>[2],
  )
  editing.hostConnected()
  editing.open('one')
  editing.bind('content')(area as unknown as Element)
  area.dispatchEvent(new Event('focus'))
  area.setSelectionRange(3, 3)
})

/** As the browser does it: what the field does not hold back is typed. */
function key(letter: string): void {
  const wanted = Object.assign(new Event('beforeinput', { cancelable: true }), {
    inputType: 'insertText',
    data: letter,
  })
  if (area.dispatchEvent(wanted)) area.press(letter)
}
function has(control: string): void {
  tabs.control = control
  model.dispatchEvent(new Event('tabs'))
}

describe('P4 letters typed as control goes and comes', () => {
  test('the draft before them comes in with words that another wrote there, unheard: they stand behind it', async () => {
    fenced = true
    key('d')
    has('read-only')
    await tick()
    key('e')
    fenced = false
    has('active')
    asked[0]?.go()
    stored.one = 'abc! and d'
    model.dispatchEvent(new Event('records'))
    behind[0]?.go()
    await tick()
    expect([area.value, stored.one]).toEqual(['abc! and de', 'abc! and de'])
  })

  test('those typed while a draft before them is taken in stand behind all that waits', async () => {
    fenced = true
    key('d')
    has('read-only')
    await tick()
    expect(area.value).toBe('abc')
    key('e')
    expect([area.value, asked.length]).toEqual(['abc', 1])
    fenced = false
    // Control is told first, then the edit goes.
    has('active')
    key('f')
    asked[0]?.go()
    key('g')
    expect([area.value, behind.length]).toEqual(['abc', 1])
    stored.one = 'abcd'
    model.dispatchEvent(new Event('records'))
    behind[0]?.go()
    await tick()
    expect([area.value, stored.one]).toEqual(['abcdefg', 'abcdefg'])
    key('h')
    expect(area.value, 'and the field may be written in').toBe('abcdefgh')
  })

  test('those pressed in the dialog go on in the text: letters, line breaks where there are lines, and what is deleted', () => {
    has('read-only')
    key('d')
    for (const pressed of ['x', '\b', 'e', '\n', 'f']) asked[0]?.more?.(pressed)
    has('active')
    asked[0]?.go()
    expect(area.value).toBe('abcde\nf')
    has('read-only')
    area.rows = 1
    key('g')
    for (const pressed of ['\n', 'h']) asked[1]?.more?.(pressed)
    has('active')
    asked[1]?.go()
    expect(area.value, 'a title').toBe('abcde\nfgh')
  })

  test('a field that cannot take in yet what a write met tells the store that it is behind', async () => {
    area.dispatchEvent(new Event('compositionstart'))
    brings = ' and theirs'
    key('d')
    await tick()
    brings = ''
    key('e')
    expect(ways).toEqual([undefined, 'behind'])
  })

  test('the place that comes along moves nobody’s caret who types already', () => {
    handed = { path: '/notes/one', field: 'content', start: 1, end: 1, scroll: 0, asked: true }
    tabs.dispatchEvent(new Event('place'))
    expect(area.selectionStart).toBe(1)
    key('x')
    handed = { ...handed, start: 4, end: 4 }
    tabs.dispatchEvent(new Event('place'))
    key('y')
    expect(area.value).toBe('axybc')
    // Typed before control went, it is nobody's any more.
    has('read-only')
    has('active')
    tabs.dispatchEvent(new Event('place'))
    expect(area.selectionStart).toBe(4)
  })

  test('those that wait are kept as a draft of their record before another one is shown', () => {
    has('read-only')
    key('d')
    fenced = true
    editing.open('two')
    // Leaving the field tells the same once more.
    const told = [
      ['one', 'abc', 'abcd'],
      ['one', 'abcd', 'abcd'],
    ]
    expect([area.value, written]).toEqual(['xyz', told])
    asked[0]?.go()
    expect([area.value, written]).toEqual(['xyz', told])
  })

  test('and before the page of the record is left', () => {
    has('read-only')
    key('d')
    fenced = true
    area.isConnected = false
    editing.hostDisconnected()
    expect(written[0]).toEqual(['one', 'abc', 'abcd'])
  })
})
