import { isOver, type Wait } from '../../core/wait.ts'
import { readDevice, writeDevice } from '../../store/library.ts'
import type { Taking } from '../session-model.ts'
import type { PageWorld } from './page-world.ts'

/** For so long it is remembered that a person came back to this tab while another one was taking control; ms. */
const BACK = 3000

/** When this tab takes control: only on a person's word, or also when it gets the focus. One setting for all tabs. */
export class TakingMode {
  readonly #world: Pick<PageWorld, 'db' | 'presence' | 'now'>
  #is: Taking = 'ask'
  /** When it last got the focus, ms. */
  #focusedAt = 0
  #back: Wait | null = null

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

  /** The tab got the focus. @returns when, ms */
  focused(): number {
    this.#focusedAt = this.#world.now()
    return this.#focusedAt
  }

  /**
   * Another tab takes control, as it got the focus then. Who has come back to this one since goes on here, though this tab
   * could not ask for what it had until that moment.
   */
  heard(at: number): boolean {
    if (at >= this.#focusedAt) return false
    this.#back = { start: this.#world.now(), length: BACK }
    return true
  }

  /** Whether a tab without control is the one that its person came back to; once. */
  takesBack(): boolean {
    const back = this.#back
    this.#back = null
    const { focused, visible } = this.#world.presence
    return back !== null && this.#is === 'focus' && focused && visible && !isOver(back, this.#world.now())
  }
}
