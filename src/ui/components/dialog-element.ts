import { css, html, type TemplateResult } from 'lit'
import { createRef, ref } from 'lit/directives/ref.js'
import { PawkitElement } from '../element.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { floating } from '../styles/floating.ts'
import { problemLine } from './problem.ts'

/**
 * A modal dialog that opens as it is put into the page and says `closed` when it is done. Each dialog is a
 * subclass and not a slot's content, so that heading, labels and fields share one root.
 */
export abstract class DialogElement extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    problem: { state: true },
    busy: { state: true },
  }
  declare problem: string | TemplateResult | null
  declare busy: boolean
  readonly #dialog = createRef<HTMLDialogElement>()

  static override styles = [
    base,
    controls,
    floating,
    css`
      .problem a {
        color: inherit;
      }
    `,
  ]

  protected abstract readonly heading: string
  protected abstract body(): TemplateResult
  /** Escape and `Cancel`. */
  protected cancelled(): void {
    this.close()
  }

  constructor() {
    super()
    this.problem = null
    this.busy = false
  }

  /** What the dialog must know before it shows, so that nothing in it moves later. */
  protected prepare(): Promise<void> | undefined {
    return undefined
  }

  override async firstUpdated(): Promise<void> {
    await this.prepare()
    await this.updateComplete
    this.#dialog.value?.showModal()
    this.#say(true)
  }

  override render(): TemplateResult {
    return html`<dialog ${ref(this.#dialog)} aria-labelledby="heading" @cancel=${this.#onCancel} @close=${this.#onClose}>
      <div class="dialog-body">
        <h2 id="heading">${this.heading}</h2>
        ${this.body()}
      </div>
    </dialog>`
  }

  protected close(): void {
    // First: the browser gives the focus back to what is behind.
    this.#say(false)
    this.#dialog.value?.close()
  }

  /** Does what a person asked for, once at a time; what throws is said in the dialog, which goes on. */
  protected async attempt(work: () => Promise<void>, problem: string): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.problem = null
    try {
      await work()
    } catch {
      this.problem = problem
    } finally {
      this.busy = false
    }
  }

  protected problemLine(): TemplateResult {
    return html`${problemLine(this.problem)}`
  }

  #say(modal: boolean): void {
    this.dispatchEvent(new CustomEvent('pawkit-modal', { detail: modal, bubbles: true, composed: true }))
  }

  /** The text of a field of this dialog. */
  protected fieldText(id: string): string {
    const field = this.renderRoot.querySelector(`#${id}`)
    return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value : ''
  }

  protected focusOn(id: string): void {
    this.renderRoot.querySelector<HTMLElement>(`#${id}`)?.focus()
  }

  readonly #onCancel = (event: Event): void => {
    event.preventDefault()
    if (!this.busy) this.cancelled()
  }

  readonly #onClose = (): void => {
    this.dispatchEvent(new CustomEvent('closed'))
  }
}
