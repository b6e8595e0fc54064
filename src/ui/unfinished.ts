import type { Dialog } from './requests.ts'

/** Raised whenever what is kept gets another shape: an app of another version reads nothing rather than nonsense. */
const KEPT = 'pawkit-unfinished-1'

/** A tab that crashes loses no more than what was typed in this time, ms. */
const SOON = 1000

interface Kept {
  readonly session: string
  readonly library: string
  readonly open: Dialog | null
  readonly forms: readonly (readonly [key: string, form: unknown])[]
}

interface World {
  /** This tab's own, which outlives a reload: sessionStorage. */
  readonly memory: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  readonly session: () => string
  readonly library: () => string
}

const MERGE = 'resolve '
/** The key of what was typed in a dialog. */
const formKey = (dialog: Dialog): string => ('id' in dialog ? `${dialog.is} ${dialog.id}` : dialog.is)

/**
 * What a person has begun in a dialog and not saved: no record yet, so it is not in the store, and a reload, such as
 * the one after an update, must not take it. Kept for this tab alone, and for the library it was meant for.
 */
export class Unfinished {
  readonly #world: World
  readonly #forms: Map<string, unknown>
  /** The dialog that is open and has something unfinished in it. */
  #open: Dialog | null
  #soon: ReturnType<typeof setTimeout> | undefined

  constructor(world: World) {
    this.#world = world
    const kept = this.#read()
    // Of another session or library: not even left lying there.
    if (!kept) this.#remove()
    this.#forms = new Map(kept?.forms)
    this.#open = kept?.open ?? null
  }

  /** The dialog to open again. */
  get open(): Dialog | null {
    return this.#open
  }

  isOpen(dialog: Dialog): boolean {
    return this.#open !== null && formKey(this.#open) === formKey(dialog)
  }

  /** The records of which a merge was begun. */
  get merges(): readonly string[] {
    return [...this.#forms.keys()]
      .filter((key) => key.startsWith(MERGE))
      .map((key) => key.slice(MERGE.length))
  }

  get(dialog: Dialog): unknown {
    return this.#forms.get(formKey(dialog))
  }

  /** @param form can be told in JSON */
  put(dialog: Dialog, form: unknown): void {
    this.#forms.set(formKey(dialog), form)
    this.#open = dialog
    // Not at every key: a merge can be long.
    this.#soon ??= setTimeout(() => this.keep(), SOON)
  }

  /** The dialog was closed; what was begun there stays for the next time. */
  close(dialog: Dialog): void {
    if (!this.isOpen(dialog)) return
    this.#open = null
    this.keep()
  }

  /** It is saved, or given up. */
  drop(dialog: Dialog): void {
    const known = this.#forms.delete(formKey(dialog))
    if (this.isOpen(dialog)) this.close(dialog)
    else if (known) this.keep()
  }

  /** Another library comes to this page: what was begun was meant for the one before. */
  clear(): void {
    this.#forms.clear()
    this.#open = null
    this.keep()
  }

  /** The page is going away, or may be taken away while it is hidden. */
  keep(): void {
    clearTimeout(this.#soon)
    this.#soon = undefined
    const { memory, session, library } = this.#world
    const forms = [...this.#forms]
    try {
      const tab = memory()
      // What is older must not come back in its place where this is more than the browser takes (5 MB).
      tab.removeItem(KEPT)
      const kept: Kept = { session: session(), library: library(), open: this.#open, forms }
      if (forms.length > 0) tab.setItem(KEPT, JSON.stringify(kept))
    } catch {
      // No storage, or not enough: it lives as long as the page.
    }
  }

  #remove(): void {
    try {
      this.#world.memory().removeItem(KEPT)
    } catch {
      // Forbidden, so nothing is there.
    }
  }

  /** A duplicated tab gets a copy of the storage, and another session. */
  #read(): Kept | null {
    try {
      const kept: Kept | null = JSON.parse(this.#world.memory().getItem(KEPT) ?? 'null')
      const { session, library } = this.#world
      return kept?.session === session() && kept.library === library() ? kept : null
    } catch {
      return null
    }
  }
}
