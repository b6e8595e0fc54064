import { describe, expect, test } from 'vitest'
import { diffWords } from '../../../src/core/word-diff.ts'
import { folded } from '../../../src/ui/merge/folded.ts'

const many = Array.from({ length: 20 }, (_, n) => `line ${n}\n`).join('')

describe('long texts, side by side', () => {
  test('what is the same gives way to its number of lines, but for what stands around a change', () => {
    expect(folded(diffWords(`${many}end here`, `${many}end there`))).toEqual([
      { is: 'skipped', lines: 18 },
      { is: 'same', text: 'line 18\nline 19\nend ' },
      { is: 'del', text: 'here' },
      { is: 'ins', text: 'there' },
    ])
  })

  test('no line is left out of count', () => {
    const before = `one\n${many}two\n${many}three\n`
    const shown = folded(diffWords(before, before.replace('two', 'four')))
    const lines = shown
      .filter(({ is }) => is !== 'ins')
      .map((part) => (part.is === 'skipped' ? part.lines : part.text.split('\n').length - 1))
    expect(shown.filter(({ is }) => is === 'skipped').length).toBe(2)
    expect(lines.reduce((sum, each) => sum + each, 0)).toBe(before.split('\n').length - 1)
  })

  test('a few lines are not worth leaving out', () => {
    const short = 'a\nb\nc\nd\ne\nf\n'
    expect(folded(diffWords(`x\n${short}y`, `z\n${short}w`)).some(({ is }) => is === 'skipped')).toBe(false)
  })
})
