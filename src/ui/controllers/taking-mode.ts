import { isOver, type Wait } from '../../core/wait.ts'
import { readDevice, writeDevice } from '../../store/library.ts'
import type { Control, Taking } from '../session-model.ts'
import type { PageWorld } from './page-world.ts'

/** Until another tab's taking control has gone through and is heard of; ms. */
const BACK = 5000
/** So long the word of a tab that has lost the focus may come before this one's getting it; ms. */
const AHEAD = 1000

/** When this tab takes control: only on a person's word, or also when it gets the focus. One setting for all tabs. */
export class TakingMode {
  readonly #world: Pick<PageWorld, 'db' | 'presence' | 'now'>
  #is: Taking = 'ask'
  /** It got the focus when it could not take control, which it still had. */
  #missed: Wait | null = null
  /** Another tab has lost the focus since, or just before. */
  #left: Wait | null = null

  constructor(world: Pick<PageWorld, 'db' | 'presence' | 'now'>) {
    this.#world = world
  }

  get is(): Taking {
    return this.#is
  }

  async read(): Promise<void> {
    this.#is = (await readDevice(this.#world.db, 'tabs'))?.take ?? 'ask'
  }

  async set(take: Taking): Promise<void> {
    await writeDevice(this.#world.db, { key: 'tabs', take })
    this.#is = take
  }

  /** The tab got the focus. @returns whether it takes control */
  focused(control: Control): boolean {
    const takes = control === 'read-only'
    // One return may be told more than once, by the focus and by becoming visible.
    const now = this.#world.now()
    if (takes || (!this.#recently && this.#left && isOver(this.#left, now))) this.#left = null
    this.#missed = takes ? null : { start: now, length: BACK }
    return takes && this.#is === 'focus'
  }

  /**
   * Whether a tab without control is where a person came back to before control had gone: it could not ask then. Once,
   * and never by the focus alone: two windows without a desktop both say that they have it.
   * @param left another tab has lost the focus, as is heard now
   */
  takesBack(control: Control, left: boolean): boolean {
    if (left) this.#left = { start: this.#world.now(), length: AHEAD }
    const { focused, visible } = this.#world.presence
    const wants = this.#left !== null && this.#is === 'focus' && control === 'read-only'
    return wants && focused && visible && this.#recently
  }

  get #recently(): boolean {
    return this.#missed !== null && !isOver(this.#missed, this.#world.now())
  }
}
