import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { text } from '../../core/records.ts'
import type { PageModel, WriteResult } from '../model.ts'
import type { OpenText } from '../rescue-model.ts'
import { FieldBinding, type FieldElement } from './field-binding.ts'
import type { SavingMark } from './saving-mark.ts'

/**
 * Binds the text fields of one opened record: every input event is a write of its own, and what others change
 * (another tab, another device) comes into the field without moving caret or selection.
 */
export class RecordEditing implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #model: () => PageModel
  readonly #saving: SavingMark
  readonly #fields = new Map<string, FieldBinding>()
  readonly #refs = new Map<string, (element?: Element) => void>()
  #id = ''
  #problem: string | null = null
  #forget: (() => void) | null = null
  readonly #onRecords = (): void => this.#takeIn()
  readonly #onRescue = (): void => this.#rescue()

  constructor(host: ReactiveControllerHost, model: () => PageModel, saving: SavingMark) {
    this.#host = host
    this.#model = model
    this.#saving = saving
    host.addController(this)
  }

  hostConnected(): void {
    this.#model().addEventListener('records', this.#onRecords)
    this.#model().addEventListener('rescue', this.#onRescue)
    this.#forget = this.#model().rescue.follow(() => this.#unsaved())
    this.#takeIn()
    this.#rescue()
  }

  hostDisconnected(): void {
    this.#model().removeEventListener('records', this.#onRecords)
    this.#model().removeEventListener('rescue', this.#onRescue)
    this.#forget?.()
    for (const field of this.#fields.values()) field.leave()
  }

  /** A sentence about what could not be saved, null when all is well. */
  get problem(): string | null {
    return this.#problem
  }

  /** Shows another record in the bound fields; what was typed into the one before is its own. */
  open(id: string): void {
    if (id === this.#id) return
    for (const field of this.#fields.values()) field.leave()
    this.#id = id
    this.#problem = null
    for (const [name, field] of this.#fields) field.load(this.#stored(name))
  }

  /** For lit's `ref()`: the same function for a field at every render. */
  bind(name: string): (element?: Element) => void {
    const known = this.#refs.get(name)
    if (known) return known
    const attach = (element?: Element): void => {
      this.#fields.get(name)?.detach()
      this.#fields.delete(name)
      if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) return
      const field = new FieldBinding(
        element,
        (shown, typed, leaving) => this.#write(name, shown, typed, leaving),
        (saving) => this.#saving.set(name, saving),
      )
      field.load(this.#stored(name))
      element.readOnly = this.#model().rescue.trouble !== null
      this.#fields.set(name, field)
    }
    this.#refs.set(name, attach)
    return attach
  }

  focus(name: string): void {
    const element: FieldElement | undefined = this.#fields.get(name)?.element
    element?.focus()
  }

  #stored(name: string): string {
    return text(this.#model().records.get(this.#id)?.record.fields[name])
  }

  #takeIn(): void {
    if (!this.#model().records.has(this.#id)) return
    for (const [name, field] of this.#fields) field.takeIn(this.#stored(name))
  }

  #unsaved(): OpenText[] {
    return [...this.#fields].flatMap(([field, { unsaved }]) =>
      unsaved === null ? [] : [{ id: this.#id, field, text: unsaved }],
    )
  }

  /** While nothing can be stored the texts are read and copied, not changed. */
  #rescue(): void {
    const stopped = this.#model().rescue.trouble !== null
    for (const { element } of this.#fields.values()) element.readOnly = stopped
    if (stopped || this.#problem === null) return
    this.#problem = null
    this.#host.requestUpdate()
  }

  async #write(name: string, shown: string, typed: string, leaving: boolean): Promise<string | null> {
    const id = this.#id
    const result = await this.#model().type(id, { [name]: shown }, { [name]: typed }, leaving)
    if (id === this.#id) this.#report(result)
    return result.is === 'written' ? text(result.record.fields[name]) : null
  }

  #report(result: WriteResult): void {
    const before = this.#problem
    this.#problem = sentence(result)
    if (this.#problem !== before) this.#host.requestUpdate()
  }
}

function sentence(result: WriteResult): string | null {
  switch (result.is) {
    case 'invalid':
      return `Not saved: ${result.problems.map(({ field, problem }) => `${field} ${problem}`).join(', ')}. Your text stays here until you change it.`
    case 'storage':
      return `Not saved: ${result.message} Your text stays here; copy it before you close this tab.`
    case 'fenced':
      return 'Another tab has taken control. What you typed here since is kept as a draft.'
    case 'other-library':
      return 'Not saved: this device holds another library now.'
    default:
      return null
  }
}
