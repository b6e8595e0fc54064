import { describe, expect, test } from 'vitest'
import { FieldBinding, type FieldResult } from '../../src/ui/controllers/field-binding.ts'
import { Editor } from '../sim/editor.ts'

interface Sent {
  readonly shown: string
  readonly typed: string
}

/** A field that has the focus, on a store whose answers are given by hand, oldest first. */
function field(stored: string) {
  const editor = new Editor()
  const sent: Sent[] = []
  const answers: ((result: FieldResult) => void)[] = []
  const binding = new FieldBinding(editor as unknown as HTMLTextAreaElement, (shown, typed) => {
    sent.push({ shown, typed })
    return new Promise((resolve) => answers.push(resolve))
  })
  binding.load(stored)
  editor.dispatchEvent(new Event('focus'))
  const answer = async (result: FieldResult): Promise<void> => {
    answers.shift()?.(result)
    await Promise.resolve()
  }
  const stores = (text: string): Promise<void> => answer({ is: 'stored', text })
  const fences = (text: string): Promise<void> => answer({ is: 'fenced', text })
  const refuses = (): Promise<void> => answer({ is: 'refused' })
  const caret = (): readonly number[] => [editor.selectionStart, editor.selectionEnd]
  return { editor, binding, sent, stores, fences, refuses, caret }
}

describe('P4 what another tab or device writes moves neither caret nor selection', () => {
  test('a caret in a word that is replaced selects nothing: the next letter takes nobody’s text away', () => {
    const { editor, binding, caret } = field('one two three')
    editor.setSelectionRange(6, 6)
    binding.takeIn('one second three')
    const [start, end] = caret()
    expect(start).toBe(end)
    editor.press('!')
    expect(editor.value.replace('!', '')).toBe('one second three')
  })

  test('a caret at the end of what is replaced is at the end of what comes in its place', () => {
    const { editor, binding, caret } = field('one 6')
    binding.takeIn('one w7x')
    expect(editor.value).toBe('one w7x')
    expect(caret()).toEqual([7, 7])
  })

  test('a selection goes on to hold what it held', () => {
    const { editor, binding, caret } = field('one two three')
    editor.setSelectionRange(4, 7)
    binding.takeIn('zero one two more three')
    expect(editor.value.slice(...caret())).toBe('two')
  })

  test('where the focus is elsewhere, the caret is where it was when the person comes back', () => {
    const { editor, binding, caret } = field('one 6')
    editor.setSelectionRange(3, 3)
    editor.dispatchEvent(new Event('blur'))
    binding.takeIn('one w7x and more')
    binding.takeIn('now one w7x and more')
    editor.setSelectionRange(0, 0)
    editor.dispatchEvent(new Event('focus'))
    expect(caret()).toEqual([7, 7])
  })

  test('a letter that comes while the window has not the focus goes on from where it is', () => {
    const { editor, binding, caret } = field('one')
    editor.dispatchEvent(new Event('blur'))
    binding.takeIn('one two')
    editor.setSelectionRange(7, 7)
    editor.press(' three')
    editor.dispatchEvent(new Event('focus'))
    expect(caret()).toEqual([13, 13])
  })
})

describe('P4 P7 a tab that has lost control and has it again', () => {
  test('an answer of the time before takes no letter that was typed since', async () => {
    const { editor, binding, stores, fences } = field('one')
    binding.readOnly = false
    editor.press('x')
    binding.readOnly = true
    binding.readOnly = false
    editor.press(' two')
    await fences('one')
    expect(editor.value).toBe('onex two')
    await stores('one two')
    expect(editor.value).toBe('one two')
    expect(editor.selectionStart).toBe(7)
  })

  test('what was fenced is a draft: the field shows what is stored', async () => {
    const { editor, fences, sent } = field('one')
    editor.press('x')
    editor.press('y')
    await fences('one and theirs')
    await fences('one and theirs')
    expect(editor.value).toBe('one and theirs')
    editor.press('!')
    expect(sent.at(-1)?.shown).toBe('one and theirs')
  })

  test('leaving a field that may not be written in writes nothing', async () => {
    const { editor, binding, stores, sent } = field('one')
    editor.press('x')
    await stores('onex')
    binding.readOnly = true
    binding.leave()
    expect(sent).toHaveLength(1)
    binding.readOnly = false
    binding.leave()
    expect(sent).toHaveLength(2)
  })
})

describe('P1 a write that is refused takes nobody else’s text away', () => {
  test('where one before it was stored, together with what another had written', async () => {
    const { editor, stores, refuses, sent } = field('one')
    editor.press(' two')
    editor.press(' too long')
    await stores('theirs one two')
    await refuses()
    expect(editor.value).toBe('theirs one two too long')
    expect(sent.at(-1)).toEqual({ shown: 'theirs one two', typed: 'theirs one two too long' })
  })

  test('where one after it was stored, together with what another had written', async () => {
    const { editor, stores, refuses, sent } = field('one')
    editor.press(' too long')
    editor.type('one too')
    await refuses()
    await stores('theirs one')
    expect(editor.value).toContain('theirs')
    expect(sent.at(-1)).toEqual({ shown: 'theirs one', typed: 'theirs one too' })
    await stores('theirs one too')
    expect(editor.value).toBe('theirs one too')
  })

  test('what another wrote meanwhile comes into the refused text', async () => {
    const { editor, binding, refuses } = field('one')
    editor.press(' too long')
    binding.takeIn('theirs one')
    await refuses()
    expect(editor.value).toBe('theirs one too long')
    expect(binding.unsaved).toBe('theirs one too long')
  })
})
