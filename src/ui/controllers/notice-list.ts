import type { Notice, NoticeKind } from '../model.ts'

/** What a notice is about, so that it goes when that is over. */
export interface About {
  /** `outage`, or the id of a record. */
  readonly about?: string
  /** Its action takes back what was done: Ctrl/Cmd+Z runs the newest. */
  readonly undo?: boolean
}

/** What the page tells in passing. Elements decide how long one stays; here is only the list. */
export class NoticeList {
  #all: Notice[] = []
  #next = 1
  readonly #changed: () => void
  readonly #about = new Map<number, About & { readonly run?: (() => void) | undefined }>()

  constructor(changed: () => void) {
    this.#changed = changed
  }

  get all(): readonly Notice[] {
    return this.#all
  }

  add(kind: NoticeKind, text: string, action?: Notice['action'], about: About = {}): void {
    // Two tabs, or two tries, may tell the same; a person reads it once.
    if (!action && this.#all.some((notice) => notice.text === text)) return
    const id = this.#next++
    this.#about.set(id, { ...about, run: action?.run })
    const offered = action && { action: { label: action.label, run: () => this.#run(id, action.run) } }
    this.#all = [...this.#all, { id, kind, text, ...offered }]
    this.#changed()
  }

  dismiss(id: number): void {
    this.#about.delete(id)
    this.#all = this.#all.filter((notice) => notice.id !== id)
    this.#changed()
  }

  /** What it was about is over: the outage, or the deletion of this record. */
  over(about: string): void {
    for (const [id, notice] of [...this.#about]) if (notice.about === about) this.dismiss(id)
  }

  /** Runs the newest undo that is still offered. */
  undo(): boolean {
    const newest = [...this.#about].filter(([, { undo }]) => undo).at(-1)
    if (!newest?.[1].run) return false
    this.#run(newest[0], newest[1].run)
    return true
  }

  #run(id: number, action: () => void): void {
    this.dismiss(id)
    action()
  }
}
