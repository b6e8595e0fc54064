/** What was typed, shown as saved, taken out again and done to the devices, in order of time. */
export type DeviceName = 'a' | 'b'

/** A page showed a word, with a state that says that it is saved. */
export interface Claim {
  readonly word: string
  readonly record: string
  /** An entry of the list is drawn from what is stored; an editor holds what was typed. */
  readonly where: 'list' | 'editor'
  readonly state: string
}

export interface Seen extends Claim {
  readonly device: DeviceName
  readonly at: number
}

interface Happening {
  readonly at: number
  readonly what: string
}

/** A word is whole only with its end: of one cut short nothing was promised. */
export function wordsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.match(/[ab]\d+x/g) ?? []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsIn) : []
}

export class Ledger {
  /** By word, the first time that it was shown as saved. */
  readonly shown = new Map<string, Seen>()
  /** By word, the first time that a list showed it as being on the server. */
  readonly synced = new Map<string, Seen>()
  /** Words that a person took out again: a later edit of the value. */
  readonly removed = new Map<string, number>()
  readonly counts = new Map<string, number>()
  readonly #happened: Happening[] = []
  readonly #hear: (line: string) => void
  #words = 0

  /** @param hear told of each step as it begins, so that a run that hangs can say where */
  constructor(hear: (line: string) => void = () => {}) {
    this.#hear = hear
  }

  /** A word that is in the world once. */
  newWord(device: DeviceName): string {
    this.#words++
    return `${device}${this.#words}x`
  }

  saw(device: DeviceName, claims: readonly Claim[]): void {
    const at = Date.now()
    for (const claim of claims) {
      const seen = { ...claim, device, at }
      if (!this.shown.has(claim.word)) this.shown.set(claim.word, seen)
      if (claim.state === 'synced' && claim.where === 'list' && !this.synced.has(claim.word))
        this.synced.set(claim.word, seen)
    }
  }

  /** Told before it is done: a browser that is killed between the two still has the word. */
  removing(words: readonly string[]): void {
    for (const word of words) this.removed.set(word, Date.now())
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  note(what: string): void {
    const at = Date.now()
    this.#happened.push({ at, what })
    this.#hear(`${new Date(at).toISOString().slice(11, 23)} ${what}`)
  }

  /** What happened around a moment, one line each. */
  around(at: number, ms: number): string[] {
    return this.#happened
      .filter((each) => Math.abs(each.at - at) <= ms)
      .map((each) => `${each.at - at >= 0 ? '+' : ''}${each.at - at} ms ${each.what}`)
  }
}
