import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeWrite } from '../../src/core/reconcile.ts'
import { FieldBinding } from '../../src/ui/controllers/field-binding.ts'
import type { FieldResult, WriteField } from '../../src/ui/controllers/field-write.ts'
import { Editor } from '../sim/editor.ts'

interface Sent {
  readonly shown: string
  readonly typed: string
  readonly how: Parameters<WriteField>[3]
}

/** A field that has the focus, on a store whose answers are given by hand, oldest first. */
function field(stored: string) {
  const editor = new Editor()
  const sent: Sent[] = []
  const answers: ((result: FieldResult) => void)[] = []
  const binding = new FieldBinding(editor as unknown as HTMLTextAreaElement, (shown, typed, _, how) => {
    sent.push({ shown, typed, how })
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

test('P4 what is typed while another’s text waits to come in says that it is behind; not what met nothing', async () => {
  const { editor, binding, sent, stores } = field('one')
  editor.dispatchEvent(new Event('compositionstart'))
  editor.press('k')
  await stores('onek\ntheirs')
  editor.press('o')
  await stores('oneko\ntheirs')
  editor.press('n')
  await stores('onekon\ntheirs')
  editor.dispatchEvent(new Event('compositionend'))
  expect(editor.value).toBe('onekon\ntheirs')
  editor.press('!')
  await stores(editor.value)
  editor.press('?')
  expect(sent.map(({ how }) => how)).toEqual([undefined, 'behind', 'behind', undefined, undefined])
  binding.load('two')
  editor.press('.')
  expect(sent.at(-1)?.how).toBe(undefined)
})

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

  test('a caret never comes to stand between the halves of one character', () => {
    const { editor, binding } = field('one two')
    editor.setSelectionRange(5, 5)
    binding.takeIn('one 🙂🙂')
    editor.press('!')
    expect(editor.value.isWellFormed()).toBe(true)
    expect(editor.value.replace('!', '')).toBe('one 🙂🙂')
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

  test('one refused and one fenced in one flight: the field shows what is stored', async () => {
    const { editor, fences, refuses } = field('one')
    editor.press(' too long')
    editor.press('!')
    await refuses()
    await fences('one and theirs')
    expect(editor.value).toBe('one and theirs')
  })

  test('P1 an edit that is let through where none may be made is handed to the store, which keeps it; the next is held back', async () => {
    const { editor, binding, fences, sent } = field('one')
    binding.readOnly = true
    binding.asDraft(() => editor.press(' more'))
    expect(sent).toEqual([{ shown: 'one', typed: 'one more' }])
    await fences('one')
    const broken = (): void => {
      throw new Error('no such edit')
    }
    expect(() => binding.asDraft(broken)).toThrow('no such edit')
    editor.press('!')
    expect([editor.value, sent.length]).toEqual(['one', 1])
  })

  test('P4 letters that came as control went: what is typed on stands behind them once they are taken in', async () => {
    const { editor, binding, stores, fences, caret } = field('A: ab\nB: xy')
    editor.setSelectionRange(5, 5)
    editor.press('c')
    editor.press('d')
    await stores('A: abc\nB: xy')
    await fences('A: abc\nB: xy')
    binding.readOnly = true
    expect([binding.drafted, ...caret()]).toEqual(['A: abcd\nB: xy', 6, 6])
    // Others write on: it is still the same place.
    binding.takeIn('Z: 1\nA: abc\nB: xyz')
    expect([binding.drafted, ...caret()]).toEqual(['A: abcd\nB: xy', 11, 11])
    binding.takeIn('Z: 1\nA: abcd\nB: xyz')
    binding.readOnly = false
    expect([binding.drafted, ...caret()]).toEqual([null, 12, 12])
    editor.press('e')
    expect(editor.value).toBe('Z: 1\nA: abcde\nB: xyz')
  })

  test.each([
    ['hel', 3, 'l', 'Z\nhel', 'Z\nhell'],
    ['a\n\nb', 2, '\n', 'Z\na\n\nb', 'Z\na\n\n\nb'],
    ['a b', 2, ' ', 'Z a b', 'Z a  b'],
  ])(
    'P4 letters like those before them are not taken for them: %j',
    async (stored, at, letter, more, all) => {
      const { editor, binding, fences, caret } = field(stored)
      editor.setSelectionRange(at, at)
      editor.press(letter)
      await fences(stored)
      binding.readOnly = true
      binding.takeIn(more)
      expect(binding.drafted).toBe(stored.slice(0, at) + letter + stored.slice(at))
      binding.takeIn(all)
      expect(binding.drafted).toBe(null)
      expect(caret()).toEqual([at + all.length - stored.length, at + all.length - stored.length])
    },
  )

  test('P4 letters that others’ words have among theirs are not there; taken in behind those, what is typed on follows them', async () => {
    const { editor, binding, fences, caret } = field('w31x w32x w')
    editor.press(' w34x3')
    await fences('w31x w32x w')
    binding.readOnly = true
    const others = 'w31x w32x w w35x w36x w37x w38x w39x w40x w41x w43x w44x'
    binding.takeIn(others)
    expect([binding.drafted, ...caret()]).toEqual(['w31x w32x w w34x3', 11, 11])
    binding.takeIn(`${others} w34x3`)
    expect([binding.drafted, ...caret()]).toEqual([null, others.length + 6, others.length + 6])
  })

  test('P4 a letter that another types elsewhere is not the one that is a draft', async () => {
    const { editor, binding, fences } = field('one two\nthr')
    editor.press('e')
    await fences('one two\nthr')
    binding.readOnly = true
    for (const word of ['w', 'wh', 'whe', 'when']) binding.takeIn(`one two ${word}\nthr`)
    expect(binding.drafted).toBe('one two\nthre')
    binding.takeIn('one two when\nthre')
    binding.readOnly = false
    editor.press('e')
    expect(editor.value).toBe('one two when\nthree')
  })

  test.each([
    ['before control was lost', ['A: hel'], []],
    ['since', ['A: '], ['A: hel']],
  ])('P4 behind letters like them that another wrote in their place, %s', async (_, [at = ''], later) => {
    const { editor, binding, fences } = field('A: ')
    editor.press('l')
    await fences(at)
    binding.readOnly = true
    for (const text of [...later, 'A: hell']) binding.takeIn(text)
    binding.readOnly = false
    editor.press('o')
    expect(editor.value).toBe('A: hello')
  })

  test.each([10, 40])('P4 they come in together with another’s words, %i lines away', async (lines) => {
    const [start, end] = ['word after word\n'.repeat(lines), '\nmore words here'.repeat(lines)]
    const { editor, binding, fences } = field(`${start}thr${end}`)
    editor.setSelectionRange(start.length + 3, start.length + 3)
    editor.press('e')
    await fences(`${start}thr${end}`)
    binding.takeIn(`${start}thre${end}Others`)
    editor.press('!')
    expect(editor.value).toBe(`${start}thre!${end}Others`)
  })

  test.each([
    ['elsewhere', 'Z ab', 'Z abcd', 'Z abcde'],
    ['behind', 'ab\nmore', 'abcd\nmore', 'abcde\nmore'],
  ])('P4 kept as a draft in two goes they are one: another writes %s', async (_, others, all, end) => {
    const { editor, binding, fences } = field('ab')
    editor.press('c')
    await fences('ab')
    binding.readOnly = true
    binding.asDraft(() => editor.press('d'))
    await fences('ab')
    expect(binding.drafted).toBe('abcd')
    for (const text of [others, all]) binding.takeIn(text)
    binding.readOnly = false
    editor.press('e')
    expect(editor.value).toBe(end)
  })

  test('P4 taken in together with what another wrote right behind them, or, by this tab, in front of them', async () => {
    const one = field('ab')
    one.editor.press('c')
    await one.fences('ab')
    one.binding.takeIn('abc and theirs')
    one.editor.press('d')
    expect(one.editor.value).toBe('abcd and theirs')
    const two = field('ab')
    two.editor.press('c')
    await two.fences('ab')
    two.binding.takeIn('ab!')
    two.binding.awaitDraft()
    two.binding.takeIn('ab! and c')
    two.editor.press('d')
    expect(two.editor.value).toBe('ab! and cd')
  })

  test('a deletion that is refused after them is no letter to go on behind, nor is a selection', async () => {
    const { editor, binding, fences } = field('one two')
    editor.press('!')
    await fences('one two')
    editor.setSelectionRange(5, 7)
    expect(binding.drafted).toBe(null)
    editor.type('one ')
    await fences('one two')
    expect(binding.drafted).toBe(null)
  })

  test('P4 a single letter is not found in another’s word either', async () => {
    const { editor, binding, fences, caret } = field('one w')
    editor.press('3')
    await fences('one w')
    binding.readOnly = true
    binding.takeIn('one w w35x')
    expect([binding.drafted, ...caret()]).toEqual(['one w3', 5, 5])
    binding.takeIn('zero one w3 w35x')
    expect([binding.drafted, ...caret()]).toEqual([null, 11, 11])
  })

  test('P4 elsewhere, behind another’s letters, or after words that were deleted, nothing is gone on with', async () => {
    const { editor, binding, fences } = field('ab\nxy')
    editor.setSelectionRange(2, 2)
    editor.press('c')
    await fences('ab\nxy')
    expect(binding.drafted).toBe('abc\nxy')
    editor.setSelectionRange(5, 5)
    expect(binding.drafted, 'the caret is elsewhere').toBe(null)
    editor.setSelectionRange(2, 2)
    binding.takeIn('ab!\nxy')
    expect([binding.drafted, editor.selectionStart], 'those are another’s').toEqual(['abc\nxy', 2])
    const other = field('one two')
    other.editor.value = 'one '
    other.editor.setSelectionRange(4, 4)
    other.editor.dispatchEvent(new Event('input'))
    await other.fences('one two')
    expect(other.binding.drafted, 'a deletion').toBe(null)
  })

  test('P1 P4 what is typed behind letters that are a draft, and becomes one as well, is one with them', async () => {
    const { editor, binding, fences, sent } = field('ab')
    editor.press('c')
    await fences('ab and theirs')
    binding.readOnly = true
    binding.asDraft(() => editor.press('d'))
    expect(sent.at(-1)).toEqual({ shown: 'abc', typed: 'abcd' })
    await fences('ab and theirs')
    expect(editor.value).toBe('ab and theirs')
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

/** A field on a store that merges as the real one does and refuses what `refuses` says; answers come when asked for. */
function merging(stored: string, refuses: (text: string) => boolean) {
  const editor = new Editor()
  const store = { text: stored }
  const answers: (() => void)[] = []
  const binding = new FieldBinding(editor as unknown as HTMLTextAreaElement, (shown, typed) => {
    const text = String(mergeWrite('text', shown, typed, store.text))
    const refused = refuses(text)
    if (!refused) store.text = text
    const result: FieldResult = refused ? { is: 'refused' } : { is: 'stored', text }
    return new Promise((resolve) => answers.push(() => resolve(result)))
  })
  binding.load(stored)
  editor.dispatchEvent(new Event('focus'))
  const one = async (): Promise<void> => {
    answers.shift()?.()
    await Promise.resolve()
    await Promise.resolve()
  }
  /** More than a few rounds would be a loop. */
  const all = async (): Promise<void> => {
    for (let n = 0; answers.length > 0 && n < 50; n++) await one()
    expect(answers).toHaveLength(0)
  }
  const theirs = (words: string): void => {
    store.text = words + store.text
    binding.takeIn(store.text)
  }
  return { editor, binding, store, one, all, theirs }
}

describe('P1 a write that is refused takes nobody else’s text away, and doubles none', () => {
  test.each([
    ['note one', ['note onex', 'note onexy'], 9],
    ['', ['a', 'ab'], 1],
    ['a', ['a\nb', 'a\nbc', 'a\nbc d', 'a\nbc d eeeee'], 8],
  ])('%j, then %j: stored, then refused in one flight', async (before, texts, limit) => {
    const { editor, store, all } = merging(before, (text) => text.length > limit)
    for (const text of texts) editor.type(text)
    await all()
    expect(editor.value).toBe(texts.at(-1))
    expect(texts).toContain(store.text)
  })

  test.each([
    ['note one', 'note onexyz', 'note onex', 9],
    ['one', 'onexyz', 'onex', 4],
    ['one two', 'one two!!', 'one two!', 8],
    ['', 'abcde', 'abc', 3],
    ['one two', 'oneaaa two', 'onea two', 8],
  ])('%j, then %j, then %j: refused, then stored in one flight', async (before, over, under, limit) => {
    const { editor, store, all } = merging(before, (text) => text.length > limit)
    editor.type(over)
    editor.type(under)
    await all()
    expect([editor.value, store.text]).toEqual([under, under])
  })

  test('what another wrote comes into the refused text, also where more was typed since', async () => {
    const { editor, binding, theirs, all } = merging('one', (text) => text.includes('long'))
    editor.press(' long')
    theirs('theirs ')
    editor.press('!')
    await all()
    expect(editor.value).toBe('theirs one long!')
    expect(binding.unsaved).toBe('theirs one long!')
  })

  test('P4 what it was before another’s text came in goes with the write that is stored, once, also where more was refused', async () => {
    const { editor, binding, sent, stores, refuses } = field('one')
    editor.press(' long')
    await refuses()
    binding.takeIn('theirs\none')
    expect(sent.at(-1)).toEqual({
      shown: 'theirs\none',
      typed: 'theirs\none long',
      how: { before: 'one long' },
    })
    await refuses()
    editor.press('!')
    expect(sent.at(-1)).toMatchObject({ typed: 'theirs\none long!', how: { before: 'one long' } })
    await stores('theirs\none long!')
    editor.press('?')
    expect(sent.at(-1)?.how).toBe(undefined)
  })

  test('P4 it goes with each until one is stored: which of those on their way that is, nobody knows', async () => {
    const { editor, binding, sent, stores, refuses } = field('one')
    editor.press(' long')
    await refuses()
    binding.takeIn('theirs\none')
    editor.type('theirs\none lo')
    await refuses()
    await stores('theirs\none lo')
    editor.press('!')
    const before = { before: 'one long' }
    expect(sent.map(({ how }) => how)).toEqual([undefined, before, before, undefined])
  })

  test('what another wrote and took away again is in nothing that is stored', async () => {
    const { editor, binding, sent, refuses } = field('one')
    editor.press(' long')
    await refuses()
    for (const stored of ['theirs\none', 'one']) {
      binding.takeIn(stored)
      await refuses()
    }
    editor.type('one lo')
    expect(sent.map(({ how }) => how !== undefined)).toEqual([false, true, false, false])
  })

  test('half a character was never refused, and what waits of one record says nothing of the next', async () => {
    const { editor, binding, sent, stores, refuses } = field('one')
    editor.press('\ud83d')
    await stores('one\ufffd')
    binding.takeIn('theirs\none\ufffd')
    expect(sent.at(-1)?.how).toBe(undefined)
    binding.load('two')
    editor.press(' long')
    await refuses()
    binding.takeIn('theirs\ntwo')
    await refuses()
    binding.load('three')
    editor.press('.')
    expect(sent.slice(-2).map(({ how }) => how)).toEqual([{ before: 'two long' }, undefined])
  })

  test('where the store has all of the refused text by now, nothing goes with what is typed next', async () => {
    const { editor, binding, sent, refuses } = field('one')
    editor.press(' long')
    await refuses()
    binding.takeIn('theirs one long')
    editor.press('!')
    expect(sent.map(({ how }) => how)).toEqual([undefined, undefined])
  })

  test('what came in by itself, or is the same, says nothing of before', async () => {
    const { editor, binding, sent, refuses } = field('one')
    binding.takeIn('two')
    editor.press('!')
    await refuses()
    binding.takeIn('two!')
    editor.press('?')
    expect(sent.map(({ how }) => how)).toEqual([undefined, undefined])
  })

  test('refused, then control lost, then left: it is written once more, and so becomes a draft', async () => {
    const { editor, binding, refuses, sent } = field('one')
    editor.press(' long')
    await refuses()
    binding.readOnly = true
    binding.leave()
    expect(sent.at(-1)).toEqual({ shown: 'one', typed: 'one long' })
    expect(sent).toHaveLength(2)
  })

  test('P4 whatever is refused, written by others and answered in whatever order: every word is there once', async () => {
    const step = fc.constantFrom('end', 'middle', 'answer', 'theirs')
    const runs = fc.tuple(
      fc.array(step, { maxLength: 9 }),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 12 }),
    )
    await fc.assert(
      fc.asyncProperty(runs, async ([steps, refusals]) => {
        let over = false
        let n = 0
        const refused = (): boolean => !over && refusals[n++ % refusals.length] === true
        const { editor, store, one, all, theirs } = merging('base words here\nsecond line', refused)
        const words = ['base', 'here', 'second']
        for (const [index, step] of steps.entries()) {
          const word = `w${index}x`
          if (step === 'answer') await one()
          else words.push(word)
          if (step === 'theirs') theirs(`${word}\n`)
          if (step === 'end') {
            editor.setSelectionRange(editor.value.length, editor.value.length)
            editor.press(` ${word}`)
          }
          if (step === 'middle') {
            const at = editor.value.indexOf('here')
            editor.setSelectionRange(at, at)
            editor.press(`${word} `)
          }
        }
        over = true
        await all()
        editor.press('!')
        await all()
        expect(editor.value).toBe(store.text)
        for (const word of words) expect(store.text.split(word)).toHaveLength(2)
      }),
    )
  })
})
