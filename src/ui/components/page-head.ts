import { html, nothing, type TemplateResult } from 'lit'
import type { Layout } from '../controllers/layout-controller.ts'
import { icon } from '../icons.ts'

/** The heading of a page that is no record, with the way back where the list is not beside it. */
export const pageHead = (words: string, layout: Layout): TemplateResult =>
  html`<div class="head">
    ${
      layout === 'phone'
        ? html`<a class="button bare" href="/" data-back aria-label="Back" title="Back">${icon('back')}</a>`
        : nothing
    }
    <h2 class="headline" tabindex="-1">${words}</h2>
  </div>`
