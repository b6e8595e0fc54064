/**
 * Every token that a person types is one of its kind in the world: a single character of a large alphabet, which no
 * merge by characters can take apart.
 */
const TOKEN = /[\u4e00-\u9fff]/g
const FIRST = 0x4e00

export const tokensIn = (value: unknown): string[] => JSON.stringify(value ?? null).match(TOKEN) ?? []

const known = new WeakMap<object, readonly string[]>()

/** Of rows of a store or of the server's file, which nobody changes in place: each is looked through once. */
function tokensOf(row: unknown): readonly string[] {
  if (typeof row !== 'object' || row === null) return tokensIn(row)
  const tokens = known.get(row) ?? tokensIn(row)
  known.set(row, tokens)
  return tokens
}

/**
 * What people have been told is saved, and have not taken away again: the reference that stores and server are held
 * against. A token that was gone from what a person left is meant to be gone.
 */
export class Model {
  readonly expected = new Map<string, string>()
  readonly #gone = new Set<string>()
  /** What was typed into a record on one device, by device and record. */
  readonly #typed = new Map<string, string[]>()
  /** Values that somebody's restore replaced, by record: they are in its version history alone. */
  readonly #replaced = new Map<string, string[]>()
  readonly #buried = new Set<string>()
  #count = 0

  token(): string {
    return String.fromCharCode(FIRST + this.#count++)
  }

  /** A person changed what they saw; nothing is promised yet, but what they took out is no longer expected. */
  issued(where: string, before: unknown, after: unknown): void {
    for (const token of tokensIn(after)) this.#typed.set(where, [...(this.#typed.get(where) ?? []), token])
    const left = new Set(tokensIn(after))
    for (const token of tokensIn(before)) if (!left.has(token)) this.#forget(token)
  }

  /** The page shows it as saved. */
  saved(who: string, before: unknown, after: unknown): void {
    const had = new Set(tokensIn(before))
    for (const token of tokensIn(after))
      if (!had.has(token) && !this.#gone.has(token)) this.expected.set(token, who)
  }

  /** A person deletes a record for good: what they saw of it, and what they typed into it on that device. */
  purged(where: string, seen: unknown): void {
    this.drop([seen, this.#typed.get(where) ?? []])
  }

  /** A version was restored in the place of these, and without them: they stay in the record's version history. */
  replaced(record: string, before: unknown, after: unknown): void {
    const left = new Set(tokensIn(after))
    const gone = tokensIn(before).filter((token) => !left.has(token))
    this.#replaced.set(record, [...(this.#replaced.get(record) ?? []), ...gone])
    if (this.#buried.has(record)) this.drop(gone)
  }

  /** Somebody has deleted a record for good: its version history goes with it, on the server and with what they see. */
  buried(record: string): void {
    this.#buried.add(record)
    this.drop(this.#replaced.get(record) ?? [])
  }

  /** Gone for good by a person's word, or by an act that no program can undo. */
  drop(value: unknown): void {
    for (const token of tokensIn(value)) this.#forget(token)
  }

  /** A write that was on its way when the next one took its token out is confirmed only afterwards. */
  #forget(token: string): void {
    this.#gone.add(token)
    this.expected.delete(token)
  }

  /** Expected tokens that are in none of the rows. */
  missing(texts: readonly (readonly unknown[])[]): string[] {
    const kept = new Set(texts.flatMap((rows) => rows.flatMap(tokensOf)))
    return [...this.expected].flatMap(([token, who]) => (kept.has(token) ? [] : [`${token} of ${who}`]))
  }
}
