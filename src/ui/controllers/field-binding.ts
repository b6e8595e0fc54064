import { toWellFormed } from '../../core/limits.ts'
import { mergeText, replacements } from '../../core/merge-text.ts'

export type FieldElement = HTMLInputElement | HTMLTextAreaElement

/** @returns the value as it is stored after the write, which may hold another tab's or device's edit too */
export type WriteField = (shown: string, typed: string, leaving: boolean) => Promise<string>

/**
 * One text field against the store. `seen` is what the next write compares with: the text that the editor last
 * loaded, took in or handed over (traces.md, 1). With writes on their way nothing is taken in, since the last
 * one's result holds everything.
 */
export class FieldBinding {
  readonly element: FieldElement
  readonly #write: WriteField
  readonly #listening = new AbortController()
  #seen = ''
  #onTheWay = 0
  #composing = false
  #dirty = false
  /** Raised when another record is loaded: an answer for the one before must not reach the new one. */
  #generation = 0
  #latest: string | null = null

  constructor(element: FieldElement, write: WriteField) {
    this.element = element
    this.#write = write
    const { signal } = this.#listening
    element.addEventListener('input', () => this.#typed(), { signal })
    element.addEventListener('compositionstart', () => (this.#composing = true), { signal })
    element.addEventListener('compositionend', () => this.#composed(), { signal })
    element.addEventListener('blur', () => this.leave(), { signal })
  }

  load(value: string): void {
    this.#generation++
    this.#onTheWay = 0
    this.#dirty = false
    this.#latest = null
    this.#seen = value
    if (this.element.value !== value) this.element.value = value
    // A single-line field shows line breaks as nothing: what it shows is what a write must compare with.
    this.#seen = this.element.value
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
  }

  #typed(): void {
    this.#dirty = true
    this.#send(false)
  }

  #send(leaving: boolean): void {
    const typed = toWellFormed(this.element.value)
    const shown = this.#seen
    const generation = this.#generation
    this.#seen = typed
    this.#onTheWay++
    this.#latest = null
    void this.#write(shown, typed, leaving).then((stored) => {
      if (generation !== this.#generation) return
      this.#onTheWay--
      if (this.#onTheWay === 0) this.takeIn(this.#latest ?? stored)
    })
  }

  #composed(): void {
    this.#composing = false
    if (this.#latest !== null) this.takeIn(this.#latest)
  }

  #merge(stored: string): void {
    this.#latest = null
    const now = this.element.value
    if (stored === this.#seen) return
    const merged = now === this.#seen ? stored : mergeText(this.#seen, now, stored, 'both').text
    this.#seen = stored
    for (const { start, end, text } of replacements(now, merged))
      this.element.setRangeText(text, start, end, 'preserve')
    this.element.dispatchEvent(new CustomEvent('pawkit-taken-in', { bubbles: true, composed: true }))
    if (merged !== stored) this.#send(false)
  }
}
