import { css, html, nothing, type TemplateResult } from 'lit'
import { titleOf } from '../../core/records.ts'
import { icon } from '../icons.ts'
import type { RecordView } from '../model.ts'
import { ask } from '../requests.ts'

const open = (event: Event, id: string): void => {
  if (event.currentTarget) ask(event.currentTarget, { open: { is: 'resolve', id } })
}

/** Button `Resolve conflict` of a record that was changed in two places, and nothing for any other. */
export const resolveButton = (view: RecordView | undefined, words = 'Resolve conflict'): TemplateResult =>
  view?.state !== 'conflict'
    ? html`${nothing}`
    : html`<button
        class="resolve outlined"
        aria-label="Resolve conflict"
        aria-description=${titleOf(view.record)}
        @click=${(event: Event) => open(event, view.record.id)}
      >${icon('apart')}${words}</button>`

export const resolveStyles = css`
  .resolve {
    color: var(--warn);
    font-size: var(--text-13);
    white-space: nowrap;
  }
  /* In a list the button stands in the mark's place; the words of the mark stay for who cannot see it. */
  .marks:has(.resolve) .state-mark .icon {
    display: none;
  }
`
