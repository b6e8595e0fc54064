import type { SessionActions } from '../session-model.ts'
import { insert } from './read-only-field.ts'

/** Edits that were wanted in read-only fields: all that is typed until a person has answered is one. */
export class WantedEdits {
  readonly #tabs: () => SessionActions
  readonly #record: () => string
  #waiting: (() => void)[] | null = null

  constructor(tabs: () => SessionActions, record: () => string) {
    this.#tabs = tabs
    this.#record = record
  }

  add(field: HTMLInputElement | HTMLTextAreaElement, edit: () => void): void {
    if (this.#waiting) {
      this.#waiting.push(edit)
      return
    }
    const edits = [edit]
    this.#waiting = edits
    const drop = (): void => {
      this.#waiting = null
    }
    const go = (): void => {
      drop()
      for (const one of edits) one()
    }
    const more = (letters: string): void => void edits.push(() => insert(field, letters))
    this.#tabs().refuse({ record: this.#record(), go, drop, more })
  }
}
