/** Of what an editor shows: on its way into the store, or refused by it. */
export type Saving = 'saving' | 'refused'

/**
 * What the open editor shows and the store has not confirmed, field by field. From the input event until the commit the
 * record's own state says nothing of that text, so it is not shown as the text's.
 */
export class SavingMark extends EventTarget {
  readonly #fields = new Map<string, Saving>()

  /** Null: the store has everything that is shown. */
  get now(): Saving | null {
    const all = [...this.#fields.values()]
    return all.includes('refused') ? 'refused' : (all[0] ?? null)
  }

  /** @param saving null: the store has what this field shows */
  set(field: string, saving: Saving | null): void {
    const before = this.now
    if (saving === null) this.#fields.delete(field)
    else this.#fields.set(field, saving)
    if (this.now !== before) this.dispatchEvent(new Event('change'))
  }
}
