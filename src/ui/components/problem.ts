import { html, nothing, type TemplateResult } from 'lit'
import { icon } from '../icons.ts'

/** Under a field: why it was not saved, in words, said at once to who cannot see it. */
export const problemLine = (problem: string | TemplateResult | null): TemplateResult | typeof nothing =>
  problem === null
    ? nothing
    : html`<p class="problem" role="alert">${icon('alert')}<span>${problem}</span></p>`
