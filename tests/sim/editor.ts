/** A text area as far as a FieldBinding uses it: value, input events, caret, and replacing a range. */
export class Editor extends EventTarget {
  #value = ''
  selectionStart = 0
  selectionEnd = 0

  get value(): string {
    return this.#value
  }

  /** The caret goes to the end, as where a script sets it. */
  set value(value: string) {
    this.#value = value
    this.setSelectionRange(value.length, value.length)
  }

  /** A person's keys. */
  type(value: string): void {
    this.value = value
    this.dispatchEvent(new Event('input'))
  }

  /** A person's key at the caret, in the place of what is selected. */
  press(letters: string): void {
    const { selectionStart: start, selectionEnd: end } = this
    this.#value = this.#value.slice(0, start) + letters + this.#value.slice(end)
    this.setSelectionRange(start + letters.length, start + letters.length)
    this.dispatchEvent(new Event('input'))
  }

  setAttribute(): void {}

  removeAttribute(): void {}

  setSelectionRange(start: number, end: number): void {
    this.selectionStart = start
    this.selectionEnd = end
  }

  /** With `preserve`: a caret within what is replaced becomes a selection of what comes in its place (HTML, 4.10.20). */
  setRangeText(text: string, start: number, end: number): void {
    const { selectionStart, selectionEnd } = this
    const delta = text.length - (end - start)
    const from = selectionStart > end ? selectionStart + delta : Math.min(selectionStart, start)
    const to =
      selectionEnd > end ? selectionEnd + delta : selectionEnd > start ? start + text.length : selectionEnd
    this.#value = this.#value.slice(0, start) + text + this.#value.slice(end)
    this.setSelectionRange(from, to)
  }
}
