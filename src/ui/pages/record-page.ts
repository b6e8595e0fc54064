import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { problemLine } from '../components/problem.ts'
import '../components/record-bar.ts'
import type { Layout } from '../controllers/layout-controller.ts'
import { RecordEditing } from '../controllers/record-editing.ts'
import { SavingMark } from '../controllers/saving-mark.ts'
import { PawkitElement } from '../element.ts'

/** What the pages of note, card and collection share. The texts belong to RecordEditing: no page writes their value. */
export class RecordPage extends PawkitElement {
  static override properties = { ...PawkitElement.properties, recordId: {}, layout: {}, focusField: {} }
  declare recordId: string
  declare layout: Layout
  /** The field to begin in; null: the page is read first. */
  declare focusField: string | null
  protected readonly saving = new SavingMark()
  protected readonly editing = new RecordEditing(this, () => this.model, this.saving)

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('recordId')) this.editing.open(this.recordId)
  }

  override firstUpdated(): void {
    if (this.focusField) this.editing.focus(this.focusField)
  }

  protected bar(): TemplateResult {
    return html`<pawkit-record-bar
      .model=${this.model}
      .recordId=${this.recordId}
      .saving=${this.saving}
      .layout=${this.layout}
    ></pawkit-record-bar>
      ${this.editing.problem === null ? nothing : html`<div class="trouble">${problemLine(this.editing.problem)}</div>`}`
  }
}
