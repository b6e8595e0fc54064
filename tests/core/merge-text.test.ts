import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeText, replacements } from '../../src/core/merge-text.ts'

const merged = (base: string, mine: string, theirs: string) => mergeText(base, mine, theirs, 'mine')
const many = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n')

/** A merge runs inside a transaction that every keystroke waits for: 50 ms, with room for a busy machine. */
function timed<T>(work: () => T, limit = 400): T {
  const start = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(limit)
  return result
}

describe('mergeText', () => {
  test.each([
    ['only mine changed', 'a', 'ab', 'a', 'ab'],
    ['only theirs changed', 'a', 'a', 'ab', 'ab'],
    ['both to the same', 'a', 'b', 'b', 'b'],
    ['trace 1: a paragraph of the other device stays when a stale editor types', 'a', 'ax', 'a\nP', 'ax\nP'],
    ['trace 2: text that both have is not doubled', 'L0', 'L0 L1', 'L0', 'L0 L1'],
    ['two lines apart', 'a\nb\nc', 'A\nb\nc', 'a\nb\nC', 'A\nb\nC'],
    ['abutting lines', 'a\nb', 'A\nb', 'a\nB', 'A\nB'],
    ['two words of one line', 'the quick fox', 'the slow fox', 'the quick dog', 'the slow dog'],
    ['abutting words and space', 'one two', 'One two', 'one two three', 'One two three'],
    ['trace 48: both write into an empty note, remote first', '', 'mine', 'theirs', 'theirs\nmine'],
    ['trace 48: both extend a list', '- a\n', '- a\n- m\n', '- a\n- t\n', '- a\n- t\n- m\n'],
    ['trace 48: both extend a list without a last newline', '- a', '- a\n- m', '- a\n- t', '- a\n- t\n- m'],
    [
      'both insert the same first line',
      'a\nz',
      'a\nnew\nmine\nz',
      'a\nnew\ntheirs\nz',
      'a\nnew\ntheirs\nmine\nz',
    ],
    ['both insert at the top', 'a', 'm\na', 't\na', 't\nm\na'],
    ['both add a word at the end', 'one', 'one mine', 'one theirs', 'one theirs mine'],
    ['both add a word to a blank at the end', 'one ', 'one mine', 'one theirs', 'one theirs mine'],
    ['both add a word at the start', 'one', 'mine one', 'theirs one', 'theirs mine one'],
    ['both add a word in the middle', 'a z', 'a mine z', 'a theirs z', 'a theirs mine z'],
    ['both add words that begin alike', 'a', 'a so mine', 'a so theirs', 'a so theirs mine'],
    ['both add words and a blank', 'a', 'a mine ', 'a theirs ', 'a theirs mine '],
    ['both add marked words', 'a', 'a **mine**', 'a **theirs**', 'a **theirs** **mine**'],
    ['both add a sentence', 'One.', 'One. Mine.', 'One. Theirs.', 'One. Theirs. Mine.'],
    ['both add a paragraph', 'a', 'a\n\nmine', 'a\n\ntheirs', 'a\n\ntheirs\n\nmine'],
    ['one has typed on', 'a', 'a so far', 'a so far and on', 'a so far and on'],
    ['both add a word to a word that one changed', 'rent 1', 'rent 2', 'rent 1 EUR', 'rent 2 EUR'],
    ['punctuation at both ends of a word', 'a', '*a', 'a!', '*a!'],
    ['one takes the blank away after which the other writes on', 'one ', 'one', 'one more', 'one more'],
    ['one takes the blank away before which the other writes', ' one', 'one', 'more one', 'more one'],
    ['one has typed on within a word', 'a', 'a.', 'a.b', 'a.b'],
    [
      'two sentences without white space',
      '今天天气好。明天下雨。',
      '今天天气坏。明天下雨。',
      '今天天气好。明天下雪。',
      '今天天气坏。明天下雪。',
    ],
    ['one joins two lines, the other adds to them', 'a\nb', 'a b', 'a\nb c', 'a b c'],
    ['one deletes a line, the other writes on in the one before', 'a b\nc', 'A b', 'a b d\nc', 'A b d'],
    ['one deletes a line, the other empties it', 'a\nb\nc', 'a\nc', 'a\n\nc', 'a\nc'],
    ['one deletes a line, the other adds one there', 'a\nb', 'a', 'a\nb\nc', 'a\nc'],
    ['an insertion beside an edit', 'a\nb', 'a\nnew\nb', 'A\nb', 'A\nnew\nb'],
    ['both fill a blank line', 'a\n\nz', 'a\nm\nz', 'a\nt\nz', 'a\nt\nm\nz'],
    ['both delete different lines', 'a\nb\nc\nd', 'a\nc\nd', 'a\nb\nc', 'a\nc'],
    ['one deletes all, the other nothing', 'a\nb', '', 'a\nb', ''],
    ['both delete all', 'a\nb', '', '', ''],
    ['umlauts are part of words', 'für Bär', 'für Bären', 'über Bär', 'über Bären'],
    [
      'names of an object’s prototype are lines like others',
      'a\n__proto__\nb',
      'x\n__proto__\nb',
      'a\n__proto__\nconstructor',
      'x\n__proto__\nconstructor',
    ],
  ])('%s', (_, base, mine, theirs, text) => {
    expect(merged(base, mine, theirs)).toEqual({ text, clash: false })
  })

  test('the same word changed on both sides clashes; the local one stays, only in that place', () => {
    expect(merged('a\nx\nred\nz', 'a\nx\nblue\nz', 'A\nx\ngreen\nz\nmore')).toEqual({
      text: 'A\nx\nblue\nz\nmore',
      clash: true,
    })
  })

  test.each([
    ['both made a number longer', 'rent 1', 'rent 10', 'rent 1.5'],
    ['both a number in the middle', 'Take 1 pill', 'Take 10 pills', 'Take 1.5 pill'],
    ['both changed a number that has parts', 'costs 1.5 now', 'costs 2.5 now', 'costs 1.7 now'],
    ['both changed a date', '2026-01-05', '2026-02-05', '2026-01-06'],
    ['both changed a version', 'v1.2.3', 'v2.2.3', 'v1.2.4'],
    ['both went on in a number', 'call 030 12', 'call 030 123', 'call 030 12-4'],
    ['one changed the number, the other wrote on', 'version 2', 'version 3', 'version 2-beta'],
    ['both went on in a time', 'until 5', 'until 5:30', 'until 5.15'],
    [
      'both went on in a link',
      'see https://x.example/',
      'see https://x.example/a',
      'see https://x.example/b',
    ],
    ['both put a mark after a word', 'a', 'a!', 'a?'],
    ['both put a mark before a word', 'a', '*a', '_a'],
    ['one deleted the line, the other wrote on', 'a\n- milk 2\nb', 'a\nb', 'a\n- milk 2 litres\nb'],
    [
      'one deleted the last line, the other wrote on',
      '# To\n- a\n- b',
      '# To\n- a',
      '# To\n- a\n- b (urgent)',
    ],
    ['one deleted all, the other wrote on', '- milk 2', '', '- milk 2 litres'],
    ['one emptied the line, the other wrote on', 'a\n- b\nc', 'a\n\nc', 'a\n- b c\nc'],
    ['one deleted a line beside one that it changed', '- a\n- milk 2', '- b', '- a\n- milk 2 litres'],
    ['one deleted two lines, the other wrote on in one', 'a\nb\nc', 'c', 'a\nb d\nc'],
  ])('what neither wrote is never made of what both wrote: %s', (_, base, mine, theirs) => {
    const wordsOf = (value: string) => value.split(/\s+/).filter((word) => word !== '')
    for (const [here, there] of [[mine, theirs] as const, [theirs, mine] as const]) {
      expect(mergeText(base, here, there, 'mine')).toEqual({ text: here, clash: true })
      expect(mergeText(base, here, there, 'theirs')).toEqual({ text: there, clash: true })
      const both = mergeText(base, here, there, 'both')
      // Between two tabs both stay; what both wrote at the end of one word may stand as if one person had typed it.
      if (!/^(rent|Take|call|until|see|a$)/.test(base))
        for (const word of [...wordsOf(here), ...wordsOf(there)]) expect(wordsOf(both.text)).toContain(word)
    }
  })

  test('P3 lines of both sides that an empty line sets apart are in the text of the side that wins once', () => {
    const base = '\none\ntwo\n'
    const mine = ' above\none\nbetween\ntwo\n'
    const theirs = ' three\none more\ntwo more\n\n below'
    expect(mergeText(base, mine, theirs, 'mine')).toEqual({ text: mine, clash: true })
  })

  test('a line that one side moved into a clash is not lost: the side that wins stays whole', () => {
    const [base, mine, theirs] = ['milk\neggs\nbread\nbutter', 'milk\neggs', 'eggs\nbread\nmilk\nbutter']
    expect(mergeText(base, mine, theirs, 'mine')).toEqual({ text: mine, clash: true })
    expect(mergeText(base, theirs, mine, 'theirs')).toEqual({ text: mine, clash: true })
  })

  test('a line that both break at one place asks: no word of it is there twice', () => {
    const [base, mine, theirs] = ['b0 b1\nb2 b3 b4', 'b0\nb1', 'b0\nb1 b2 b3 b4']
    expect(mergeText(base, mine, theirs, 'mine')).toEqual({ text: mine, clash: true })
  })

  test('where both must stay, both words are there', () => {
    const { text } = mergeText('a\nred\nz', 'a\nblue\nz', 'a\ngreen\nz', 'both')
    for (const line of ['a', 'z']) expect(text.split('\n')).toContain(line)
    expect(text).toMatch(/green[\s\S]*blue/)
  })

  test.each([
    ['a word for a word', 'alpha', 'beta', 'gamma', 'gamma beta'],
    ['a word for a letter', 'a', 'beta', 'alpha', 'alpha beta'],
    ['one sentence for another', 'Buy milk', 'Call Bob', 'Ask Ann', 'Ask Ann\nCall Bob'],
    ['a small edit each in one word', 'one color', 'one Color', 'one colors', 'one colors Color'],
    ['one deletes the word, the other changes it', 'a red z', 'a z', 'a reddish z', 'a reddish z'],
  ])('where both must stay, no letters are mixed: %s', (_, base, mine, theirs, text) => {
    expect(mergeText(base, mine, theirs, 'both').text).toBe(text)
  })

  test.each([
    ['a', 'ac', 'ab', 'abc'],
    ['one hel', 'one hell', 'one help', 'one helpl'],
    ['alpha\nz', 'alphax\nz', 'alphay\nz', 'alphayx\nz'],
  ])(
    'P4: two tabs that are typed into in turns, one behind: each letter once (%s)',
    (base, mine, theirs, text) => {
      expect(mergeText(base, mine, theirs, 'both').text).toBe(text)
      expect(mergeText(base, mine, theirs, 'mine')).toEqual({ text: mine, clash: true })
    },
  )

  test.each([
    [' b', 'x\n b', 'x\n b c', 'x\n b c'],
    [' b', 'x\n b c', 'x\n b', 'x\n b c'],
    ['b', 'x\nb', 'y\nb c', 'x\ny\nb c'],
  ])(
    'what both put before a line that one of them changed is there once (%j, %j, %j)',
    (base, mine, theirs, text) => {
      for (const onClash of ['mine', 'both'] as const)
        expect(mergeText(base, mine, theirs, onClash)).toEqual({ text, clash: false })
    },
  )

  test('no two words are ever glued together: what either side inserted, by white space, is a word of the result', () => {
    const inserts = fc.array(fc.record({ at: fc.nat(12), gap: fc.constantFrom(' ', '\n', '\n\n', '  ') }), {
      minLength: 1,
      maxLength: 4,
    })
    const marks = fc.constantFrom('', '.', '**', '"', '-')
    const side = (base: string, name: string, edits: { at: number; gap: string }[], mark: string): string => {
      const parts = base.split(/(\s+)/)
      edits.forEach(({ at, gap }, i) => {
        const word = `${mark}${name}${i}${mark}`
        // Before the first word, or after one of them.
        const after = at % ((parts.length + 1) / 2 + 1)
        if (parts.join('') === '') parts.splice(0, parts.length, word)
        else if (after === 0) parts.splice(0, 0, word, gap)
        else parts.splice(2 * after - 1, 0, gap, word)
      })
      return parts.join('')
    }
    const base = fc
      .array(
        fc.tuple(fc.constantFrom('one', 'two.', '- three', 'four'), fc.constantFrom(' ', '\n', '\n\n')),
        {
          maxLength: 5,
        },
      )
      .map((parts) => parts.map(([word, gap], i) => (i === parts.length - 1 ? word : word + gap)).join(''))
    const wordsOf = (value: string) => value.split(/\s+/).filter((word) => word !== '')
    fc.assert(
      fc.property(
        base,
        inserts,
        inserts,
        marks,
        fc.constantFrom('mine' as const, 'both' as const),
        (text, here, there, mark, onClash) => {
          const mine = side(text, 'm', here, mark)
          const theirs = side(text, 't', there, mark)
          const result = mergeText(text, mine, theirs, onClash)
          const words = wordsOf(result.text)
          const kept =
            result.clash && onClash === 'mine' ? wordsOf(mine) : [...wordsOf(mine), ...wordsOf(theirs)]
          for (const word of kept) expect(words).toContain(word)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('one edits a line, the other deletes it: a clash, and the local side stays', () => {
    expect(merged('a\nb c\nd', 'a\nb X\nd', 'a\nd')).toEqual({ text: 'a\nb X\nd', clash: true })
    expect(merged('a\nb c\nd', 'a\nd', 'a\nb X\nd')).toEqual({ text: 'a\nd', clash: true })
  })

  // Lines that occur once, so that what a side inserted can be told from what was there.
  const edit = fc.record({ at: fc.nat(8), drop: fc.nat(2), add: fc.nat(3) })
  const apply = (
    lines: string[],
    edits: { at: number; drop: number; add: number }[],
    side: string,
  ): string[] => {
    const out = [...lines]
    edits.forEach(({ at, drop, add }, i) => {
      out.splice(
        at % (out.length + 1),
        drop,
        ...Array.from({ length: add }, (_, k) => `${side}${i}${k} words of ${side}`),
      )
    })
    return out
  }
  const three = fc
    .record({
      size: fc.nat(7),
      mine: fc.array(edit, { maxLength: 3 }),
      theirs: fc.array(edit, { maxLength: 3 }),
    })
    .map(({ size, mine, theirs }) => {
      const base = Array.from({ length: size }, (_, i) => `line ${i}`)
      return { base, mine: apply(base, mine, 'm'), theirs: apply(base, theirs, 't') }
    })

  test('P4: without a clash every line that either side inserted is in the result, and with one every local line', () => {
    fc.assert(
      fc.property(three, ({ base, mine, theirs }) => {
        const { text, clash } = merged(base.join('\n'), mine.join('\n'), theirs.join('\n'))
        const result = text.split('\n')
        const inserted = (side: string[]) => side.filter((line) => !base.includes(line))
        for (const line of inserted(mine)) expect(result).toContain(line)
        if (!clash) for (const line of inserted(theirs)) expect(result).toContain(line)
        if (!clash)
          for (const line of result.filter((l) => base.includes(l)))
            expect(mine.includes(line) && theirs.includes(line)).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  test('nothing is invented: every line of the result is a line of one of the three, unless a line was merged by word', () => {
    fc.assert(
      fc.property(three, ({ base, mine, theirs }) => {
        const { text } = merged(base.join('\n'), mine.join('\n'), theirs.join('\n'))
        const tokens = new Set([...base, ...mine, ...theirs].flatMap((line) => line.split(' ')))
        for (const word of text.split(/[ \n]/)) expect(word === '' || tokens.has(word)).toBe(true)
      }),
    )
  })

  test('merging is symmetric where nothing clashes, but for the order of two insertions at one place', () => {
    fc.assert(
      fc.property(three, ({ base, mine, theirs }) => {
        const one = merged(base.join('\n'), mine.join('\n'), theirs.join('\n'))
        const other = merged(base.join('\n'), theirs.join('\n'), mine.join('\n'))
        expect(one.clash).toBe(other.clash)
        if (!one.clash) expect(one.text.split('\n').sort()).toEqual(other.text.split('\n').sort())
      }),
    )
  })

  test('a long note whose ends both sides changed merges, in bounded time', () => {
    const base = many(19_990, (i) => `line ${i}`)
    const result = timed(() => merged(base, `MINE ${base} mine`, `theirs\n${base}\ntheirs`))
    expect(result.clash).toBe(false)
    expect(result.text).toBe(`theirs\nMINE ${base} mine\ntheirs`)
  })

  test('a long note with edits all over on both sides merges, in bounded time', () => {
    const base = many(15_000, (i) => `line ${i}`).split('\n')
    const mine = base.map((line, i) => (i % 100 === 10 ? `${line} mine` : line))
    const theirs = base.map((line, i) => (i % 100 === 60 ? `${line} theirs` : line))
    const result = timed(() => merged(base.join('\n'), mine.join('\n'), theirs.join('\n')))
    expect(result.clash).toBe(false)
    expect(result.text.match(/mine|theirs/g)).toHaveLength(300)
  })

  test('lines that are alike, each changed on both sides in other words, merge in bounded time', () => {
    const base = many(300, (i) => `line ${i} is here and stays`)
    const [mine, theirs] = [base.replaceAll('stays', 'goes'), base.replaceAll('line', 'row')]
    const result = timed(() => merged(base, mine, theirs))
    expect(result.clash).toBe(false)
    expect(result.text).toBe(mine.replaceAll('line', 'row'))
  })

  test('a paragraph of 2,000 words in one line, changed in other places on both sides, merges', () => {
    const base = Array.from({ length: 2000 }, (_, i) => `w${(i * i * 7919) % 1511}`)
    const put = (word: string, from: number) =>
      base.map((old, i) => (i % 120 === from ? word : old)).join(' ')
    const result = timed(() => merged(base.join(' '), put('MINE', 10), put('THEIRS', 70)))
    expect(result.clash).toBe(false)
    expect(result.text.match(/MINE|THEIRS/g)).toHaveLength(34)
  })

  test.each<[string, () => [string, string, string]]>([
    [
      '20,000 blank lines',
      () => [`a${'\n'.repeat(19_990)}z`, `A${'\n'.repeat(19_980)}Z`, `b${'\n'.repeat(19_970)}\nc`],
    ],
    [
      'more than 20,000 lines',
      () => [many(30_000, String), `x\n${many(30_000, String)}`, `${many(30_000, String)}\ny`],
    ],
    [
      '1 MiB of one letter',
      () => [
        'a'.repeat(1 << 20),
        `${'a'.repeat(1 << 19)}b${'a'.repeat(1 << 19)}`,
        `c${'a'.repeat(1 << 20)}c`,
      ],
    ],
    ['one line of 150,000 words', () => [words(150_000), `x${words(150_000)}y`, `y${words(150_000)}z`]],
    ['one line of 30,000 words', () => [words(30_000), `x${words(30_000)}y`, `y${words(30_000)}z`]],
    [
      '1 MiB of spaces and letters',
      () => ['a '.repeat(1 << 19), `b${'a '.repeat(1 << 19)}b`, `c${'a '.repeat(1 << 19)}c`],
    ],
    [
      'two lines in turns',
      () => [
        many(10_000, (i) => `${i % 2}`),
        `x\n${many(9000, (i) => `${i % 2}`)}\ny`,
        `p\n${many(9500, (i) => `${i % 2}`)}\nq`,
      ],
    ],
    [
      'wholly different texts',
      () => [many(10_000, (i) => `a${i}`), many(10_000, (i) => `b${i}`), many(10_000, (i) => `c${i}`)],
    ],
    [
      'a reversed text',
      () => [
        many(10_000, (i) => `a${i}`),
        many(10_000, (i) => `a${9999 - i}`),
        `x\n${many(10_000, (i) => `a${i}`)}\ny`,
      ],
    ],
  ])('the work is bounded for %s, and nothing is lost', (_, texts) => {
    const [base, mine, theirs] = texts()
    for (const onClash of ['mine', 'both'] as const) {
      const { text, clash } = timed(() => mergeText(base, mine, theirs, onClash))
      if (clash && onClash === 'both') expect(text.length).toBeGreaterThanOrEqual(mine.length)
      if (clash && onClash === 'mine') expect(text.includes(mine) || text.length > 0).toBe(true)
    }
  })
})

const words = (count: number): string => Array.from({ length: count }, (_, i) => `w${i}`).join(' ')

const applied = (from: string, list: ReturnType<typeof replacements>): string => {
  let text = from
  let last = Number.POSITIVE_INFINITY
  for (const { start, end, text: by } of list) {
    expect(end).toBeLessThanOrEqual(last)
    last = start
    text = text.slice(0, start) + by + text.slice(end)
  }
  return text
}

describe('replacements', () => {
  test('applied last first they turn `from` into `to`, whatever the text', () => {
    const alphabet = fc.string({
      unit: fc.constantFrom('a', 'b', '\n', ' ', '😀', '😁', '\u0301', '\ud83d', '\ude00'),
      maxLength: 40,
    })
    fc.assert(
      fc.property(alphabet, alphabet, (from, to) => applied(from, replacements(from, to)) === to),
      { numRuns: 500 },
    )
  })

  test('only what differs is replaced, so that a caret elsewhere stays', () => {
    expect(replacements('hello world', 'hello brave world')).toEqual([{ start: 6, end: 6, text: 'brave ' }])
    expect(replacements('a😀c', 'a😁c')).toEqual([{ start: 1, end: 3, text: '😁' }])
    expect(replacements('same', 'same')).toEqual([])
  })

  test('a text past the work limit is one replacement of what differs, never half a character', () => {
    const from = `a${'😀'.repeat(30_000)}z`
    const to = `a${'😀'.repeat(29_999)}😁z`
    const list = timed(() => replacements(from, to))
    expect(applied(from, list)).toBe(to)
    for (const { text } of list) expect(text.isWellFormed()).toBe(true)
    expect(replacements(from, from)).toEqual([])
  })

  test.each([
    ['1 MiB of one letter', 'a'.repeat(1 << 20), `b${'a'.repeat(1 << 19)}b`],
    ['20,000 different characters', unlike(19_000), `x${unlike(19_000)}y`],
    ['a short text into a long one', 'ab'.repeat(9000), 'ba'.repeat(1 << 18)],
  ])('big texts take no seconds: %s', (_, from, to) => {
    expect(
      applied(
        from,
        timed(() => replacements(from, to)),
      ),
    ).toBe(to)
  })
})

function unlike(count: number): string {
  return Array.from({ length: count }, (_, i) => String.fromCharCode(0x3400 + i)).join('')
}
