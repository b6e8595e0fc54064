/** A range of the old tokens, and the range of the new ones that stands in its place. */
export interface Range {
  readonly start: number
  readonly end: number
  readonly from: number
  readonly to: number
}

/** As many tokens may be different in one comparison; the memory that it takes grows with the square. */
const MOST = 1200

/**
 * The fewest tokens to take out and put in (Myers 1986: work grows with the length and the square of what differs).
 * null where that would cost more than is left of the budget, from which it takes what it costs.
 */
export function edits(
  old: readonly string[],
  now: readonly string[],
  budget: { left: number },
): Range[] | null {
  const least = Math.min(old.length, now.length)
  let head = 0
  while (head < least && old[head] === now[head]) head++
  let tail = 0
  while (tail < least - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++
  const [a, b] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)]
  if (a.length === 0 && b.length === 0) return []
  if (a.length === 0 || b.length === 0)
    return [{ start: head, end: head + a.length, from: head, to: head + b.length }]
  const trace = forward(a, b, budget)
  return trace && backward(trace, a.length, b.length, head)
}

/** The furthest that one comes on each diagonal, for each number of edits; null when the budget is spent. */
function forward(
  a: readonly string[],
  b: readonly string[],
  budget: { left: number },
): readonly Int32Array[] | null {
  const most = Math.min(a.length + b.length, MOST)
  const reach = new Int32Array(2 * most + 3)
  const trace: Int32Array[] = []
  for (let edit = 0; edit <= most; edit++) {
    trace.push(reach.slice(most - edit, most + edit + 3))
    budget.left -= edit + 1
    if (budget.left < 0) return null
    for (let k = -edit; k <= edit; k += 2) {
      const [below, above] = [reach[most + k] ?? 0, reach[most + k + 2] ?? 0]
      let x = k === -edit || (k !== edit && below < above) ? above : below + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      reach[most + k + 1] = x
      if (x >= a.length && x - k >= b.length) return trace
    }
  }
  return null
}

/** Walks back along the way that `forward` found; single edits that touch become one range. */
function backward(trace: readonly Int32Array[], ends: number, toEnds: number, offset: number): Range[] {
  const ranges: Range[] = []
  let [x, y] = [ends, toEnds]
  for (let edit = trace.length - 1; edit > 0; edit--) {
    const reach = trace[edit] ?? new Int32Array()
    const k = x - y
    const [below, above] = [reach[edit + k] ?? 0, reach[edit + k + 2] ?? 0]
    const down = k === -edit || (k !== edit && below < above)
    const before = down ? above : below
    const [start, from] = [before, before - (down ? k + 1 : k - 1)]
    const [end, to] = down ? [start, from + 1] : [start + 1, from]
    const last = ranges.at(-1)
    if (last && last.start === end + offset && last.from === to + offset)
      ranges[ranges.length - 1] = { ...last, start: start + offset, from: from + offset }
    else ranges.push({ start: start + offset, end: end + offset, from: from + offset, to: to + offset })
    ;[x, y] = [start, from]
  }
  return ranges.reverse()
}
