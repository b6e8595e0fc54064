import { type Hunk, hunks } from './diff.ts'

/**
 * Three-way text: by line, inside a clashing block by what white space parts, inside that by word. Letters are mixed
 * only where two tabs are typed into in turns, and two people's words never become one.
 * Two-way differences are node-diff3's; regions are combined here, because its merge calls an insertion beside
 * an edit, and two insertions at one place, a conflict (traces.md, 48), and neither loses anything.
 */
export interface MergedText {
  readonly text: string
  /** Both sides changed the same words in different ways, or the text is past the work limit. */
  readonly clash: boolean
}

/** `mine`, `theirs`: that side's words stay in a clash (the caller keeps the other text); `both`: both blocks stay. */
export type OnClash = 'mine' | 'theirs' | 'both'

/** Merging runs inside IndexedDB transactions, so its work is bounded: design.md, 20,000 lines or about 50 ms. */
const MAX_LINES = 20_000
/** A clashing block longer than this, in UTF-16 units of all three, is not taken apart. */
const MAX_BLOCK = 400_000

type Region =
  | { readonly tokens: readonly string[] }
  | { readonly base: string[]; readonly mine: string[]; readonly theirs: string[] }

export function mergeText(base: string, mine: string, theirs: string, onClash: OnClash): MergedText {
  if (mine === theirs || theirs === base) return { text: mine, clash: false }
  if (mine === base) return { text: theirs, clash: false }
  const regions = combine(lines(base), lines(mine), lines(theirs), MAX_LINES)
  if (!regions) return { text: clashing(mine, theirs, onClash), clash: true }
  const out: string[] = []
  let clash = false
  for (const region of regions) {
    if ('tokens' in region) out.push(...region.tokens)
    else if (region.base.every((line) => line.trim() === ''))
      out.push(...insertBoth(region.mine, region.theirs))
    else {
      const block = mergeBlock(
        region.base.join('\n'),
        region.mine.join('\n'),
        region.theirs.join('\n'),
        onClash,
      )
      clash ||= block.clash
      // What one side deleted and the other changed leaves no blank line behind.
      if (block.text !== '' || (region.mine.length > 0 && region.theirs.length > 0)) out.push(block.text)
    }
  }
  const text = out.join('\n')
  // Words that one side moved have lost one of their places to the clash and the other to the move, or have both.
  const torn = clash && onClash !== 'both' && tears(base, mine, theirs, text)
  return { text: torn ? clashing(mine, theirs, onClash) : text, clash }
}

/** Whether a word that both have is in the merged text no more, or once too often. Bounded: long texts are not looked through. */
function tears(base: string, mine: string, theirs: string, merged: string): boolean {
  if (mine.length + theirs.length > MAX_BLOCK) return false
  const [there, kept] = [counted(theirs), counted(merged)]
  return (
    [...counted(mine).keys()].some((word) => there.has(word) && !kept.has(word)) ||
    doubles(base, mine, theirs, merged)
  )
}

/** An empty text has no line, so that two devices that write into an empty note both insert. */
const lines = (value: string): string[] => (value === '' ? [] : value.split('\n'))
/** What white space parts, and the white space. */
const parted = (value: string): string[] => value.split(/(\s+)/).filter((part) => part !== '')
const whole = (value: string): string[] => [value]
/** `1.5`, `5:30` and `2026-01-05` are one word each: half of one is another number. */
const words = (value: string): string[] =>
  value.match(/(?:[\p{L}\p{N}\p{M}_]|(?<=\p{N})[.,:/-](?=\p{N}))+|\s+|[^\p{L}\p{N}\p{M}_\s]/gu) ?? []
const characters = (value: string): string[] => Array.from(value)
const stack = (...parts: string[]): string => parts.filter((part) => part !== '').join('\n')

const clashing = (mine: string, theirs: string, onClash: OnClash): string =>
  onClash === 'both' ? stack(theirs, mine) : onClash === 'mine' ? mine : theirs

function mergeBlock(base: string, mine: string, theirs: string, onClash: OnClash): MergedText {
  // What one deleted is nothing to add to: of the other's line only the added words would be left.
  if ((mine.trim() === '') !== (theirs.trim() === ''))
    return { text: clashing(mine, theirs, onClash), clash: true }
  const small = base.length + mine.length + theirs.length <= MAX_BLOCK
  const woven = weave(small ? parted : whole, base, mine, theirs, onClash === 'both')
  const { text } = woven
  const clashes = woven.clashes || (doubles(base, mine, theirs, text) ? 2 : 0)
  const clash = clashes > 0
  if (clash && onClash !== 'both') return { text: clashing(mine, theirs, onClash), clash }
  // Two texts that differ in several places read better one after the other than with their words in turns.
  return { text: clashes > 1 ? stack(theirs, mine) : text, clash }
}

/** Whether a word is in the merged text more often than both sides together account for: each saw another one move. */
function doubles(base: string, mine: string, theirs: string, merged: string): boolean {
  const [before, here, there] = [counted(base), counted(mine), counted(theirs)]
  return [...counted(merged)].some(([word, count]) => {
    const [was, ours = 0, others = 0] = [before.get(word), here.get(word), there.get(word)]
    return was && count > Math.max(ours, others, ours + others - was)
  })
}

function counted(value: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of parted(value)) if (word.trim()) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/**
 * By what white space parts, a single one that clashes by word: there a word that neither touched must part what the two
 * changed, or they would make a `10.5` of a `10` and a `1.5`. Of what clashes still both are there.
 * @param typing what both add at the end of one word stays, each letter once: two tabs that are typed into in turns
 */
function weave(split: typeof parted, base: string, mine: string, theirs: string, typing: boolean) {
  const regions = combine(split(base), split(mine), split(theirs), MAX_BLOCK, split === words)
  const out: string[] = []
  let clashes = regions ? 0 : 2
  // Where one took the blank away after which the other wrote on.
  const add = (part: string): void => {
    if (split === parted && out.at(-1)?.at(-1)?.trim() && part[0]?.trim()) out.push(' ')
    if (part) out.push(part)
  }
  for (const region of regions ?? []) {
    if ('tokens' in region) add(region.tokens.join(''))
    else {
      const { base, mine, theirs } = region
      const fine =
        split === parted && base.length === 1
          ? weave(words, base.join(''), mine.join(''), theirs.join(''), false)
          : null
      const letters = fine && typing ? lettersOf(base.join(''), mine.join(''), theirs.join('')) : null
      if (fine?.clashes === 0) add(fine.text)
      else if (letters !== null) add(letters)
      else {
        const both = insertBoth(mine, theirs)
        both.forEach(add)
        // Both wrote on within one word, and neither has the other's.
        const glued = split === words && both.length > Math.max(mine.length, theirs.length)
        if (base.length > 0 || glued) clashes++
      }
    }
  }
  return { text: out.join(''), clashes }
}

/** Both went on writing at the end of one word: each letter once, remote first; null where it is anything else. */
const lettersOf = (base: string, mine: string, theirs: string): string | null =>
  mine.startsWith(base) && theirs.startsWith(base) ? theirs + mine.slice(base.length) : null

/** Regions in order, or null past the work limit. `apart`: changes that touch are not two but one. */
function combine(
  base: string[],
  mine: string[],
  theirs: string[],
  max: number,
  apart = false,
): Region[] | null {
  if (Math.max(base.length, mine.length, theirs.length) > max) return null
  const left = hunks(base, mine)
  const right = hunks(base, theirs)
  if (!left || !right) return null
  const breaks = (token: string | undefined): boolean => token?.includes('\n') === true
  /** Words of a line went with its end, and what touches them at `edge` is in that line. */
  const dropsLine = ({ start, end }: Hunk, edge: number): boolean =>
    !breaks(base[edge]) && base.slice(start, end).some(breaks)
  /** Touching is not overlapping, but for two insertions at one place, whose order the merge must choose. */
  const goesBefore = (a: Hunk, b: Hunk): boolean =>
    a.end < b.start ||
    (a.end === b.start && a.start < b.end && !apart && !dropsLine(a, a.end - 1) && !dropsLine(b, b.start))
  const out: Region[] = []
  let at = 0
  let i = 0
  let j = 0
  const copyTo = (to: number): void => {
    if (to > at) out.push({ tokens: base.slice(at, to) })
    at = Math.max(at, to)
  }
  for (;;) {
    const a = left[i]
    const b = right[j]
    if (!a && !b) break
    if (a && b && echoes(a, b)) i++
    else if (a && b && echoes(b, a)) j++
    else if (a && (!b || goesBefore(a, b))) {
      copyTo(a.start)
      out.push({ tokens: a.tokens })
      at = a.end
      i++
    } else if (b && (!a || goesBefore(b, a))) {
      copyTo(b.start)
      out.push({ tokens: b.tokens })
      at = b.end
      j++
    } else if (a && b) {
      const start = Math.min(a.start, b.start)
      let end = Math.max(a.end, b.end)
      const reached = (next: Hunk | undefined): next is Hunk =>
        next !== undefined && (apart ? next.start <= end : next.start < end)
      const fromI = i++
      const fromJ = j++
      for (let grew = true; grew; ) {
        grew = false
        for (let next = left[i]; reached(next); next = left[i], grew = true)
          end = Math.max(end, left[i++]?.end ?? end)
        for (let next = right[j]; reached(next); next = right[j], grew = true)
          end = Math.max(end, right[j++]?.end ?? end)
      }
      copyTo(start)
      out.push(
        overlap(
          base.slice(start, end),
          rebuild(base, start, end, left.slice(fromI, i)),
          rebuild(base, start, end, right.slice(fromJ, j)),
        ),
      )
      at = end
    }
  }
  copyTo(base.length)
  return out
}

/** An insertion that the other side brings too, as the beginning of what it changed there, is one and not two. */
const echoes = (a: Hunk, b: Hunk): boolean =>
  a.end === b.start &&
  a.start === a.end &&
  b.end > a.end &&
  a.tokens.every((token, i) => token === b.tokens[i])

function overlap(base: string[], mine: string[], theirs: string[]): Region {
  const same = mine.length === theirs.length && mine.every((token, i) => token === theirs[i])
  return same ? { tokens: mine } : { base, mine, theirs }
}

/**
 * Both stay, remote first; what both begin with is one insertion and not two, but for the blank that parts what one
 * wrote from what the other wrote.
 */
function insertBoth(mine: readonly string[], theirs: readonly string[]): string[] {
  let same = 0
  while (same < mine.length && same < theirs.length && mine[same] === theirs[same]) same++
  if (same < mine.length && same < theirs.length && theirs.at(-1)?.trim())
    while (mine[same - 1]?.trim() === '') same--
  return [...theirs, ...mine.slice(same)]
}

function rebuild(base: string[], start: number, end: number, changes: readonly Hunk[]): string[] {
  const out: (readonly string[])[] = []
  let at = start
  for (const hunk of changes) {
    out.push(base.slice(at, hunk.start), hunk.tokens)
    at = hunk.end
  }
  return [...out, base.slice(at, end)].flat()
}

/** One replacement of a range of `from`, offsets in UTF-16 units of `from`. */
export interface Replacement {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The replacements, last first, that turn `from` into `to`: an editor that applies them keeps its caret. */
export function replacements(from: string, to: string): Replacement[] {
  const source = characters(from)
  const small = source.length < 20_000
  if (from === to) return []
  const found = small ? hunks(source, characters(to)) : null
  if (!found) return [wholeReplacement(from, to)]
  const offsets: number[] = [0]
  for (const character of source) offsets.push((offsets.at(-1) ?? 0) + character.length)
  return found
    .map((hunk) => ({
      start: offsets[hunk.start] ?? 0,
      end: offsets[hunk.end] ?? from.length,
      text: hunk.tokens.join(''),
    }))
    .reverse()
}

function wholeReplacement(from: string, to: string): Replacement {
  let head = 0
  while (head < from.length && head < to.length && from[head] === to[head]) head++
  let tail = 0
  while (tail < from.length - head && tail < to.length - head && from.at(-1 - tail) === to.at(-1 - tail))
    tail++
  if (/[\ud800-\udbff]/.test(from.charAt(head - 1))) head--
  if (/[\udc00-\udfff]/.test(from.charAt(from.length - tail))) tail--
  return { start: head, end: from.length - tail, text: to.slice(head, to.length - tail) }
}
