import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { isPurged } from '../../core/records.ts'
import type { KeptDraft } from '../merge/kept-draft.ts'
import type { PageModel } from '../model.ts'
import { ask, type Dialog } from '../requests.ts'

export const LEFT = 'What you wrote while merging is kept in this tab, and saved nowhere.'

type Model = Pick<PageModel, 'conflicts' | 'unfinished' | 'records' | 'resolveId' | 'notify'>
type Host = ReactiveControllerHost & EventTarget & { readonly model: Model }

/**
 * A merge that was begun and put aside is found again by its conflict. Where that has been settled since, nothing leads
 * to what a person wrote in it: that is said, once, and shown if they like.
 */
export class MergesLeft implements ReactiveController {
  readonly #host: Host
  readonly #told = new Set<string>()
  /** After the dialog, which keeps what it shows itself. */
  readonly #onChange = (): void => void setTimeout(() => this.look())

  constructor(host: Host) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    const { conflicts, unfinished } = this.#host.model
    conflicts.addEventListener('change', this.#onChange)
    // Settled while the page was away.
    if (unfinished.merges.length > 0)
      conflicts.look().then(
        () => this.look(),
        () => {},
      )
  }

  hostDisconnected(): void {
    this.#host.model.conflicts.removeEventListener('change', this.#onChange)
  }

  look(): void {
    const { model } = this.#host
    for (const id of model.unfinished.merges) {
      const dialog: Dialog = { is: 'resolve', id }
      if (model.conflicts.get(id)) this.#told.delete(id)
      // Its dialog says so itself when it is put off.
      else if (model.unfinished.isOpen(dialog)) this.#told.add(id)
      else if (!this.#told.has(id)) void this.#tell(dialog, id)
    }
  }

  async #tell(dialog: Dialog, id: string): Promise<void> {
    const { model } = this.#host
    this.#told.add(id)
    // What cannot be looked at is told of rather than kept quiet.
    const says = await this.#says(dialog, id).catch(() => true)
    // Saved or given up meanwhile.
    if (!model.unfinished.get(dialog)) return
    if (says)
      model.notify('alert', LEFT, { label: 'Show', run: () => void ask(this.#host, { open: dialog }) })
    else model.unfinished.drop(dialog)
  }

  /** Whether a person wrote something in it that the record does not say. Few do, so it is no part of the first load. */
  async #says(dialog: Dialog, id: string): Promise<boolean> {
    const { model } = this.#host
    const { outlived } = await import('../merge/kept-draft.ts')
    const { leftOf } = await import('../merge/left-over.ts')
    const known = model.records.get(model.resolveId(id))?.record
    const record = known && !isPurged(known) ? known : null
    const draft = outlived(model.unfinished.get(dialog) as KeptDraft, id, record)
    return leftOf(draft, record).length > 0
  }
}
