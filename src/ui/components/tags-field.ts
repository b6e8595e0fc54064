import { css, html, nothing } from 'lit'
import { createRef, ref } from 'lit/directives/ref.js'
import { sameValue } from '../../core/records.ts'
import { ReadOnlyField } from '../controllers/read-only-field.ts'
import type { SavingMark } from '../controllers/saving-mark.ts'
import { WantedEdits } from '../controllers/wanted-edits.ts'
import { PawkitElement } from '../element.ts'
import { icon } from '../icons.ts'
import { problemOf } from '../outcome.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { splitTags, tagsOf } from '../words.ts'
import { problemLine } from './problem.ts'

/** A pause after which the last tag counts as typed, though no comma, Enter or leaving has said so. */
const PAUSE = 900

/**
 * Textbox `Tags`: a plain list with commas. Not bound letter by letter like the texts: half a tag is no tag.
 */
export class TagsField extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    recordId: {},
    saving: { attribute: false },
    problem: { state: true },
  }
  declare recordId: string
  declare saving: SavingMark
  declare problem: string | null
  readonly #input = createRef<HTMLInputElement>()
  /** The tags that the field showed when the person began to change it. */
  #shown: readonly string[] = []
  #typing = false
  #readOnly: ReadOnlyField | null = null
  readonly #wanted = new WantedEdits(
    () => this.model.tabs,
    () => this.recordId,
  )
  #timer: ReturnType<typeof setTimeout> | undefined

  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
      }
      .line {
        display: flex;
        align-items: center;
        gap: 6px;
        color: var(--ink-soft);
      }
      .line .icon {
        width: 18px;
        height: 18px;
      }
      input {
        flex: 1;
        min-width: 0;
        min-height: var(--target);
        margin: 0;
        padding: 0 6px;
        border: 0;
        border-radius: var(--radius-control);
        background: transparent;
        color: inherit;
        font: 400 var(--text-15) / 1.4 var(--font);
      }
      input:focus-visible {
        outline-offset: -2px;
        color: var(--ink);
      }
      @media (pointer: coarse) {
        input {
          font-size: 1rem;
        }
      }
    `,
  ]

  constructor() {
    super()
    this.problem = null
    this.watch('records')
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // Captured: before the page hands over what is not committed yet.
    window.addEventListener('pagehide', this.#commit, { capture: true })
    document.addEventListener('visibilitychange', this.#commit, { capture: true })
    this.model.addEventListener('tabs', this.#onTabs)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('pagehide', this.#commit, { capture: true })
    document.removeEventListener('visibilitychange', this.#commit, { capture: true })
    this.model.removeEventListener('tabs', this.#onTabs)
    this.#commit()
  }

  override firstUpdated(): void {
    const input = this.#input.value
    if (!input) return
    const shown = (): string => this.#shown.join(', ')
    const { signal } = new AbortController()
    const readOnly = new ReadOnlyField(input, shown, (edit) => this.#wanted.add(field, edit), signal)
    const field = { element: input, drafted: null, asDraft: (edit: () => void) => readOnly.asDraft(edit) }
    this.#readOnly = readOnly
  }

  override updated(): void {
    this.#readOnly?.set(this.model.tabs.control !== 'active')
    const input = this.#input.value
    const view = this.model.records.get(this.recordId)
    if (!input || !view || this.#typing) return
    // What comes from elsewhere waits while somebody may type there: nothing moves under the caret.
    const mayType = this.shadowRoot?.activeElement === input && this.#readOnly?.on === false
    if (mayType && input.value !== '') return
    this.#shown = tagsOf(view.record)
    input.value = this.#shown.join(', ')
  }

  override render() {
    return html`<div class="line">
        ${icon('tag')}<label class="visually-hidden" for="tags">Tags</label>
        <input
          ${ref(this.#input)}
          id="tags"
          autocomplete="off"
          autocapitalize="none"
          placeholder="Add tags, with commas"
          aria-invalid=${this.problem ? 'true' : nothing}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
          @blur=${this.#onBlur}
        />
      </div>
      ${problemLine(this.problem)}`
  }

  readonly #onInput = (event: Event): void => {
    this.#typing = true
    this.saving.set('tags', 'saving')
    clearTimeout(this.#timer)
    if (event instanceof InputEvent && event.data === ',') this.#commit()
    else this.#timer = setTimeout(this.#commit, PAUSE)
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.isComposing) this.#commit()
  }

  readonly #onTabs = (): void => {
    // In the event itself: what is typed is written before control goes, or is a draft where it has gone.
    if (this.model.tabs.control !== 'active') this.#commit()
    this.#readOnly?.set(this.model.tabs.control !== 'active')
  }

  readonly #onBlur = (): void => {
    this.#commit()
    this.requestUpdate()
  }

  readonly #commit = (): void => {
    clearTimeout(this.#timer)
    const input = this.#input.value
    if (!this.#typing || !input) return
    this.#typing = false
    const typed = splitTags(input.value)
    const shown = this.#shown
    if (sameValue('set', shown, typed)) {
      this.problem = null
      this.#settle()
      return
    }
    this.#shown = typed
    void this.#save(shown, typed)
  }

  async #save(shown: readonly string[], typed: readonly string[]): Promise<void> {
    const { recordId, model } = this
    const [from, to] = [{ tags: shown }, { tags: typed }]
    // Typed before this tab heard that it has lost control: as with texts, nobody is asked, and the store keeps a draft.
    const lost = model.tabs.control === 'read-only'
    const result = await (lost ? model.type(recordId, from, to, true) : model.edit(recordId, from, to))
    this.problem = problemOf(result)
    // It is a draft, and who chose to view only is not to be asked again at every step.
    if (result.is === 'fenced') {
      this.problem = null
      const view = this.model.records.get(this.recordId)
      this.#shown = view ? tagsOf(view.record) : []
      if (this.#input.value) this.#input.value.value = this.#shown.join(', ')
    }
    // What was not written is still only typed: the next commit tries it on the tags that were really there.
    if (this.problem !== null) {
      this.#shown = shown
      this.#typing = true
    }
    this.#settle()
  }

  /** Letters that came while a write was on its way are still only typed. */
  #settle(): void {
    if (this.problem !== null) this.saving.set('tags', 'refused')
    else if (!this.#typing) this.saving.set('tags', null)
  }
}

customElements.define('pawkit-tags-field', TagsField)
