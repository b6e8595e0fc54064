import type { Notice, NoticeKind } from '../model.ts'

/** What the page tells in passing. Elements decide how long one stays; here is only the list. */
export class NoticeList {
  #all: Notice[] = []
  #next = 1
  readonly #changed: () => void
  readonly #undo = new Map<number, () => void>()

  constructor(changed: () => void) {
    this.#changed = changed
  }

  get all(): readonly Notice[] {
    return this.#all
  }

  add(kind: NoticeKind, text: string, action?: Notice['action'], undo = false): void {
    // Two tabs, or two tries, may tell the same; a person reads it once.
    if (!action && this.#all.some((notice) => notice.text === text)) return
    const id = this.#next++
    if (action && undo) this.#undo.set(id, action.run)
    this.#all = [
      ...this.#all,
      {
        id,
        kind,
        text,
        ...(action ? { action: { label: action.label, run: () => this.#run(id, action.run) } } : {}),
      },
    ]
    this.#changed()
  }

  dismiss(id: number): void {
    this.#undo.delete(id)
    this.#all = this.#all.filter((notice) => notice.id !== id)
    this.#changed()
  }

  /** Runs the newest undo that is still offered. */
  undo(): boolean {
    const newest = [...this.#undo.entries()].at(-1)
    if (!newest) return false
    this.#run(newest[0], newest[1])
    return true
  }

  #run(id: number, action: () => void): void {
    this.dismiss(id)
    action()
  }
}
