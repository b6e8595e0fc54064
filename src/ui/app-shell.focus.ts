import { focused, focusIsLost } from './floating.ts'
import { deletedOnes, isLive } from './library.ts'
import type { PageModel } from './model.ts'
import { pathOf } from './router.ts'

/** How long a restored record may take to come back into the list, ms. */
const COMES_BACK = 2000

/** Sees that the focus is somewhere: what had it goes away with a dialog, a notice, a row. */
export class FocusKeeper {
  readonly #places: () => readonly (HTMLElement | undefined)[]
  /** The button itself, and the element that asked, which may have another button by then. */
  #openers: readonly (Element | null)[] = []

  constructor(places: () => readonly (HTMLElement | undefined)[]) {
    this.#places = places
  }

  remember(source: HTMLElement | null): void {
    this.#openers = [focused(), source]
  }

  /** The browser gives the focus back by itself where what had it is still there. */
  async giveBack(rendered: Promise<unknown>): Promise<void> {
    await rendered
    await new Promise((resolve) => setTimeout(resolve))
    if (focusIsLost()) this.#rescue(this.#openers)
    this.#openers = []
  }

  /** Before a notice goes: the focus stays in the page, and moves on to a record that comes back. */
  follow(model: PageModel, focusEntry: (path: string) => void): void {
    const gone = deletedOnes(model.records).map(({ record }) => record.id)
    const onRecords = (): void => {
      const back = gone.map((id) => model.records.get(id)).find(isLive)
      if (!back) return
      stop()
      // After the list has rendered it.
      setTimeout(() => {
        if (focusIsLost() || focused()?.getAttribute('tabindex') === '-1') focusEntry(pathOf(back.record))
      })
    }
    const stop = (): void => model.removeEventListener('records', onRecords)
    model.addEventListener('records', onRecords)
    setTimeout(stop, COMES_BACK)
    setTimeout(() => focusIsLost() && this.#rescue([]))
  }

  #rescue(first: readonly (Element | null)[]): void {
    for (const place of [...first, ...this.#places()]) {
      if (place instanceof HTMLElement && place.isConnected) place.focus({ preventScroll: true })
      if (!focusIsLost()) return
    }
  }
}
