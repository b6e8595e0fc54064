import type { SessionActions } from '../session-model.ts'
import { insert } from './read-only-field.ts'

/** One edit of a field: made, or `refused` by the store, which then keeps it as a draft. */
interface Edit {
  readonly make: () => void
  readonly refused: () => void
}

type Field = HTMLInputElement | HTMLTextAreaElement

/** Edits that were wanted in read-only fields: all that is typed until a person has answered is one. */
export class WantedEdits {
  readonly #tabs: () => SessionActions
  readonly #record: () => string
  #waiting: Edit[] | null = null

  constructor(tabs: () => SessionActions, record: () => string) {
    this.#tabs = tabs
    this.#record = record
  }

  /** @param asDraft makes an edit where the store is to refuse it */
  add(field: Field, edit: () => void, asDraft: (edit: () => void) => void): void {
    const made = this.#hereOnly(field, edit, asDraft)
    if (this.#waiting) {
      this.#waiting.push(made)
      return
    }
    const edits = [made]
    this.#waiting = edits
    const drop = (): void => {
      this.#waiting = null
    }
    const go = (): void => {
      drop()
      for (const { make } of edits) make()
    }
    const keep = (): void => {
      drop()
      for (const { refused } of edits) refused()
    }
    const more = (letters: string): void =>
      void edits.push(this.#hereOnly(field, () => insert(field, letters), asDraft))
    this.#tabs().refuse({ record: this.#record(), go, drop, keep, more })
  }

  /** By then the field may show another record, where it would be written, or be gone. */
  #hereOnly(field: Field, edit: () => void, asDraft: (edit: () => void) => void): Edit {
    const record = this.#record()
    const isHere = (): boolean => field.isConnected && this.#record() === record
    return { make: () => void (isHere() && edit()), refused: () => void (isHere() && asDraft(edit)) }
  }
}
