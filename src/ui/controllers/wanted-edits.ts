import type { SessionActions } from '../session-model.ts'
import { insert } from './read-only-field.ts'

type Field = HTMLInputElement | HTMLTextAreaElement

/** Edits that were wanted in read-only fields: all that is typed until a person has answered is one. */
export class WantedEdits {
  readonly #tabs: () => SessionActions
  readonly #record: () => string
  #waiting: (() => void)[] | null = null

  constructor(tabs: () => SessionActions, record: () => string) {
    this.#tabs = tabs
    this.#record = record
  }

  add(field: Field, edit: () => void): void {
    const made = this.#hereOnly(field, edit)
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
      for (const one of edits) one()
    }
    const more = (letters: string): void =>
      void edits.push(this.#hereOnly(field, () => insert(field, letters)))
    this.#tabs().refuse({ record: this.#record(), go, drop, more })
  }

  /** By then the field may show another record, where it would be written, or be gone. */
  #hereOnly(field: Field, edit: () => void): () => void {
    const record = this.#record()
    return () => {
      if (field.isConnected && this.#record() === record) edit()
    }
  }
}
