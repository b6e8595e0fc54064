import { readDevice, writeDevice } from '../../store/library.ts'
import type { Taking } from '../session-model.ts'
import type { PageWorld } from './page-world.ts'

/** When this tab takes control: only on a person's word, or also when it gets the focus. One setting for all tabs. */
export class TakingMode {
  readonly #db: PageWorld['db']
  #is: Taking = 'ask'

  constructor(db: PageWorld['db']) {
    this.#db = db
  }

  get is(): Taking {
    return this.#is
  }

  async read(): Promise<void> {
    this.#is = (await readDevice(this.#db, 'tabs'))?.take ?? 'ask'
  }

  async set(take: Taking): Promise<void> {
    await writeDevice(this.#db, { key: 'tabs', take })
    this.#is = take
  }
}
