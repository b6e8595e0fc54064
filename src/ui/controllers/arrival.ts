import type { Place } from '../../core/session.ts'

/** A page is opened for a place that was handed over within this time; ms. */
const LIMIT = 5000

/** Where a person goes on, in the page that they took control for: once, and soon, or it is opened for something else. */
export class Arrival {
  readonly #now: () => number
  #place: Place | null = null
  #at = 0

  constructor(now: () => number) {
    this.#now = now
  }

  expect(place: Place): void {
    this.#place = place
    this.#at = this.#now()
  }

  at(path: string): Place | null {
    const place = this.#place
    if (place?.path !== path) return null
    this.#place = null
    const passed = this.#now() - this.#at
    return passed >= 0 && passed < LIMIT ? place : null
  }
}
