/** A text area as far as a FieldBinding uses it: value, input events, caret, and replacing a range. */
export class Editor extends EventTarget {
  value = ''
  selectionStart = 0
  selectionEnd = 0

  /** A person's keys. */
  type(value: string): void {
    this.value = value
    this.dispatchEvent(new Event('input'))
  }

  setSelectionRange(start: number, end: number): void {
    this.selectionStart = start
    this.selectionEnd = end
  }

  setRangeText(text: string, start: number, end: number): void {
    this.value = this.value.slice(0, start) + text + this.value.slice(end)
  }
}
