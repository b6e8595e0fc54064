import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Resolution } from '../../core/conflict.ts'
import { titleOf } from '../../core/records.ts'
import { problemWords, type Sides, sidesOf, whatHappened } from '../conflict-words.ts'
import { icon } from '../icons.ts'
import { beginDraft, type FieldDraft, fieldsOf, renewDraft, sameSides } from '../merge/draft.ts'
import { type KeptDraft, outlived } from '../merge/kept-draft.ts'
import { leftOf } from '../merge/left-over.ts'
import type { ConflictView } from '../model.ts'
import {
  changedWords,
  keptWords,
  leftWords,
  MERGED,
  NOT_LOADED,
  SETTLED,
  settledWords,
  whatStays,
} from '../resolve-words.ts'
import { dialogBar } from '../styles/dialog-bar.ts'
import { comparedSides } from './compared-sides.ts'
import { ConflictDialog } from './conflict-dialog.ts'
import { copyLeft, leftOver, leftOverStyles, saveLeft } from './left-over.ts'
import { markedStyles } from './marked-text.ts'
import { resolveStyles } from './resolve-dialog.styles.ts'

/** Dialog `Resolve conflict`: both versions of a record, and what becomes of them. Nothing is written until a person says so. */
class ResolveDialog extends ConflictDialog {
  protected override readonly heading = 'Resolve conflict'

  static override styles = [...ConflictDialog.styles, markedStyles, dialogBar, resolveStyles, leftOverStyles]

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.model.conflicts.removeEventListener('change', this.#onChange)
    this.model.removeEventListener('records', this.#onRecords)
  }

  protected override async prepare(): Promise<void> {
    // Not as it is connected: an element that was in the page before its code has no model yet by then.
    this.model.conflicts.addEventListener('change', this.#onChange)
    this.model.addEventListener('records', this.#onRecords)
    const known = await this.model.conflicts.look().then(
      () => true,
      () => false,
    )
    this.view = this.model.conflicts.get(this.recordId)
    const { unfinished } = this.model
    if (!this.view && known) this.#goOnAlone()
    // Where the page was reloaded in the midst of merging.
    else if (this.view && unfinished.isOpen(this.dialog)) await this.#merge()
  }

  /** It was settled while the dialog, or the page, was closed. */
  #goOnAlone(): void {
    const kept = this.model.unfinished.get(this.dialog)
    if (!kept) return
    const draft = outlived(kept as KeptDraft, this.recordId, this.record)
    const left = leftOf(draft, this.record)
    if (left.length > 0) this.#outlive(draft.view, left, SETTLED)
    else this.model.unfinished.drop(this.dialog)
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.get('draft') && this.draft === null) this.focusOn('merge')
  }

  protected override body(): TemplateResult {
    const { view } = this
    if (!view)
      return html`<p>This conflict is settled already.</p>
        <div class="bar"><button class="later" @click=${() => this.close()}>Close</button></div>`
    const sides = sidesOf(view, this.model.summary.account, Date.now())
    const record = this.record
    const happened = html`${whatHappened(view, sides)} <span class="soft">${whatStays(view)}</span>`
    return html`<p class="lead" tabindex="-1" autofocus>${this.over ? leftWords(view.title, record) : happened}</p>
      <p class="said" role="status">${this.said ? html`${icon('alert')}<span>${this.said}</span>` : nothing}</p>
      ${this.over && this.draft && record ? leftOver(this.draft, record, this.model.records) : nothing}
      ${
        this.draft
          ? html`<pawkit-merge-editor
              class="merging"
              .model=${this.model}
              .draft=${this.draft}
              .sides=${sides}
              .ends=${this.over ? (record ? 'edit' : 'copy') : 'merge'}
              .problem=${this.problem}
              .busy=${this.busy}
              @draft=${this.onDraft}
              @save=${this.over ? this.#saveEdit : this.#save}
              @copy=${this.#copy}
              @back=${this.over ? this.#giveUp : this.#back}
            ></pawkit-merge-editor>`
          : this.#compare(view, sides)
      }`
  }

  #compare(view: ConflictView, sides: Sides): TemplateResult {
    const { model, whole, problem } = this
    const toggleWhole = (): void => {
      this.whole = !this.whole
    }
    return comparedSides({
      ...{ view, sides, model, whole, toggleWhole, problem },
      begun: this.begun(view) !== null,
      later: () => this.close(),
      take: (take) => void this.#resolve({ take }),
      merge: () => void this.#merge(),
    })
  }

  readonly #merge = (): Promise<void> =>
    this.attempt(async () => {
      const { view } = this
      if (!view) return
      await import('./merge-editor.ts')
      const now = this.model.conflicts.get(view.id) ?? view
      this.view = now
      this.draft = this.begun(now) ?? beginDraft(now)
    }, 'The merge editor could not be loaded. Reload the page and try again; the conflict stays open.')

  readonly #back = (): void => {
    this.model.unfinished.close(this.dialog)
    this.draft = null
    this.problem = null
  }

  readonly #giveUp = (): void => this.#leave('What you wrote is given up.')

  readonly #copy = async (): Promise<void> => {
    if (!this.draft) return
    this.problem = await copyLeft(this.draft)
    if (this.problem === null) this.say('What you wrote is copied.')
  }

  readonly #saveEdit = (): Promise<void> =>
    this.attempt(async () => {
      const { draft, record } = this
      if (!draft || !record) return
      this.problem = await saveLeft(this.model, draft, record)
      if (this.problem === null) this.#leave(`What you wrote in “${titleOf(record)}” is saved.`)
    }, 'That was not saved; what you wrote is still here. Try again, or copy it.')

  readonly #save = (): void => {
    if (this.draft) void this.#resolve({ take: 'merged', fields: fieldsOf(this.draft) })
  }

  /** Escape goes one step back, as it does everywhere. */
  protected override cancelled(): void {
    if (this.over) this.putOff()
    else if (this.draft) this.#back()
    else this.close()
  }

  #resolve(resolution: Resolution): Promise<void> {
    return this.attempt(async () => {
      const { view } = this
      if (!view) return
      // While it is being written, what becomes of the words is this dialog's to say.
      const kept = this.model.unfinished.get(this.dialog)
      if (kept) this.model.unfinished.put(this.dialog, kept)
      const answer = await this.model.conflicts.resolve(view, resolution)
      if (answer === 'resolved') this.#done(view, resolution)
      else if (answer === 'changed') this.#renew(true)
      else if (answer === 'gone') this.#settled(view)
      else this.problem = answer.problems.map(({ field, problem }) => problemWords(field, problem)).join(' ')
    }, 'That was not saved; the conflict stays open. Try again, or reload the page.')
  }

  #done(view: ConflictView, { take }: Resolution): void {
    const left = this.draft ? leftOf({ ...this.draft, fields: [] }, this.record) : []
    if (left.length > 0) this.#outlive(view, left, MERGED)
    else this.#leave(keptWords(view, take))
  }

  /** Elsewhere, or in another tab. */
  #settled(was: ConflictView): void {
    const draft = this.draft ?? this.begun(was)
    const left = draft ? leftOf(draft, this.record) : []
    if (left.length > 0) this.#outlive(was, left, SETTLED)
    else this.#leave(settledWords(was.title))
  }

  /** What a person wrote is in no record: it stays until they say what becomes of it. */
  #outlive(view: ConflictView, fields: readonly FieldDraft[], words: string): void {
    // Where it was put aside in an earlier page, its code is not here yet.
    void import('./merge-editor.ts').catch(() => {
      this.problem = NOT_LOADED
    })
    this.view = view
    this.draft = { view, fields, parked: [] }
    this.over = true
    this.problem = null
    this.keep(this.draft)
    this.say(words)
  }

  /** The conflict is settled, here or elsewhere. */
  #leave(words: string): void {
    this.model.unfinished.drop(this.dialog)
    this.model.notify('status', words)
    this.close()
    this.view = null
    this.over = false
  }

  readonly #onRecords = (): void => this.requestUpdate()

  readonly #onChange = (): void => {
    // While a choice is being written its answer says what became of it.
    if (this.view && !this.busy) this.#renew(false)
  }

  /** @param refused a choice was refused since it was made on what is no longer so */
  #renew(refused: boolean): void {
    const { view: was } = this
    const now = this.model.conflicts.get(this.recordId)
    if (!was) return
    if (!now) {
      if (!this.over) this.#settled(was)
      return
    }
    const again = this.over
    this.over = false
    this.view = now
    if (this.draft) {
      this.draft = renewDraft(this.draft, now)
      // It may be another conflict by now, which what is kept must name.
      if (this.model.unfinished.get(this.dialog)) this.keep(this.draft)
    }
    if (!refused && !again && sameSides(was, now)) return
    this.say(changedWords(was.theirs.version !== now.theirs.version, this.draft !== null))
  }
}

customElements.define('pawkit-resolve-dialog', ResolveDialog)
