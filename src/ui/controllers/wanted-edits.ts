import type { SessionActions } from '../session-model.ts'
import { typeInto } from './read-only-field.ts'

/** One edit of a field: made, or `refused` by the store, which then keeps it as a draft. */
interface Edit {
  readonly make: () => void
  readonly refused: () => void
}

/** The text field that an edit is for. */
interface WantedField {
  readonly element: HTMLInputElement | HTMLTextAreaElement
  /** The text of a draft of this tab's where what is typed next stands behind letters of it; null: it does not. */
  readonly drafted: string | null
  /** It is about to be taken in. */
  awaitDraft?(): void
  /** Makes an edit where the store is to refuse it. */
  asDraft(edit: () => void): void
}

/** Edits that were wanted in read-only fields: all that is typed until a person has answered is one. */
export class WantedEdits {
  readonly #tabs: () => SessionActions
  readonly #record: () => string
  readonly #changed: () => void
  #waiting: { readonly edits: Edit[]; readonly keep: () => void } | null = null

  /** @param changed edits wait, or none do any more */
  constructor(tabs: () => SessionActions, record: () => string, changed = () => {}) {
    this.#tabs = tabs
    this.#record = record
    this.#changed = changed
  }

  /** Some are still to be made: what is typed meanwhile is added to them, whoever may write. */
  get wait(): boolean {
    return this.#waiting !== null
  }

  /** The field is about to show something else: they are kept as a draft. */
  keep(): void {
    this.#waiting?.keep()
  }

  add(field: WantedField, edit: () => void): void {
    const made = this.#hereOnly(field, edit)
    if (this.#waiting) {
      this.#waiting.edits.push(made)
      return
    }
    const edits = [made]
    const over = (): Edit[] => {
      if (this.#waiting?.edits === edits) this.#waiting = null
      this.#changed()
      return edits.splice(0)
    }
    const make = (): void => {
      for (const { make } of over()) make()
    }
    const keep = (): void => {
      for (const { refused } of over()) refused()
    }
    const record = this.#record()
    const go = (): void => {
      const { drafted } = field
      if (drafted === null) {
        make()
        return
      }
      field.awaitDraft?.()
      void this.#tabs().goBehind(drafted, { record, go: make, drop: over, keep })
    }
    const more = (letters: string): void =>
      void edits.push(this.#hereOnly(field, () => typeInto(field.element, letters)))
    this.#waiting = { edits, keep }
    this.#changed()
    this.#tabs().refuse({ record, go, drop: over, keep, more })
  }

  /** By then the field may show another record, where it would be written, or be gone. */
  #hereOnly(field: WantedField, edit: () => void): Edit {
    const record = this.#record()
    const isHere = (): boolean => this.#record() === record
    return {
      make: () => void (isHere() && field.element.isConnected && edit()),
      refused: () => void (isHere() && field.asDraft(edit)),
    }
  }
}
