import { html, nothing, type TemplateResult } from 'lit'
import { isPurged } from '../../core/records.ts'
import { fieldName, lifeWords, mineLine, type Sides, theirsLine, valueWords } from '../conflict-words.ts'
import { icon } from '../icons.ts'
import { FOLDS_FROM } from '../merge/folded.ts'
import { changesOf, isWritten, setChangesOf, shownFields } from '../merge/shown-fields.ts'
import type { ConflictField, ConflictView, PageModel } from '../model.ts'
import { markedSet, markedText } from './marked-text.ts'

export interface Comparison {
  readonly view: ConflictView
  readonly sides: Sides
  readonly model: Pick<PageModel, 'records' | 'summary'>
  /** Long texts are shown without leaving out what is the same. */
  readonly whole: boolean
  readonly toggleWhole: () => void
}
type Side = 'mine' | 'theirs'

/** Every field in question: this device's value and the other one beside it, with what changed marked. */
export function comparedFields(comparison: Comparison): TemplateResult {
  const { sides, view } = comparison
  return html`<div class="sides" aria-hidden="true">
      <div><b>This device</b><span class="soft small numbers">${sides.mine}</span></div>
      <div><b>${sides.device}</b><span class="soft small numbers">${sides.theirs}</span></div>
    </div>
    ${shownFields(view).map((field) => section(field, comparison))}`
}

function section(field: ConflictField, comparison: Comparison): TemplateResult {
  const { model, whole, toggleWhole } = comparison
  const name = `field-${field.field}`
  const now = Date.now()
  const cell = (side: Side, line: string): TemplateResult =>
    html`<div class="cell" role="group" aria-label=${line}>
      <p class="whose" aria-hidden="true">${line}</p>
      ${value(field, side, comparison)}
    </div>`
  return html`<section class="field-part" aria-labelledby=${name}>
    <h3 id=${name}>${fieldName(field.field)}</h3>
    <div class="pair">
      ${cell('mine', mineLine(field, now))} ${cell('theirs', theirsLine(field, model.summary.account, now))}
    </div>
    ${
      field.merge === 'text' && isLong(field)
        ? html`<button class="link more" aria-pressed=${whole ? 'true' : 'false'} @click=${toggleWhole}>Show the whole text</button>`
        : nothing
    }
  </section>`
}

const isLong = (field: ConflictField): boolean =>
  [...changesOf(field, 'mine'), ...changesOf(field, 'theirs')].some(
    ({ is, text }) => is === 'same' && text.split('\n').length > FOLDS_FROM,
  )

const none = (words: string): TemplateResult => html`<p class="none">${words}</p>`

function value(field: ConflictField, side: Side, comparison: Comparison): TemplateResult {
  const { view, sides, model, whole } = comparison
  if (field.field === 'deleted') {
    const forGood = side === 'theirs' && isPurged(view.theirs)
    const gone = forGood || field[side] === true
    const words = lifeWords(gone, side === 'mine' ? 'here' : sides.where, forGood)
    return html`<p class="life">${icon(gone ? 'trash' : 'note')}${words}</p>`
  }
  const named = (of: ConflictField[Side]): string => valueWords(field.field, of, model.records, Date.now())
  if (field.merge === 'set') {
    const marks = setChangesOf(field, side)
    const items = field.field === 'tags' ? marks : marks.map(({ is, text }) => ({ is, text: named([text]) }))
    return items.length === 0 ? none('None') : markedSet(items)
  }
  if (isWritten(field)) {
    const parts = changesOf(field, side)
    if (parts.length === 0) return none('Empty')
    return parts.every(({ is }) => is === 'same') ? none('As it was') : markedText(parts, whole)
  }
  const words = named(field[side])
  return words === '' ? none('None') : html`<p dir="auto">${words}</p>`
}
