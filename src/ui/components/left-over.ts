import { css, html, nothing, type TemplateResult } from 'lit'
import { isDeleted, type RecordState } from '../../core/records.ts'
import { fieldName, valueWords } from '../conflict-words.ts'
import { copyText } from '../export-library.ts'
import type { Draft } from '../merge/draft.ts'
import { asEdit, wordsOf } from '../merge/left-over.ts'
import type { PageModel, RecordView } from '../model.ts'
import { problemOf } from '../outcome.ts'

/** The record as it is now, in the fields that a person wrote, so that saving overwrites nothing unseen. */
export function leftOver(
  { fields }: Draft,
  record: RecordState,
  records: ReadonlyMap<string, RecordView>,
): TemplateResult {
  return html`<section class="now" aria-labelledby="now">
    <h3 id="now">As it is now</h3>
    ${isDeleted(record) ? html`<p>It is in the Trash; saving brings it back.</p>` : nothing}
    ${fields.map(({ of: { field } }) => {
      const words = valueWords(field, record.fields[field], records, Date.now())
      return html`<p class="soft small">${fieldName(field)}</p>
        <div class="value" dir="auto" tabindex="0" role="group" aria-label=${`${fieldName(field)} as it is now`}
          >${words === '' ? html`<i class="soft">Empty</i>` : words}</div>`
    })}
  </section>`
}

/** @returns why it was not saved; null where it was */
export async function saveLeft(
  model: Pick<PageModel, 'edit'>,
  draft: Draft,
  record: RecordState,
): Promise<string | null> {
  const { shown, typed } = asEdit(draft, record)
  return problemOf(await model.edit(record.id, shown, typed))
}

/** @returns why it was not copied; null where it was */
export async function copyLeft(draft: Draft): Promise<string | null> {
  const copied = await copyText(wordsOf(draft))
  return copied ? null : 'This browser does not let Pawkit copy. Select the text and copy it by hand.'
}

export const leftOverStyles = css`
  .now {
    margin-top: 16px;
    padding: 12px 16px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .now .value {
    max-height: 9.6em;
    overflow: auto;
    line-height: 1.6;
    white-space: pre-line;
    overflow-wrap: anywhere;
  }
`
