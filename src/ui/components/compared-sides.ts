import { html, type TemplateResult } from 'lit'
import { type Comparison, comparedFields } from './compared-fields.ts'
import { problemLine } from './problem.ts'

interface Choices extends Comparison {
  readonly problem: string | TemplateResult | null
  /** A merge was begun and not saved. */
  readonly begun: boolean
  readonly later: () => void
  readonly take: (side: 'local' | 'server') => void
  readonly merge: () => void
}

/** Both versions beside each other, and what may become of them. */
export function comparedSides(choices: Choices): TemplateResult {
  const { problem, begun, later, take, merge } = choices
  return html`${comparedFields(choices)}
    <div class="bar">
      ${problemLine(problem)}
      <button class="later" @click=${later}>Not now</button>
      <button class="outlined" @click=${() => take('local')}>Keep local version</button>
      <button class="outlined" @click=${() => take('server')}>Use server version</button>
      <button id="merge" class="primary" aria-label="Merge both" title=${begun ? 'Go on merging both' : 'Merge both'} @click=${merge}>Merge both</button>
    </div>`
}
