import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { isMenuOpen } from '../floating.ts'

export interface Shortcuts {
  /** Ctrl/Cmd+Z outside a text field. */
  readonly undo: () => boolean
  /** Ctrl/Cmd+K. */
  readonly find: () => void
  /** Escape that nothing nearer has used, outside a text field. */
  readonly escape: () => boolean
}

const isTextField = (node: EventTarget | undefined): boolean =>
  node instanceof HTMLTextAreaElement ||
  (node instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(node.type)) ||
  (node instanceof HTMLElement && node.isContentEditable)

/** Keys that hold for the whole page. In a text field they stay the field's own. */
export class ShortcutController implements ReactiveController {
  readonly #shortcuts: Shortcuts

  constructor(host: ReactiveControllerHost, shortcuts: Shortcuts) {
    this.#shortcuts = shortcuts
    host.addController(this)
  }

  hostConnected(): void {
    document.addEventListener('keydown', this.#onKey)
  }

  hostDisconnected(): void {
    document.removeEventListener('keydown', this.#onKey)
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return
    const inText = isTextField(event.composedPath()[0])
    const command = event.metaKey || event.ctrlKey
    const key = event.key.toLowerCase()
    if (command && key === 'z' && !event.shiftKey && !inText) {
      if (this.#shortcuts.undo()) event.preventDefault()
    } else if (command && key === 'k' && !event.shiftKey) {
      event.preventDefault()
      this.#shortcuts.find()
    } else if (key === 'escape' && !inText && !isMenuOpen() && this.#shortcuts.escape())
      event.preventDefault()
  }
}
