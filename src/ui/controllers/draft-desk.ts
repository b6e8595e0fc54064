import { type Fields, titleOf } from '../../core/records.ts'
import type { Draft } from '../../core/session.ts'
import type { FromDraft } from '../../core/write.ts'
import { readDrafts, removeDraft } from '../../store/drafts.ts'
import type { PageModel, WriteResult } from '../model.ts'
import { problemOf } from '../outcome.ts'
import type { DraftView } from '../session-model.ts'
import type { NoticeList } from './notice-list.ts'
import type { PageWorld } from './page-world.ts'

/** More than so many at once are told as a number. */
const TOLD = 2

/** The page as this desk uses it. */
export interface DraftDeskPage {
  /** Under this id its drafts are kept. */
  readonly id: string
  library(): string
  readonly records: PageModel['records']
  readonly notices: NoticeList
  /** Reads these records from the store again. */
  read(ids: readonly string[]): Promise<void>
  /** Reads everything again: something may have been written that nobody has told. */
  missed(): void
  /** Drafts came or went: other tabs read them again. */
  changed(): void
  /** An ordinary write: merged with what the record has become since. */
  write(change: {
    readonly id: string
    readonly kind: string
    readonly create: boolean
    readonly shown: Fields
    readonly typed: Fields
    readonly draft: FromDraft
  }): Promise<WriteResult>
}

/** What was typed in tabs that had lost control: offered, taken in or given up by a person. */
export class DraftDesk extends EventTarget {
  readonly #db: PageWorld['db']
  protected readonly page: DraftDeskPage
  #drafts: readonly DraftView[] = []
  /** Those that are being taken in here: pressed twice, a button takes in once. */
  readonly #taking = new Map<string, Promise<boolean>>()

  constructor({ db }: Pick<PageWorld, 'db'>, page: DraftDeskPage) {
    super()
    this.#db = db
    this.page = page
  }

  get drafts(): readonly DraftView[] {
    return this.#drafts
  }

  async readDrafts(): Promise<void> {
    const drafts = (await readDrafts(this.#db)).map((draft) => {
      return { ...draft, title: this.#titleOf(draft) }
    })
    const before = this.#drafts
    if (JSON.stringify(drafts) === JSON.stringify(before)) return
    this.#drafts = drafts
    for (const { id } of before) if (!drafts.some((draft) => draft.id === id)) this.page.notices.over(id)
    this.#tell(drafts.filter(({ id }) => !before.some((draft) => draft.id === id)))
    this.dispatchEvent(new Event('change'))
  }

  #titleOf({ recordId, kind, typed }: Draft): string {
    return titleOf(this.page.records.get(recordId)?.record ?? { kind, fields: typed })
  }

  #tell(come: readonly DraftView[]): void {
    const { notices } = this.page
    const many = come.length > TOLD
    if (many) notices.add('status', `${come.length} drafts wait in Sync status for you to take them in.`)
    for (const { id, title } of many ? [] : come) {
      const text = `What you typed in “${title}” in a tab without control is kept as a draft.`
      notices.add('alert', text, { label: 'Take in', run: () => void this.takeDraft(id) }, { about: id })
    }
  }

  async takeDraft(id: string): Promise<void> {
    await this.#take(id)
  }

  /** @returns whether it is in the record now */
  #take(id: string): Promise<boolean> {
    const taking = this.#taking.get(id) ?? this.#takeIn(id).finally(() => this.#taking.delete(id))
    this.#taking.set(id, taking)
    return taking
  }

  async #takeIn(id: string): Promise<boolean> {
    // Another tab may have taken it in, or more was typed into it, and this one has not heard of it yet.
    const draft = (await readDrafts(this.#db)).find((one) => one.id === id)
    if (!draft) {
      await this.readDrafts()
      return false
    }
    const { recordId, kind, create, shown, typed } = draft
    const title = this.#titleOf(draft)
    const written = await this.page.write({
      id: recordId,
      kind,
      create,
      shown,
      typed,
      draft: { id, why: 'take-in' },
    })
    if (written.is === 'written') {
      await this.made()
      return true
    }
    // Who chose to view only has been told.
    if (written.is === 'fenced') return false
    const problem = problemOf(written) ?? 'Another card has its link.'
    const copy = (): void => void navigator.clipboard.writeText(wordsOf(draft))
    const text = `The draft of “${title}” was not taken in and stays. ${problem}`
    this.page.notices.add('alert', text, { label: 'Copy', run: copy })
    return false
  }

  /** Takes in what this very tab typed in the record as it lost control: the draft that holds this text. */
  protected async takeBack(record: string | null, text: string): Promise<void> {
    const own = (await readDrafts(this.#db)).filter(
      ({ id, recordId, typed }) =>
        recordId === record && id.startsWith(`${this.page.id} `) && Object.values(typed).includes(text),
    )
    for (const draft of own) {
      const title = this.#titleOf(draft)
      if (await this.#take(draft.id))
        this.page.notices.add('status', `What you typed in “${title}” as control went is in it now.`)
    }
  }

  async dropDraft(id: string): Promise<void> {
    const draft = this.#drafts.find((one) => one.id === id)
    if (draft) await this.#remove(draft)
  }

  async #remove(draft: Draft): Promise<void> {
    await removeDraft(this.#db, this.page.library(), draft)
    await this.made()
  }

  /** What was kept as a draft is in its record now, or was given up. */
  async made(): Promise<void> {
    this.page.changed()
    await this.readDrafts()
  }
}

const wordsOf = ({ typed }: Draft): string =>
  Object.values(typed)
    .filter((value) => typeof value === 'string')
    .join('\n\n')
