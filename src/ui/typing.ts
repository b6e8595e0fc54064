/** A title wraps on a narrow screen and so is a textarea, but it stays one line of text. */
export function keepOneLine(event: InputEvent): void {
  const field = event.target
  if (!(field instanceof HTMLTextAreaElement)) return
  if (event.inputType === 'insertLineBreak' || event.inputType === 'insertParagraph') event.preventDefault()
}

export function pasteOneLine(event: ClipboardEvent): void {
  const words = event.clipboardData?.getData('text/plain') ?? ''
  if (!/[\r\n]/.test(words)) return
  event.preventDefault()
  insertText(event.target, words.replace(/\s*[\r\n]+\s*/g, ' '))
}

/** Types into the field as the person would: their undo takes it back, and `input` is heard. */
export function insertText(field: EventTarget | null, words: string): void {
  if (!(field instanceof HTMLTextAreaElement)) return
  if (document.execCommand('insertText', false, words)) return
  field.setRangeText(words, field.selectionStart, field.selectionEnd, 'end')
  field.dispatchEvent(
    new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertText', data: words }),
  )
}

/** Tab writes a tab; after Escape it leaves the field, so that the keyboard is never caught. */
export class TabKey {
  #leaving = false

  readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      this.#leaving = true
      return
    }
    // Where nothing can be written, Tab goes on to the next control.
    if (event.target instanceof HTMLElement && event.target.ariaReadOnly === 'true') return
    const plain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey
    if (event.key === 'Tab' && plain && !this.#leaving && !event.isComposing) {
      event.preventDefault()
      insertText(event.target, '\t')
    }
    if (event.key !== 'Shift') this.#leaving = false
  }

  readonly onBlur = (): void => {
    this.#leaving = false
  }
}
