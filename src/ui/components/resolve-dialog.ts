import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import type { Resolution } from '../../core/conflict.ts'
import { isPurged } from '../../core/records.ts'
import { problemWords, type Sides, sidesOf, whatHappened } from '../conflict-words.ts'
import { icon } from '../icons.ts'
import { beginDraft, type Draft, fieldsOf, renewDraft, sameSides } from '../merge/draft.ts'
import type { ConflictView, PageModel } from '../model.ts'
import { dialogBar } from '../styles/dialog-bar.ts'
import { comparedFields } from './compared-fields.ts'
import { DialogElement } from './dialog-element.ts'
import { markedStyles } from './marked-text.ts'
import { resolveStyles } from './resolve-dialog.styles.ts'

const KEPT = 'What you do not keep stays in its version history.'
const FOR_GOOD = 'It was deleted for good there: with that version, what is here goes for good too.'

/** Merges that were begun and not saved: closing the dialog keeps them as long as the page lives. */
const begun = new WeakMap<PageModel, Map<string, Draft>>()

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
    this.view = this.model.conflicts.get(this.recordId)
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.get('draft') && this.draft === null) this.focusOn('merge')
  }

  get #kept(): Map<string, Draft> {
    const kept = begun.get(this.model) ?? new Map<string, Draft>()
    begun.set(this.model, kept)
    for (const id of kept.keys()) if (!this.model.conflicts.get(id)) kept.delete(id)
    return kept
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
    const mergeable = this.#kept.has(view.id) ? 'Go on merging both' : 'Merge both'
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
      const kept = this.#kept.get(view.id)
      this.view = now
      // One that was begun on an earlier conflict of this record is of no use.
      this.draft = kept?.view.since === now.since ? renewDraft(kept, now) : beginDraft(now)
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
    this.#kept.set(draft.view.id, draft)
  }

  readonly #back = (): void => {
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

  #done({ id, title }: ConflictView, { take }: Resolution): void {
    this.#kept.delete(id)
    const kept = {
      local: 'This device’s version',
      server: 'The server’s version',
      merged: 'The merged version',
    }
    this.#leave(`${kept[take]} of “${title}” is kept; the rest is in its version history.`)
  }

  #leave(words: string): void {
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
