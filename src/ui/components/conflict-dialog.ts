import { isPurged, type RecordState } from '../../core/records.ts'
import { LEFT } from '../controllers/merges-left.ts'
import type { Draft } from '../merge/draft.ts'
import { goOn, type KeptDraft, keepDraft } from '../merge/kept-draft.ts'
import type { ConflictView } from '../model.ts'
import { ask, type Dialog } from '../requests.ts'
import { DialogElement } from './dialog-element.ts'

/** A dialog about one record's conflict, and the merge that a person has begun in it: that outlives closing and reload. */
export abstract class ConflictDialog extends DialogElement {
  static override properties = {
    ...DialogElement.properties,
    recordId: {},
    view: { state: true },
    draft: { state: true },
    over: { state: true },
    said: { state: true },
    whole: { state: true },
  }
  declare recordId: string
  declare view: ConflictView | null
  /** The merge under way; null: the two versions are compared. */
  declare draft: Draft | null
  /** The conflict is settled, and `draft` is what a person wrote that is in no record. */
  declare over: boolean
  declare said: string
  /** Texts are shown without leaving out what is the same. */
  declare whole: boolean

  constructor() {
    super()
    this.view = null
    this.draft = null
    this.over = false
    this.said = ''
    this.whole = false
  }

  /** What the record is by now; null: it is gone. */
  protected get record(): RecordState | null {
    const record = this.model.records.get(this.model.resolveId(this.recordId))?.record
    return record && !isPurged(record) ? record : null
  }

  protected get dialog(): Dialog {
    return { is: 'resolve', id: this.recordId }
  }

  /** A merge that was begun and not saved: closing the dialog keeps it, and so does a reload. */
  protected begun(view: ConflictView): Draft | null {
    const kept = this.model.unfinished.get(this.dialog)
    return kept ? goOn(kept as KeptDraft, view) : null
  }

  protected readonly onDraft = (event: Event): void => {
    if (!(event instanceof CustomEvent)) return
    const draft: Draft = event.detail
    this.draft = draft
    this.problem = null
    this.keep(draft)
  }

  protected keep(draft: Draft): void {
    this.model.unfinished.put(this.dialog, keepDraft(draft))
  }

  /** No record leads back to it any more. */
  protected putOff(): void {
    const [dialog, page] = [this.dialog, this.getRootNode()]
    const show = { label: 'Show', run: () => void ask(page, { open: dialog }) }
    this.close()
    this.model.notify('alert', LEFT, show)
  }

  protected override close(): void {
    this.model.unfinished.close(this.dialog)
    super.close()
  }

  /** Said again where it has happened again. */
  protected say(words: string): void {
    this.said = ''
    void this.updateComplete.then(() => {
      this.said = words
    })
  }
}
