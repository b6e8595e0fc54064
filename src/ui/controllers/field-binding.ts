import { toWellFormed } from '../../core/limits.ts'
import { mergeText, replacements } from '../../core/merge-text.ts'
import { carried, type Selection } from '../caret.ts'
import { behind, type LateLetters, type LatePlace, lateLetters, widened, without } from '../late-letters.ts'
import type { FieldResult, WriteField } from './field-write.ts'
import { ReadOnlyField, type Wanted } from './read-only-field.ts'
import type { Saving } from './saving-mark.ts'

export type FieldElement = HTMLInputElement | HTMLTextAreaElement

/**
 * One text field against the store. `seen` is what the next write compares with: the text that the editor last loaded,
 * took in or handed over (traces.md, 1). With writes on their way nothing is taken in, since the last one's result holds
 * everything. A text that could not be written stays in the field, and meets what is stored on the text that both had
 * before: on any other, the refused text's absence from the store, or another's from the field, would be a deletion.
 */
export class FieldBinding {
  readonly element: FieldElement
  readonly #write: WriteField
  readonly #mark: (saving: Saving | null) => void
  readonly #listening = new AbortController()
  readonly #readOnly: ReadOnlyField
  #seen = ''
  #confirmed = ''
  #onTheWay = 0
  /** The text that field and store had before the writes on their way. */
  #base = ''
  /** What came of those, the worst of it: after one that was not written, others compared with what the store never had. */
  #worst: FieldResult['is'] = 'stored'
  /** A write met another's text in the store, which is not taken in yet. */
  #behind = false
  /** The refused text before another's came into it, until that is stored. */
  #before: string | null = null
  #composing = false
  #focused = false
  /** The caret in a text that was changed while the focus was elsewhere: the browser then forgets it. */
  #caret: Selection | null = null
  /** What it gave up last. */
  #late: LatePlace | null = null
  /** The draft that the edit on its way goes on with. */
  #goneOn: LateLetters | null = null
  #dirty = false
  #typedIn = false
  /** Raised when another record is loaded: an answer for the one before must not reach the new one. */
  #generation = 0
  #latest: string | null = null

  /** @param mark is told, in the input event itself, that the store has not what the field shows; null: it has again */
  constructor(
    element: FieldElement,
    write: WriteField,
    mark: (saving: Saving | null) => void = () => {},
    wanted: Wanted = () => {},
  ) {
    this.element = element
    this.#write = write
    this.#mark = mark
    const { signal } = this.#listening
    this.#readOnly = new ReadOnlyField(element, () => this.#seen, wanted, signal)
    element.addEventListener('input', () => this.#typed(), { signal })
    element.addEventListener('compositionstart', () => (this.#composing = true), { signal })
    element.addEventListener('compositionend', () => this.#composed(), { signal })
    element.addEventListener('focus', () => this.#entered(), { signal })
    element.addEventListener('blur', () => this.#left(), { signal })
  }

  load(value: string): void {
    this.#generation++
    this.#onTheWay = 0
    this.#worst = 'stored'
    this.#dirty = false
    this.#latest = null
    this.#caret = null
    this.#late = null
    this.#behind = false
    this.#before = null
    if (this.element.value !== value) this.element.value = value
    // A single-line field shows line breaks as nothing: what it shows is what a write must compare with.
    this.#seen = this.element.value
    this.#confirmed = this.#seen
    this.#mark(null)
  }

  /** Whether it only shows its text: this tab may not write. */
  set readOnly(on: boolean) {
    if (on) this.#typedIn = false
    this.#readOnly.set(on)
  }

  /**
   * Makes an edit where another tab has control: the store refuses it and keeps it as a draft, one with letters that it
   * stands behind.
   */
  asDraft(edit: () => void): void {
    const late = this.#readOnly.on && this.drafted !== null ? this.#late : null
    this.#goneOn = late?.is ?? null
    if (late) this.#showAs(late.is.text)
    try {
      this.#readOnly.asDraft(edit)
    } finally {
      if (late && this.#onTheWay === 0) this.#showAs(this.#confirmed)
    }
  }

  /** The text of the draft where the caret is behind letters of it: what is typed next follows them. null: it is not. */
  get drafted(): string | null {
    const [start, end] = this.#selection
    return this.#late && start === end && end === this.#late.place[0] ? this.#late.is.text : null
  }

  /** This tab takes that draft in. */
  awaitDraft(): void {
    this.#late &&= { ...this.#late, awaited: true }
  }

  /** Whether somebody has typed in it since it may be written in. */
  get typedIn(): boolean {
    return this.#typedIn
  }

  /** What it holds that the store has not confirmed; null: nothing. */
  get unsaved(): string | null {
    return this.element.value === this.#confirmed ? null : this.element.value
  }

  /** Takes the stored value in, now or when the last write has returned. */
  takeIn(stored: string): void {
    if (this.#onTheWay > 0 || this.#composing) this.#latest = stored
    else this.#merge(stored)
  }

  /**
   * The person leaves the field: what was typed is made durable against a power cut. Where another tab has control by now,
   * its taking that was a strict transaction, and so made everything durable that was stored before; what was refused
   * becomes a draft.
   */
  leave(): void {
    if (!this.#dirty || (this.#readOnly.on && this.unsaved === null)) return
    this.#dirty = false
    this.#send(true)
  }

  detach(): void {
    this.leave()
    this.#listening.abort()
    this.#generation++
    this.#mark(null)
  }

  #typed(): void {
    this.#dirty = true
    this.#typedIn = true
    // It goes on from where it was typed, also where the window had not the focus and the field was told of none.
    this.#caret = null
    this.#late = null
    this.#send(false)
  }

  #send(leaving: boolean): void {
    const typed = toWellFormed(this.element.value)
    const shown = this.#seen
    const generation = this.#generation
    if (typed !== this.#confirmed) this.#mark('saving')
    if (this.#onTheWay === 0) this.#base = shown
    this.#seen = typed
    this.#onTheWay++
    this.#confirmed = this.#latest ?? this.#confirmed
    this.#latest = null
    // With each until one is stored: which of several on their way that is, nobody knows.
    const how = this.#before !== null ? { before: this.#before } : this.#behind ? 'behind' : undefined
    void this.#write(shown, typed, leaving, how).then((result) => {
      if (generation === this.#generation) this.#returned(result, shown, typed)
    })
  }

  #returned(result: FieldResult, shown: string, typed: string): void {
    this.#onTheWay--
    // It compared with a text that was refused, which the store never had.
    const amiss = shown !== this.#base
    if (result.is !== 'refused') this.#confirmed = result.text
    if (result.is === 'stored') {
      // What it brought into the store is no other's.
      this.#base = amiss ? mergeText(shown, typed, this.#base, 'both').text : typed
      this.#behind = result.text !== typed
      this.#before = null
    }
    if (result.is === 'fenced' || this.#worst === 'stored') this.#worst = result.is
    if (this.#onTheWay > 0) return
    const stored = this.#latest ?? this.#confirmed
    const worst = this.#worst
    this.#worst = 'stored'
    if (worst === 'fenced') this.#giveUp(stored)
    else if (worst === 'refused') this.#compareAnew(stored, amiss)
    else {
      this.#mark(null)
      this.takeIn(stored)
    }
  }

  /** Another tab has or had control: what this one could not write is a draft now, and it shows what is stored. */
  #giveUp(stored: string): void {
    const [, end] = this.#selection
    const goneOn = this.#goneOn?.text === this.#base ? this.#goneOn : null
    const is = lateLetters(goneOn ? without(goneOn) : this.#base, this.element.value, this.#selection)
    this.#goneOn = null
    this.#late = null
    // At the caret, where they were typed: of letters like their neighbours a difference would name others.
    if (is) {
      const at = end - is.letters.length
      this.element.setRangeText('', at, end, 'preserve')
      this.#caret = [at, at]
      this.#late = { is, place: [at, at], awaited: false }
    }
    this.#show(stored)
    const [caret, late] = [this.#focused ? null : this.#caret, this.#late]
    this.load(stored)
    this.#caret = caret
    this.#late = late
  }

  /** The refused text stays, and is tried once more where something else comes into it, or the last try went amiss. */
  #compareAnew(stored: string, again: boolean): void {
    this.#seen = this.#base
    this.takeIn(stored)
    if (again && this.#onTheWay === 0 && this.unsaved !== null) this.#send(false)
    if (this.#onTheWay === 0) this.#mark(this.unsaved === null ? null : 'refused')
  }

  #composed(): void {
    this.#composing = false
    if (this.#latest !== null) this.takeIn(this.#latest)
  }

  #merge(stored: string): void {
    this.#latest = null
    this.#behind = false
    this.#confirmed = stored
    const now = this.element.value
    if (stored === this.#seen) return
    const merged = now === this.#seen ? stored : mergeText(this.#seen, now, stored, 'both').text
    const had = this.#before ?? toWellFormed(now)
    this.#before = had === this.#seen || merged === stored || merged === had ? null : had
    this.#seen = stored
    this.#show(merged)
    this.element.dispatchEvent(new CustomEvent('pawkit-taken-in', { bubbles: true, composed: true }))
    if (merged !== stored) this.#send(false)
    else this.#mark(null)
  }

  #entered(): void {
    this.#focused = true
    this.#placeCaret()
    this.#caret = null
  }

  #left(): void {
    this.#focused = false
    this.leave()
  }

  get #selection(): Selection {
    const { selectionStart, selectionEnd } = this.element
    return this.#caret ?? [selectionStart ?? 0, selectionEnd ?? 0]
  }

  #placeCaret(): void {
    if (this.#caret) this.#select(this.#caret)
  }

  #select([start, end]: Selection): void {
    const { element } = this
    if (element.selectionStart !== start || element.selectionEnd !== end)
      element.setSelectionRange(start, end)
  }

  #showAs(value: string): void {
    this.#show(value)
    this.#seen = value
  }

  /** Without moving caret or selection. */
  #show(value: string): void {
    const { element } = this
    const late = this.drafted === null ? null : this.#late
    const back = late && behind(late, element.value, value)
    let place = late?.place
    let selection = this.#selection
    for (const part of replacements(element.value, value)) {
      element.setRangeText(part.text, part.start, part.end, 'preserve')
      selection = carried(selection, part)
      place &&= widened(place, part)
    }
    if (back !== null) selection = [back, back]
    this.#late = late && place && back === null ? { ...late, place } : null
    this.#select(selection)
    if (!this.#focused) this.#caret = selection
  }
}
