import { setTimeout as pass } from 'node:timers/promises'
import { within } from '../chaos/limit.ts'
import type { Tab } from './tab.ts'

const LIMIT = 40_000
const TRANSACTION = 20

/** Words that nobody else types: `w12x`. What a tab has taken in and committed must be found again. */
export class Words {
  readonly #kept = new Set<string>()
  /** Whether it has been seen in the store. */
  readonly #stored: (word: string) => boolean
  #given = 0

  constructor(stored: (word: string) => boolean) {
    this.#stored = stored
  }

  get given(): number {
    return this.#given
  }
  /** Those that were typed, and whose tab had no transaction open then: it begins one in the task of each key. */
  get kept(): ReadonlySet<string> {
    return this.#kept
  }

  next(): string {
    return `w${++this.#given}x`
  }

  /**
   * A tab that dies before everything is committed has promised nothing, nor one that did not take every letter, nor one
   * that is frozen, which begins no transaction until it goes on, for what was not in the store before.
   * @returns whether it must be found again
   */
  async typed(tab: Tab, word: string): Promise<boolean> {
    if (!(await within(LIMIT, `reading what ${tab.name} took`, tab.took(word)))) return false
    while ((await tab.transactions()) > 0) await pass(TRANSACTION)
    if ((await tab.asleep()) && !this.#stored(word)) return false
    this.#kept.add(word)
    return true
  }
}
