import type { SessionActions } from '../session-model.ts'
import { insert } from './read-only-field.ts'

/** One edit of a field: made, or `refused` by the store, which then keeps it as a draft. */
interface Edit {
  readonly make: () => void
  readonly refused: () => void
}

/** The text field that an edit is for. */
interface WantedField {
  readonly element: HTMLInputElement | HTMLTextAreaElement
  /** What is typed next stands behind letters that are a draft of this tab's by now. */
  readonly goesOn: boolean
  /** Makes an edit where the store is to refuse it. */
  asDraft(edit: () => void): void
}

/** Edits that were wanted in read-only fields: all that is typed until a person has answered is one. */
export class WantedEdits {
  readonly #tabs: () => SessionActions
  readonly #record: () => string
  readonly #went: () => void
  #waiting: Edit[] | null = null
  #going = false

  /** @param went what was `going` has been made */
  constructor(tabs: () => SessionActions, record: () => string, went = () => {}) {
    this.#tabs = tabs
    this.#record = record
    this.#went = went
  }

  /** They are about to be made, behind what is taken in first: what is typed meanwhile is added to them. */
  get going(): boolean {
    return this.#going
  }

  add(field: WantedField, edit: () => void): void {
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
    const over = (): void => {
      drop()
      this.#going = false
      this.#went()
    }
    const make = (): void => {
      over()
      for (const { make } of edits) make()
    }
    const keep = (): void => {
      over()
      for (const { refused } of edits) refused()
    }
    const record = this.#record()
    const go = (): void => {
      this.#going = field.goesOn
      if (this.#going) void this.#tabs().goBehind({ record, go: make, drop, keep })
      else make()
    }
    const more = (letters: string): void =>
      void edits.push(this.#hereOnly(field, () => insert(field.element, letters)))
    this.#tabs().refuse({ record, go, drop, keep, more })
  }

  /** By then the field may show another record, where it would be written, or be gone. */
  #hereOnly(field: WantedField, edit: () => void): Edit {
    const record = this.#record()
    const isHere = (): boolean => field.element.isConnected && this.#record() === record
    return { make: () => void (isHere() && edit()), refused: () => void (isHere() && field.asDraft(edit)) }
  }
}
