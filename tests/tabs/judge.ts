import { presenceLock, type Right, sessionsOf, visibleLock } from '../../src/core/session.ts'

/** What the device's store and locks say at one moment; right and writers are of one transaction. */
export interface Snapshot {
  /** Of the browser's clock, ms. */
  readonly at: number
  readonly right: Right
  /** Names of the locks that are held. */
  readonly held: readonly string[]
  /** Per page, under which epoch it wrote last, and its numbers of writes by record. */
  readonly writers: readonly WriterSeen[]
  /** Lines of the sync log that are new. */
  readonly written: readonly WrittenLine[]
  /** The text that all tabs type into. */
  readonly text: string
  /** Texts that are kept as drafts of it. */
  readonly drafts: readonly string[]
}

export interface WriterSeen {
  readonly page: string
  readonly epoch: number
  readonly numbers: Readonly<Record<string, number>>
}

/** Of an edit, or of another word of a person's: all of them say under which epoch. */
export interface WrittenLine {
  readonly at: number
  readonly epoch: number
}

/** So long after its writes a line may still come: one a second, and a hidden tab's timers are slow; ms. */
const LINE_LATE = 10_000

const WORDS = /w\d+x/g

/**
 * Whether all letters of a word are there, in their order, with another word in their midst. The letters that a person
 * types in a tab without control are made at the caret where they were typed, once control is taken; where the other tab
 * held back the rest of a word just then, that is within this word (`WantedEdits`).
 */
function isParted(word: string, text: string): boolean {
  const splits = Array.from(word.slice(1), (_, at) => [word.slice(0, at + 1), word.slice(at + 1)])
  return splits.some(([start, end]) => new RegExp(`${start}( w\\d*x?){1,2}${end}`).test(text))
}

/** A time without anybody who may write, while a visible tab would. */
export interface Gap {
  readonly from: number
  readonly ms: number
  /** Of this, how long nobody looked: the machine had no time even for the monitor. */
  readonly blind: number
}

/** Compares each moment with the one before: P7 is a statement on what happens between any two. */
export class Judge {
  readonly faults: string[] = []
  readonly gaps: Gap[] = []
  /** Words (`w12x`) that have been in the record. */
  readonly words = new Set<string>()
  #writes = 0
  #lines = 0
  #last: Snapshot | null = null
  #gap: { readonly from: number; blind: number } | null = null
  /** Who was given the right under an epoch, and when the next one was seen. */
  readonly #holders = new Map<number, string>()
  readonly #ends = new Map<number, number>()
  /** Sessions whose epochs a page wrote under. */
  readonly #sessions = new Map<string, Set<string>>()
  /** Sessions that were ever frozen: their lines come when they wake. */
  readonly #slept = new Set<string>()
  /** How long may pass between two looks, ms. */
  readonly #pace: number

  constructor(pace: number) {
    this.#pace = pace
  }

  get epochs(): number {
    return this.#holders.size
  }
  /** Changes of what a page has written, as seen from look to look. */
  get writes(): number {
    return this.#writes
  }
  get lines(): number {
    return this.#lines
  }
  get last(): Snapshot | null {
    return this.#last
  }

  /** @param frozen sessions whose pages are frozen or hang: they hold their locks and write nothing */
  add(now: Snapshot, frozen: ReadonlySet<string>): void {
    for (const session of frozen) this.#slept.add(session)
    const before = this.#last
    this.#last = now
    const { active, epoch } = now.right
    if (active !== null) this.#holders.set(epoch, active)
    if (before) {
      this.#right(before, now)
      this.#written(before, now)
      this.#text(before, now)
    }
    this.#log(now)
    this.#measure(before, now, frozen)
  }

  /** Those of the words that are neither in the record nor in a draft. */
  missing(words: Iterable<string>): string[] {
    const { text = '', drafts = [] } = this.#last ?? {}
    const texts = [text, ...drafts]
    const there = new Set(texts.flatMap((one) => one.match(WORDS) ?? []))
    return [...words].filter((word) => !there.has(word) && !texts.some((one) => isParted(word, one)))
  }

  /** Ends a gap that is still open. */
  end(): void {
    if (this.#last) this.#close(this.#last.at)
  }

  #fault(at: number, what: string): void {
    this.faults.push(`${new Date(at).toISOString()} ${what}`)
  }

  #right({ right: before }: Snapshot, { at, right: now }: Snapshot): void {
    if (now.epoch < before.epoch) this.#fault(at, `the epoch fell from ${before.epoch} to ${now.epoch}`)
    if (now.epoch > before.epoch) for (let old = before.epoch; old < now.epoch; old++) this.#ends.set(old, at)
    if (now.epoch === before.epoch && now.active !== before.active && now.active !== null)
      this.#fault(at, `epoch ${now.epoch} went from ${before.active} to ${now.active}`)
  }

  /** Whoever wrote since the last look did so under an epoch between the two. */
  #written(before: Snapshot, now: Snapshot): void {
    const known = new Map(before.writers.map((row) => [row.page, row]))
    for (const row of now.writers) {
      const old = known.get(row.page)
      if (old && JSON.stringify(old) === JSON.stringify(row)) continue
      this.#writes++
      const holder = this.#holders.get(row.epoch)
      if (row.epoch < before.right.epoch || row.epoch > now.right.epoch)
        this.#fault(
          now.at,
          `page ${row.page} wrote under epoch ${row.epoch} (of ${holder}) when it was ${before.right.epoch} to ${now.right.epoch}`,
        )
      if (holder === undefined) continue
      const sessions = this.#sessions.get(row.page) ?? new Set()
      this.#sessions.set(row.page, sessions.add(holder))
      if (sessions.size > 1)
        this.#fault(now.at, `page ${row.page} wrote under epochs of ${[...sessions].join(' and ')}`)
    }
  }

  #text(before: Snapshot, now: Snapshot): void {
    if (before.text === now.text) return
    const words = new Set(now.text.match(WORDS))
    for (const word of this.words)
      if (!words.has(word) && !isParted(word, now.text)) {
        this.#fault(now.at, `the word ${word} is no longer in the record${story(before, now)}`)
        this.words.delete(word)
      }
    for (const word of words) this.words.add(word)
  }

  /** A line that comes long after its epoch has ended tells of a write with a stale one. */
  #log({ written, right }: Snapshot): void {
    for (const { at, epoch } of written) {
      this.#lines++
      const end = this.#ends.get(epoch)
      const holder = this.#holders.get(epoch)
      if (epoch > right.epoch) this.#fault(at, `the log has epoch ${epoch}, which nobody was given`)
      if (end !== undefined && at > end + LINE_LATE && !(holder && this.#slept.has(holder)))
        this.#fault(at, `the log has a write under epoch ${epoch}, over for ${at - end} ms`)
    }
  }

  #measure(before: Snapshot | null, now: Snapshot, frozen: ReadonlySet<string>): void {
    const { active } = now.right
    // One that was brought to the front is awake, whoever did it.
    const asleep = (id: string): boolean => frozen.has(id) && !now.held.includes(visibleLock(id))
    const writer = active !== null && now.held.includes(presenceLock(active)) && !asleep(active)
    const wanted = sessionsOf(now.held).some(({ visible }) => visible)
    if (writer || !wanted) this.#close(now.at)
    else if (this.#gap && before) this.#gap.blind += Math.max(0, now.at - before.at - this.#pace)
    else this.#gap = { from: now.at, blind: 0 }
  }

  #close(at: number): void {
    if (this.#gap) this.gaps.push({ from: this.#gap.from, ms: at - this.#gap.from, blind: this.#gap.blind })
    this.#gap = null
  }
}

/** What stood in the record before and after, who may write, and under which epochs was written: of a lost word. */
function story(before: Snapshot, now: Snapshot): string {
  const told = ({ at, right, text, drafts, writers }: Snapshot): string =>
    `${new Date(at).toISOString()} epoch ${right.epoch} of ${right.active}, ${JSON.stringify({ text: text.slice(-80), length: text.length, drafts: drafts.map((draft) => draft.slice(-40)), writers: writers.map(({ page, epoch }) => `${page.slice(0, 8)}@${epoch}`) })}`
  const lines = now.written.map(({ at, epoch }) => `${at}@${epoch}`)
  return `\n  before ${told(before)}\n  after ${told(now)}\n  log ${lines.join(', ')}`
}

/** Half of them, 95 of 100, and all are at most so long. */
export function figures(all: readonly number[]): string {
  if (all.length === 0) return 'none'
  const sorted = [...all].sort((a, b) => a - b)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return `${sorted.length}, p50 ${at(0.5)}, p95 ${at(0.95)}, max ${sorted.at(-1)} ms`
}
