import { diffIndices } from 'node-diff3'

/** A range of the old tokens and what stands in its place. */
export interface Hunk {
  readonly start: number
  readonly end: number
  readonly tokens: readonly string[]
}

/** About 20 ms: merging runs inside IndexedDB transactions (design.md, 50 ms a merge). */
const MAX_WORK = 10_000_000

/** Two-way differences as ranges of `from`, or null past the work limit. Common ends are cut off first. */
export function hunks(from: readonly string[], to: readonly string[]): Hunk[] | null {
  const out: Hunk[] = []
  return collect(from, to, 0, out, { left: MAX_WORK }) ? out : null
}

function collect(
  from: readonly string[],
  to: readonly string[],
  offset: number,
  out: Hunk[],
  budget: { left: number },
): boolean {
  const least = Math.min(from.length, to.length)
  let head = 0
  while (head < least && from[head] === to[head]) head++
  let tail = 0
  while (tail < least - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++
  const a = from.slice(head, from.length - tail)
  const b = to.slice(head, to.length - tail)
  const start = offset + head
  if (a.length === 0 && b.length === 0) return true
  if (a.length === 0 || b.length === 0) {
    out.push({ start, end: start + a.length, tokens: b })
    return true
  }
  const cost = work(a, b)
  if (cost <= budget.left) {
    budget.left -= cost
    for (const { buffer1, buffer2Content } of diffIndices([...a], [...b]))
      out.push({ start: start + buffer1[0], end: start + buffer1[0] + buffer1[1], tokens: buffer2Content })
    return true
  }
  const fixed = anchors(a, b)
  if (fixed.length === 0) return false
  let [i, j] = [0, 0]
  for (const [x, y] of [...fixed, [a.length, b.length] as const]) {
    if (!collect(a.slice(i, x), b.slice(j, y), start + i, out, budget)) return false
    ;[i, j] = [x + 1, y + 1]
  }
  return true
}

/**
 * What node-diff3's LCS (Hunt and McIlroy 1976) will cost at the most: for every pair of equal tokens it may walk along
 * the whole of the longest run found so far.
 */
function work(a: readonly string[], b: readonly string[]): number {
  const count = new Map<string, number>()
  for (const token of b) count.set(token, (count.get(token) ?? 0) + 1)
  let walked = 0
  let run = 0
  for (const token of a) {
    const times = count.get(token) ?? 0
    if (times > 0 && run < b.length) run++
    walked += times * run
  }
  return a.length + b.length + walked
}

/** Tokens that both have once, in the longest order that they share: what is between them is compared apart. */
function anchors(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const inB = once(b)
  const pairs: (readonly [number, number])[] = []
  for (const [token, i] of once(a)) {
    const j = inB.get(token)
    if (i >= 0 && j !== undefined && j >= 0) pairs.push([i, j])
  }
  const ends: number[] = []
  const before = pairs.map(([, j], k) => {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < j) low = middle + 1
      else high = middle
    }
    ends[low] = k
    return ends[low - 1] ?? -1
  })
  const chain: (readonly [number, number])[] = []
  for (let k = ends.at(-1) ?? -1; k >= 0; k = before[k] ?? -1) {
    const pair = pairs[k]
    if (pair) chain.push(pair)
  }
  return chain.reverse()
}

/** Where each token stands, -1 for one that stands more than once. */
function once(tokens: readonly string[]): Map<string, number> {
  const places = new Map<string, number>()
  tokens.forEach((token, i) => {
    places.set(token, places.has(token) ? -1 : i)
  })
  return places
}
