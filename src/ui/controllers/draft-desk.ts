import { type Fields, titleOf } from '../../core/records.ts'
import { readDrafts, removeDraft } from '../../store/drafts.ts'
import type { PageModel, WriteResult } from '../model.ts'
import type { DraftView } from '../session-model.ts'
import type { PageWorld } from './page-world.ts'

/** The page as this desk uses it. */
export interface DraftDeskPage {
  library(): string
  readonly records: PageModel['records']
  /** An ordinary write: merged with what the record has become since. */
  write(change: {
    readonly id: string
    readonly kind: string
    readonly create: boolean
    readonly shown: Fields
    readonly typed: Fields
  }): Promise<WriteResult>
}

/** What was typed in tabs that had lost control: offered, taken in or given up by a person. */
export class DraftDesk extends EventTarget {
  readonly #db: PageWorld['db']
  readonly #page: DraftDeskPage
  #drafts: readonly DraftView[] = []

  constructor({ db }: PageWorld, page: DraftDeskPage) {
    super()
    this.#db = db
    this.#page = page
  }

  get drafts(): readonly DraftView[] {
    return this.#drafts
  }

  async readDrafts(): Promise<void> {
    const drafts = (await readDrafts(this.#db)).map((draft) => {
      const record = this.#page.records.get(draft.recordId)?.record
      return { ...draft, title: titleOf(record ?? { kind: draft.kind, fields: draft.typed }) }
    })
    if (JSON.stringify(drafts) === JSON.stringify(this.#drafts)) return
    this.#drafts = drafts
    this.dispatchEvent(new Event('change'))
  }

  async takeDraft(id: string): Promise<void> {
    const draft = this.#drafts.find((one) => one.id === id)
    if (!draft) return
    const { recordId, kind, create, shown, typed } = draft
    const written = await this.#page.write({ id: recordId, kind, create, shown, typed })
    // Only what is in the record is no longer needed as a draft.
    if (written.is === 'written') await this.dropDraft(id)
  }

  async dropDraft(id: string): Promise<void> {
    await removeDraft(this.#db, this.#page.library(), id)
    await this.readDrafts()
  }
}
