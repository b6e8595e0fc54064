import { html, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import './pages/card-page.ts'
import './pages/collection-page.ts'
import './pages/note-page.ts'
import './pages/quiet-page.ts'
import './pages/settings-page.ts'
import './pages/trash-page.ts'
import type { Layout } from './controllers/layout-controller.ts'
import { isLive } from './library.ts'
import type { PageModel } from './model.ts'
import type { Route, Router } from './router.ts'

/** The record that an address leads to now; a card that went in a merge leads to the one that stayed. */
export const openRecordId = (model: PageModel, route: Route): string | null =>
  route.page === 'record' ? model.resolveId(route.id) : null

/** @param arriving notes that are being made: their editor is there before they are */
export function detailFor(
  model: PageModel,
  router: Router,
  layout: Layout,
  arriving: ReadonlySet<string>,
): TemplateResult {
  const { route, focusField } = router
  if (route.page === 'trash')
    return html`<pawkit-trash-page .model=${model} .layout=${layout}></pawkit-trash-page>`
  if (route.page === 'settings') {
    return html`<pawkit-settings-page .model=${model} .layout=${layout}></pawkit-settings-page>`
  }
  const id = openRecordId(model, route)
  const view = id === null ? undefined : model.records.get(id)
  const there = isLive(view) || (!view && id !== null && arriving.has(id))
  const kind = view?.record.kind ?? 'note'
  if (id === null || route.page !== 'record' || !there || kind !== route.kind) {
    const gone = view && view.record.fields.purged !== true && !isLive(view)
    return html`<pawkit-quiet-page .model=${model} .route=${route} .recordId=${gone ? id : id && ''} .layout=${layout}></pawkit-quiet-page>`
  }
  // A new address is a new element, so that no caret or scroll is handed on; a merge of the open card is not.
  return html`${keyed(route.id, page(model, route.kind, id, layout, focusField))}`
}

function page(
  model: PageModel,
  kind: string,
  id: string,
  layout: Layout,
  focus: string | null,
): TemplateResult {
  switch (kind) {
    case 'card':
      return html`<pawkit-card-page .model=${model} .recordId=${id} .layout=${layout} .focusField=${focus}></pawkit-card-page>`
    case 'collection':
      return html`<pawkit-collection-page .model=${model} .recordId=${id} .layout=${layout} .focusField=${focus}></pawkit-collection-page>`
    default:
      return html`<pawkit-note-page .model=${model} .recordId=${id} .layout=${layout} .focusField=${focus}></pawkit-note-page>`
  }
}
