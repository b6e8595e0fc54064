import type { Dialog } from '../requests.ts'
import { DialogElement } from './dialog-element.ts'

type Values = Readonly<Record<string, string | null>>
type Field = HTMLInputElement | HTMLTextAreaElement

/** A dialog with fields whose words outlive a reload of the page, until they are saved or given up. */
export abstract class FormDialog extends DialogElement {
  /** By what the shell opens it again. */
  protected abstract readonly form: Dialog

  protected override async prepare(): Promise<void> {
    const kept = this.model.unfinished.get(this.form) as Values | undefined
    if (kept) this.fill(kept)
    this.renderRoot.addEventListener('input', () => this.#keep())
  }

  protected override close(): void {
    this.model.unfinished.drop(this.form)
    super.close()
  }

  protected values(): Values {
    return Object.fromEntries(this.#fields.map(({ id, value }) => [id, value]))
  }

  protected fill(values: Values): void {
    for (const field of this.#fields) field.value = values[field.id] ?? field.value
  }

  #keep(): void {
    if (this.#fields.every(({ value }) => value === '')) this.model.unfinished.drop(this.form)
    else this.model.unfinished.put(this.form, this.values())
  }

  /** A password is kept nowhere. */
  get #fields(): readonly Field[] {
    return [...this.renderRoot.querySelectorAll<Field>('input:not([type=password]), textarea')]
  }
}
