import { LitElement } from 'lit'
import { ModelController, type ModelEvent } from './controllers/model-controller.ts'
import type { PageModel } from './model.ts'

/** What our elements share: the model, handed down as a property, and the events of it that make one render anew. */
export class PawkitElement extends LitElement {
  static override properties = { model: { attribute: false } }
  declare model: PageModel

  protected watch(...events: ModelEvent[]): void {
    new ModelController(this, () => this.model, events)
  }
}
