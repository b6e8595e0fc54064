import { isOver, type Wait } from '../../core/wait.ts'
import type { HandedOver } from '../session-model.ts'

/** A page is opened for a place that was handed over within this time; ms. */
const LIMIT = 5000

/** Where a person goes on, in the page that they took control for: once, and soon, or it is opened for something else. */
export class Arrival {
  readonly #now: () => number
  #place: HandedOver | null = null
  #wait: Wait = { start: 0, length: 0 }

  constructor(now: () => number) {
    this.#now = now
  }

  expect(place: HandedOver): void {
    this.#place = place
    this.#wait = { start: this.#now(), length: LIMIT }
  }

  at(path: string): HandedOver | null {
    const place = this.#place
    if (place?.path !== path) return null
    this.#place = null
    return isOver(this.#wait, this.#now()) ? null : place
  }
}
