import { describe, expect, test } from 'vitest'
import { FieldBinding } from '../../src/ui/controllers/field-binding.ts'
import type { FieldResult } from '../../src/ui/controllers/field-write.ts'
import { SavingMark } from '../../src/ui/controllers/saving-mark.ts'
import { Editor } from '../sim/editor.ts'

/** A field on a store whose answers are given by hand, oldest first. */
function field(stored = 'a') {
  const mark = new SavingMark()
  const editor = new Editor()
  const answers: ((result: FieldResult) => void)[] = []
  const binding = new FieldBinding(
    editor as unknown as HTMLTextAreaElement,
    () => new Promise((resolve) => answers.push(resolve)),
    (saving) => mark.set('content', saving),
  )
  binding.load(stored)
  const answer = async (value: string | null): Promise<void> => {
    answers.shift()?.(value === null ? { is: 'refused' } : { is: 'stored', text: value })
    await Promise.resolve()
  }
  return { mark, editor, binding, answer }
}

describe('P12 what the store has not confirmed is not said to be saved', () => {
  test('from the input event until the last write is confirmed', async () => {
    const { mark, editor, answer } = field()
    expect(mark.now).toBe(null)
    editor.type('ab')
    expect(mark.now).toBe('saving')
    editor.type('abc')
    await answer('ab')
    expect(mark.now).toBe('saving')
    await answer('abc')
    expect(mark.now).toBe(null)
  })

  test('a refused text says so until one is written', async () => {
    const { mark, editor, answer } = field()
    editor.type('too long')
    await answer(null)
    expect(mark.now).toBe('refused')
    editor.type('long')
    expect(mark.now).toBe('saving')
    await answer('long')
    expect(mark.now).toBe(null)
  })

  test('a refused text that the store has in the end, by whatever way', async () => {
    const { mark, editor, binding, answer } = field()
    editor.type('ab')
    await answer(null)
    binding.takeIn('ab')
    expect(editor.value).toBe('ab')
    expect(mark.now).toBe(null)
  })

  test('leaving a field writes it once more, which unsettles nothing', async () => {
    const { mark, editor, binding, answer } = field()
    editor.type('ab')
    await answer('ab')
    binding.leave()
    expect(mark.now).toBe(null)
    await answer('ab')
    expect(mark.now).toBe(null)
  })

  test('another’s change that comes into the text while it is written is stored already', async () => {
    const { mark, editor, binding, answer } = field('one')
    editor.type('one mine')
    binding.takeIn('theirs one mine')
    await answer('theirs one mine')
    expect(editor.value).toBe('theirs one mine')
    expect(mark.now).toBe(null)
  })

  test('another record in the field has nothing of the one before', () => {
    const { mark, editor, binding } = field()
    editor.type('ab')
    binding.load('b')
    expect(mark.now).toBe(null)
  })

  test('who listens hears of each change once; what is refused is said before what is on its way', () => {
    const mark = new SavingMark()
    const heard: unknown[] = []
    mark.addEventListener('change', () => heard.push(mark.now))
    mark.set('title', 'saving')
    mark.set('title', 'saving')
    mark.set('tags', 'refused')
    mark.set('title', null)
    mark.set('tags', null)
    expect(heard).toEqual(['saving', 'refused', null])
  })
})
