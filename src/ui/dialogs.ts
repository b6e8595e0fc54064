import { html, type TemplateResult } from 'lit'
import './components/discard-dialog.ts'
import './components/discard-draft-dialog.ts'
import './components/new-card-dialog.ts'
import './components/new-collection-dialog.ts'
import './components/other-library-dialog.ts'
import './components/purge-dialog.ts'
import './components/sign-in-dialog.ts'
import './components/sign-out-dialog.ts'
import './components/vanish-dialog.ts'
import type { PageModel } from './model.ts'
import type { Dialog } from './requests.ts'

/** What elements ask for, and what only the model opens. */
export type ShownDialog = Dialog | { readonly is: 'vanishing' }

export function dialogFor(
  model: PageModel,
  dialog: ShownDialog,
  collection: string | null,
  closed: () => void,
): TemplateResult {
  switch (dialog.is) {
    case 'new-card':
      return html`<pawkit-new-card-dialog .model=${model} .inside=${collection} @closed=${closed}></pawkit-new-card-dialog>`
    case 'new-collection':
      return html`<pawkit-new-collection-dialog .model=${model} @closed=${closed}></pawkit-new-collection-dialog>`
    case 'sign-in':
      return html`<pawkit-sign-in-dialog .model=${model} @closed=${closed}></pawkit-sign-in-dialog>`
    case 'sign-out':
      return html`<pawkit-sign-out-dialog .model=${model} @closed=${closed}></pawkit-sign-out-dialog>`
    case 'discard':
      return html`<pawkit-discard-dialog .model=${model} .recordId=${dialog.id} @closed=${closed}></pawkit-discard-dialog>`
    case 'draft':
      return html`<pawkit-discard-draft-dialog .model=${model} .draftId=${dialog.id} @closed=${closed}></pawkit-discard-draft-dialog>`
    case 'purge':
      return html`<pawkit-purge-dialog .model=${model} .recordId=${dialog.id} @closed=${closed}></pawkit-purge-dialog>`
    case 'versions':
      return html`<pawkit-version-history .model=${model} .recordId=${dialog.id} @closed=${closed}></pawkit-version-history>`
    case 'resolve':
      loadResolving(model, closed)
      return html`<pawkit-resolve-dialog .model=${model} .recordId=${dialog.id} @closed=${closed}></pawkit-resolve-dialog>`
    case 'vanishing':
      return html`<pawkit-vanish-dialog .model=${model} @closed=${closed}></pawkit-vanish-dialog>`
    case 'other-library':
      return html`<pawkit-other-library-dialog .model=${model} .other=${dialog} @closed=${closed}></pawkit-other-library-dialog>`
  }
}

/** Few open it, so it is no part of the first load; what is in the page upgrades when it has come. */
function loadResolving(model: PageModel, closed: () => void): void {
  import('./components/resolve-dialog.ts').catch(() => {
    model.notify(
      'alert',
      'The dialog could not be loaded. Reload the page and try again; the conflict stays open.',
    )
    closed()
  })
}
