import { toWellFormed } from '../../core/limits.ts'
import { mergeText, replacements } from '../../core/merge-text.ts'
import { ReadOnlyField, type Wanted } from './read-only-field.ts'
import type { Saving } from './saving-mark.ts'

export type FieldElement = HTMLInputElement | HTMLTextAreaElement

/** @returns the value as it is stored after the write, which may hold another's edit too; null: nothing was written */
export type WriteField = (shown: string, typed: string, leaving: boolean) => Promise<string | null>

/**
 * One text field against the store. `seen` is what the next write compares with: the text that the editor last loaded,
 * took in or handed over (traces.md, 1). With writes on their way nothing is taken in, since the last one's result holds
 * everything. A text that could not be written stays in the field, and the next write compares with what the store
 * last confirmed, or it would take the refused text's absence for a deletion.
 */
export class FieldBinding {
  readonly element: FieldElement
  readonly #write: WriteField
  readonly #mark: (saving: Saving | null) => void
  readonly #listening = new AbortController()
  readonly #readOnly: ReadOnlyField
  #seen = ''
  #confirmed = ''
  #onTheWay = 0
  /** A write on its way was refused: those after it compared with a text that the store never had. */
  #refused = false
  #composing = false
  #focused = false
  /** The caret in a text that was changed while the focus was elsewhere: the browser then forgets it. */
  #caret: readonly [start: number, end: number] | null = null
  #dirty = false
  /** Raised when another record is loaded: an answer for the one before must not reach the new one. */
  #generation = 0
  #latest: string | null = null

  /** @param mark is told, in the input event itself, that the store has not what the field shows; null: it has again */
  constructor(
    element: FieldElement,
    write: WriteField,
    mark: (saving: Saving | null) => void = () => {},
    wanted: Wanted = () => {},
  ) {
    this.element = element
    this.#write = write
    this.#mark = mark
    const { signal } = this.#listening
    this.#readOnly = new ReadOnlyField(element, () => this.#seen, wanted, signal)
    element.addEventListener('input', () => this.#typed(), { signal })
    element.addEventListener('compositionstart', () => (this.#composing = true), { signal })
    element.addEventListener('compositionend', () => this.#composed(), { signal })
    element.addEventListener('focus', () => this.#entered(), { signal })
    element.addEventListener('blur', () => this.#left(), { signal })
  }

  load(value: string): void {
    this.#generation++
    this.#onTheWay = 0
    this.#refused = false
    this.#dirty = false
    this.#latest = null
    this.#caret = null
    if (this.element.value !== value) this.element.value = value
    // A single-line field shows line breaks as nothing: what it shows is what a write must compare with.
    this.#seen = this.element.value
    this.#confirmed = this.#seen
    this.#mark(null)
  }

  /** Whether it only shows its text: this tab may not write. */
  set readOnly(on: boolean) {
    this.#readOnly.set(on)
  }

  /** Another tab has control: what this one could not write is a draft now, and it shows what is stored. */
  giveUp(stored: string): void {
    this.#show(stored)
    const caret = this.#caret
    this.load(stored)
    this.#caret = caret
  }

  /** What it holds that the store has not confirmed; null: nothing. */
  get unsaved(): string | null {
    return this.element.value === this.#confirmed ? null : this.element.value
  }

  /** Takes the stored value in, now or when the last write has returned. */
  takeIn(stored: string): void {
    if (this.#onTheWay > 0 || this.#composing) this.#latest = stored
    else this.#merge(stored)
  }

  /** The person leaves the field: what was typed is made durable against a power cut. */
  leave(): void {
    if (!this.#dirty) return
    this.#dirty = false
    this.#send(true)
  }

  detach(): void {
    this.leave()
    this.#listening.abort()
    this.#generation++
    this.#mark(null)
  }

  #typed(): void {
    this.#dirty = true
    this.#send(false)
  }

  #send(leaving: boolean): void {
    const typed = toWellFormed(this.element.value)
    const shown = this.#seen
    const generation = this.#generation
    if (typed !== this.#confirmed) this.#mark('saving')
    this.#seen = typed
    this.#onTheWay++
    this.#latest = null
    void this.#write(shown, typed, leaving).then((stored) => {
      if (generation === this.#generation) this.#returned(stored)
    })
  }

  #returned(stored: string | null): void {
    this.#onTheWay--
    if (stored === null) this.#refused = true
    else this.#confirmed = stored
    if (this.#onTheWay > 0) return
    if (this.#refused) this.#compareAnew(stored !== null)
    else {
      this.#mark(null)
      this.takeIn(this.#latest ?? this.#confirmed)
    }
  }

  /** After a refusal the next write compares with what the store has; one that was written meanwhile goes once more. */
  #compareAnew(again: boolean): void {
    this.#refused = false
    this.#seen = this.#confirmed
    if (again) this.#send(false)
    else this.#mark(this.unsaved === null ? null : 'refused')
  }

  #composed(): void {
    this.#composing = false
    if (this.#latest !== null) this.takeIn(this.#latest)
  }

  #merge(stored: string): void {
    this.#latest = null
    this.#confirmed = stored
    const now = this.element.value
    if (stored === this.#seen) return
    const merged = now === this.#seen ? stored : mergeText(this.#seen, now, stored, 'both').text
    this.#seen = stored
    this.#show(merged)
    this.element.dispatchEvent(new CustomEvent('pawkit-taken-in', { bubbles: true, composed: true }))
    if (merged !== stored) this.#send(false)
    else this.#mark(null)
  }

  #entered(): void {
    this.#focused = true
    this.#placeCaret()
    this.#caret = null
  }

  #left(): void {
    this.#focused = false
    this.leave()
  }

  #placeCaret(): void {
    const { element } = this
    if (!this.#caret) return
    const [start, end] = this.#caret
    if (element.selectionStart !== start || element.selectionEnd !== end)
      element.setSelectionRange(start, end)
  }

  /** Without moving caret or selection. */
  #show(value: string): void {
    const { element } = this
    this.#placeCaret()
    for (const { start, end, text } of replacements(element.value, value))
      element.setRangeText(text, start, end, 'preserve')
    if (!this.#focused) this.#caret = [element.selectionStart ?? 0, element.selectionEnd ?? 0]
  }
}
