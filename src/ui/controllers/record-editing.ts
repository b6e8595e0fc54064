import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { text } from '../../core/records.ts'
import type { Place } from '../../core/session.ts'
import { focused } from '../floating.ts'
import type { PageModel, WriteResult } from '../model.ts'
import type { OpenText } from '../rescue-model.ts'
import { FieldBinding, type FieldElement } from './field-binding.ts'
import type { FieldResult, WriteField } from './field-write.ts'
import type { SavingMark } from './saving-mark.ts'
import { scrollerOf } from './scroller.ts'
import { WantedEdits } from './wanted-edits.ts'

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
  #unfollow: (() => void) | null = null
  readonly #wanted = new WantedEdits(
    () => this.#model().tabs,
    () => this.#id,
    () => this.#control(),
  )
  readonly #onTabs = (): void => this.#control()
  readonly #onPlace = (): void => this.#arrive()
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
    this.#model().addEventListener('tabs', this.#onTabs)
    this.#model().tabs.addEventListener('place', this.#onPlace)
    this.#unfollow = this.#model().tabs.follow(() => this.#place())
    this.#takeIn()
    this.#rescue()
    this.#control()
  }

  hostDisconnected(): void {
    this.#model().removeEventListener('records', this.#onRecords)
    this.#model().removeEventListener('rescue', this.#onRescue)
    this.#model().removeEventListener('tabs', this.#onTabs)
    this.#model().tabs.removeEventListener('place', this.#onPlace)
    this.#forget?.()
    this.#unfollow?.()
    this.#wanted.keep()
    for (const field of this.#fields.values()) field.leave()
  }

  hostUpdated(): void {
    this.#arrive()
  }

  /** A sentence about what could not be saved, null when all is well. */
  get problem(): string | null {
    return this.#problem
  }

  /** Shows another record in the bound fields; what was typed into the one before is its own. */
  open(id: string): void {
    if (id === this.#id) return
    this.#wanted.keep()
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
        (shown, typed, leaving, how) => this.#write(name, shown, typed, leaving, how),
        (saving) => this.#saving.set(name, saving),
        (edit) => this.#wanted.add(field, edit),
      )
      field.load(this.#stored(name))
      field.readOnly = this.#readOnly
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

  get #mayWrite(): boolean {
    return this.#model().tabs.control === 'active'
  }

  /** Also with control, as long as what was typed before it came is still to be made. */
  get #readOnly(): boolean {
    return !this.#mayWrite || this.#wanted.wait
  }

  #control(): void {
    for (const field of this.#fields.values()) field.readOnly = this.#readOnly
    if (!this.#mayWrite || this.#problem === null) return
    this.#problem = null
    this.#host.requestUpdate()
  }

  /** Where the person is, for the tab that goes on from here. */
  #place(): Place | null {
    const [first] = this.#fields.values()
    if (!first) return null
    const [field = null, { element } = first] =
      [...this.#fields].find(([, one]) => one.element === focused()) ?? []
    const { scrollTop } = scrollerOf(element)
    const at = field === null ? null : element
    const [start, end] = [at?.selectionStart ?? 0, at?.selectionEnd ?? 0]
    return { path: location.pathname, field, start, end, scroll: scrollTop }
  }

  /** Goes on where the person was in the tab that had control. */
  #arrive(): void {
    const [first] = this.#fields.values()
    const place = first ? this.#model().tabs.arrive(location.pathname) : null
    // Nobody asked to be taken there, and whoever has the caret in a text is about to type; or somebody types already.
    if (!first || !place || (!place.asked && inText())) return
    if ([...this.#fields.values()].some(({ typedIn }) => typedIn)) return
    const element = this.#fields.get(place.field ?? '')?.element
    element?.focus({ preventScroll: true })
    element?.setSelectionRange(place.start, place.end)
    scrollerOf(element ?? first.element).scrollTop = place.scroll
  }

  async #write(name: string, ...[shown, typed, leaving, how]: Parameters<WriteField>): Promise<FieldResult> {
    const id = this.#id
    const met = typeof how === 'object' ? { before: { [name]: how.before } } : { how }
    const result = await this.#model().type(id, { [name]: shown }, { [name]: typed }, leaving, met)
    if (id === this.#id) this.#report(result)
    if (result.is === 'written') return { is: 'stored', text: text(result.record.fields[name]) }
    return result.is === 'fenced' ? { is: 'fenced', text: this.#stored(name) } : { is: 'refused' }
  }

  #report(result: WriteResult): void {
    const before = this.#problem
    this.#problem = sentence(result)
    if (this.#problem !== before) this.#host.requestUpdate()
  }
}

const inText = (): boolean => {
  const element = focused()
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
}

function sentence(result: WriteResult): string | null {
  switch (result.is) {
    case 'invalid':
      return `Not saved: ${result.problems.map(({ field, problem }) => `${field} ${problem}`).join(', ')}. Your text stays here until you change it.`
    case 'storage':
      return `Not saved: ${result.message} Your text stays here; copy it before you close this tab.`
    case 'other-library':
      return 'Not saved: this device holds another library now.'
    default:
      return null
  }
}
