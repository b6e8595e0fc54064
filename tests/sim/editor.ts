/** A text area as far as a FieldBinding uses it: value, input events, and replacing a range. */
export class Editor extends EventTarget {
  value = ''

  /** A person's keys. */
  type(value: string): void {
    this.value = value
    this.dispatchEvent(new Event('input'))
  }

  setRangeText(text: string, start: number, end: number): void {
    this.value = this.value.slice(0, start) + text + this.value.slice(end)
  }
}
