import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Resolution } from '../../core/conflict.ts'
import { isPurged } from '../../core/records.ts'
import { problemWords, type Sides, sidesOf, whatHappened } from '../conflict-words.ts'
import { icon } from '../icons.ts'
import { beginDraft, type Draft, fieldsOf, renewDraft, sameSides } from '../merge/draft.ts'
import { goOn, type KeptDraft, keepDraft } from '../merge/kept-draft.ts'
import type { ConflictView } from '../model.ts'
import type { Dialog } from '../requests.ts'
import { dialogBar } from '../styles/dialog-bar.ts'
import { comparedFields } from './compared-fields.ts'
import { DialogElement } from './dialog-element.ts'
import { markedStyles } from './marked-text.ts'
import { resolveStyles } from './resolve-dialog.styles.ts'

const KEPT = 'What you do not keep stays in its version history.'
const FOR_GOOD = 'It was deleted for good there: with that version, what is here goes for good too.'

/** Dialog `Resolve conflict`: both versions of a record, and what becomes of them. Nothing is written until a person says so. */
class ResolveDialog extends DialogElement {
  static override properties = {
    ...DialogElement.properties,
    recordId: {},
    view: { state: true },
    draft: { state: true },
    said: { state: true },
    whole: { state: true },
  }
  declare recordId: string
  declare view: ConflictView | null
  /** The merge under way; null: the two versions are compared. */
  declare draft: Draft | null
  declare said: string
  /** Texts are shown without leaving out what is the same. */
  declare whole: boolean
  protected override readonly heading = 'Resolve conflict'

  static override styles = [...DialogElement.styles, markedStyles, dialogBar, resolveStyles]

  constructor() {
    super()
    this.view = null
    this.draft = null
    this.said = ''
    this.whole = false
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.model.conflicts.removeEventListener('change', this.#onChange)
  }

  protected override async prepare(): Promise<void> {
    // Not as it is connected: an element that was in the page before its code has no model yet by then.
    this.model.conflicts.addEventListener('change', this.#onChange)
    await this.model.conflicts.look()
    this.view = this.model.conflicts.get(this.recordId)
    // Where the page was reloaded in the midst of merging.
    if (this.model.unfinished.isOpen(this.#dialog)) await this.#merge()
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.get('draft') && this.draft === null) this.focusOn('merge')
  }

  get #dialog(): Dialog {
    return { is: 'resolve', id: this.recordId }
  }

  /** A merge that was begun and not saved: closing the dialog keeps it, and so does a reload. */
  #begun(view: ConflictView): Draft | null {
    const kept = this.model.unfinished.get(this.#dialog)
    return kept ? goOn(kept as KeptDraft, view) : null
  }

  protected override body(): TemplateResult {
    const { view } = this
    if (!view)
      return html`<p>This conflict is settled already.</p>
        <div class="bar"><button class="later" @click=${() => this.close()}>Close</button></div>`
    const sides = sidesOf(view, this.model.summary.account, Date.now())
    const lead = html`<p class="lead" tabindex="-1" autofocus>
      ${whatHappened(view, sides)} <span class="soft">${isPurged(view.theirs) ? FOR_GOOD : KEPT}</span>
    </p>`
    return html`${lead}
      <p class="said" role="status">${this.said ? html`${icon('alert')}<span>${this.said}</span>` : nothing}</p>
      ${
        this.draft
          ? html`<pawkit-merge-editor
              class="merging"
              .model=${this.model}
              .draft=${this.draft}
              .sides=${sides}
              .problem=${this.problem}
              .busy=${this.busy}
              @draft=${this.#onDraft}
              @save=${this.#save}
              @back=${this.#back}
            ></pawkit-merge-editor>`
          : this.#compare(view, sides)
      }`
  }

  #compare(view: ConflictView, sides: Sides): TemplateResult {
    const mergeable = this.model.unfinished.get(this.#dialog) ? 'Go on merging both' : 'Merge both'
    const { model, whole } = this
    const toggleWhole = (): void => {
      this.whole = !this.whole
    }
    return html`${comparedFields({ view, sides, model, whole, toggleWhole })}
      <div class="bar">
        ${this.problemLine()}
        <button class="later" @click=${() => this.close()}>Not now</button>
        <button class="outlined" @click=${() => this.#resolve({ take: 'local' })}>Keep local version</button>
        <button class="outlined" @click=${() => this.#resolve({ take: 'server' })}>Use server version</button>
        <button id="merge" class="primary" aria-label="Merge both" title=${mergeable} @click=${this.#merge}>Merge both</button>
      </div>`
  }

  readonly #merge = async (): Promise<void> => {
    const { view } = this
    if (!view || this.busy) return
    this.busy = true
    this.problem = null
    try {
      await import('./merge-editor.ts')
      const now = this.model.conflicts.get(view.id) ?? view
      this.view = now
      this.draft = this.#begun(now) ?? beginDraft(now)
    } catch {
      this.problem =
        'The merge editor could not be loaded. Reload the page and try again; the conflict stays open.'
    } finally {
      this.busy = false
    }
  }

  readonly #onDraft = (event: Event): void => {
    if (!(event instanceof CustomEvent)) return
    const draft: Draft = event.detail
    this.draft = draft
    this.problem = null
    this.model.unfinished.put(this.#dialog, keepDraft(draft))
  }

  readonly #back = (): void => {
    this.model.unfinished.close(this.#dialog)
    this.draft = null
    this.problem = null
  }

  readonly #save = (): void => {
    if (this.draft) void this.#resolve({ take: 'merged', fields: fieldsOf(this.draft) })
  }

  /** Escape goes one step back, as it does everywhere. */
  protected override cancelled(): void {
    if (this.draft) this.#back()
    else this.close()
  }

  protected override close(): void {
    this.model.unfinished.close(this.#dialog)
    super.close()
  }

  async #resolve(resolution: Resolution): Promise<void> {
    const { view } = this
    if (!view || this.busy) return
    this.busy = true
    this.problem = null
    try {
      const answer = await this.model.conflicts.resolve(view, resolution)
      if (answer === 'resolved') this.#done(view, resolution)
      else if (answer === 'changed') this.#renew(true)
      else if (answer === 'gone') this.#leave(settled(view))
      else this.problem = answer.problems.map(({ field, problem }) => problemWords(field, problem)).join(' ')
    } catch {
      this.problem = 'That was not saved; the conflict stays open. Try again, or reload the page.'
    } finally {
      this.busy = false
    }
  }

  #done({ title }: ConflictView, { take }: Resolution): void {
    const kept = {
      local: 'This device’s version',
      server: 'The server’s version',
      merged: 'The merged version',
    }
    this.#leave(`${kept[take]} of “${title}” is kept; the rest is in its version history.`)
  }

  /** The conflict is settled, here or elsewhere. */
  #leave(words: string): void {
    this.model.unfinished.drop(this.#dialog)
    this.model.notify('status', words)
    this.close()
    this.view = null
  }

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
      this.#leave(settled(was))
      return
    }
    this.view = now
    if (this.draft) this.draft = renewDraft(this.draft, now)
    if (!refused && sameSides(was, now)) return
    const which = was.theirs.version !== now.theirs.version ? 'The other version' : 'This device’s version'
    const kept = this.draft ? ' What you chose and wrote is kept.' : ''
    this.said = ''
    // Said again where it has happened again.
    void this.updateComplete.then(() => {
      this.said = `${which} has changed meanwhile and is shown as it is now.${kept}`
    })
  }
}

const settled = ({ title }: ConflictView): string => `The conflict of “${title}” is settled already.`

customElements.define('pawkit-resolve-dialog', ResolveDialog)
