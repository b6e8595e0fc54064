import { replacements } from '../../core/merge-text.ts'

type Field = HTMLInputElement | HTMLTextAreaElement

/** Hears of edits that were wanted; calling one makes it, at the caret of the field as it is then. */
export type Wanted = (edit: () => void) => void

/** How far a deletion without a selection reaches, as the browser's own selection moves. */
const REACH: Readonly<Record<string, readonly [direction: string, by: string]>> = {
  deleteContentBackward: ['backward', 'character'],
  deleteContentForward: ['forward', 'character'],
  deleteWordBackward: ['backward', 'word'],
  deleteWordForward: ['forward', 'word'],
  deleteSoftLineBackward: ['backward', 'lineboundary'],
  deleteSoftLineForward: ['forward', 'lineboundary'],
  deleteHardLineBackward: ['backward', 'lineboundary'],
  deleteHardLineForward: ['forward', 'lineboundary'],
}

/**
 * A text field that shows and is not written in: it keeps focus, caret, selection, copying and every key that changes
 * no text. What would change it is held back and told. The browser's own `readonly` is not enough: with it a phone
 * shows no keyboard, and nothing is heard of what a person wanted.
 */
export class ReadOnlyField {
  readonly #field: Field
  readonly #shown: () => string
  readonly #wanted: Wanted
  #on = false
  #composing = false

  /** @param shown the text that the field is there to show */
  constructor(field: Field, shown: () => string, wanted: Wanted, signal: AbortSignal) {
    this.#field = field
    this.#shown = shown
    this.#wanted = wanted
    const hear = (type: string, listener: (event: Event) => void): void =>
      field.addEventListener(type, (event) => this.#on && listener(event), { signal, capture: true })
    hear('beforeinput', (event) => this.#beforeInput(event as InputEvent))
    hear('paste', (event) => this.#bring(event, (event as ClipboardEvent).clipboardData))
    hear('drop', (event) => this.#bring(event, (event as DragEvent).dataTransfer))
    hear('compositionstart', () => this.#composed(true))
    hear('compositionend', () => this.#composed(false))
    hear('input', (event) => this.#slipped(event))
  }

  get on(): boolean {
    return this.#on
  }

  set(on: boolean): void {
    if (on === this.#on) return
    this.#on = on
    if (on) this.#field.setAttribute('aria-readonly', 'true')
    else this.#field.removeAttribute('aria-readonly')
  }

  /** Has an edit made all the same: the store refuses it and keeps it as a draft. */
  asDraft(edit: () => void): void {
    const on = this.#on
    this.#on = false
    try {
      edit()
    } finally {
      this.#on = on
    }
  }

  #beforeInput(event: InputEvent): void {
    const { inputType } = event
    if (this.#oneLine && (inputType === 'insertLineBreak' || inputType === 'insertParagraph')) return
    // What an input method composes cannot be held back, and is taken back.
    if (!event.cancelable) return
    event.preventDefault()
    event.stopImmediatePropagation()
    const text = event.data ?? event.dataTransfer?.getData('text/plain') ?? ''
    const breaks = inputType === 'insertLineBreak' || inputType === 'insertParagraph'
    this.#want(() => redo(this.#field, inputType, breaks ? '\n' : text))
  }

  #bring(event: Event, data: DataTransfer | null): void {
    event.preventDefault()
    event.stopImmediatePropagation()
    const text = data?.getData('text/plain') ?? ''
    if (text === '') return
    if (event.type === 'drop') this.#caretAt(event as DragEvent)
    const words = this.#oneLine ? text.replace(/\s*[\r\n]+\s*/g, ' ') : text
    this.#want(() => insert(this.#field, words))
  }

  /** Dropped text goes where it is dropped; where the browser cannot tell, to the caret. */
  #caretAt({ clientX, clientY }: DragEvent): void {
    const root = this.#field.getRootNode()
    const shadowRoots = root instanceof ShadowRoot ? [root] : []
    const at = document.caretPositionFromPoint?.(clientX, clientY, { shadowRoots })
    if (at?.offsetNode === this.#field) this.#field.setSelectionRange(at.offset, at.offset)
  }

  #composed(begins: boolean): void {
    this.#composing = begins
    if (!begins) this.#takeBack()
  }

  /** A change that asked nobody: an input method, the spelling menu, undo. */
  #slipped(event: Event): void {
    event.stopImmediatePropagation()
    if (!this.#composing) this.#takeBack()
  }

  #takeBack(): void {
    const { value } = this.#field
    const shown = this.#shown()
    if (value === shown) return
    const text = replacements(shown, value)
      .map((part) => part.text)
      .join('')
    const caret = Math.max(0, (this.#field.selectionStart ?? 0) - text.length)
    this.#field.value = shown
    this.#field.setSelectionRange(caret, caret)
    this.#want(() => text !== '' && insert(this.#field, text))
  }

  #want(edit: () => unknown): void {
    this.#wanted(() => {
      this.#field.focus()
      edit()
    })
  }

  get #oneLine(): boolean {
    return isOneLine(this.#field)
  }
}

/** A title may wrap, and is one line of text all the same. */
const isOneLine = (field: Field): boolean => field instanceof HTMLInputElement || field.rows === 1

function redo(field: Field, inputType: string, text: string): void {
  if (inputType === 'historyUndo') document.execCommand('undo')
  else if (inputType === 'historyRedo') document.execCommand('redo')
  else if (text !== '') insert(field, text)
  else if (inputType.startsWith('delete')) {
    const reach = field.selectionStart === field.selectionEnd ? REACH[inputType] : undefined
    if (reach) getSelection()?.modify('extend', ...reach)
    document.execCommand('delete')
  }
}

/** A key that was pressed elsewhere and meant for the field; `\b` deletes. A title may wrap, and has no line breaks. */
export function typeInto(field: Field, letters: string): void {
  if (letters === '\b') redo(field, 'deleteContentBackward', '')
  else if (letters !== '\n' || !isOneLine(field)) insert(field, letters)
}

/** As the person would type it: their undo takes it back, and `input` is heard. */
function insert(field: Field, text: string): void {
  if (document.execCommand('insertText', false, text)) return
  field.setRangeText(text, field.selectionStart ?? 0, field.selectionEnd ?? 0, 'end')
  field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, data: text }))
}
