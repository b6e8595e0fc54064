import { html, nothing, type TemplateResult } from 'lit'
import { isDeleted, text, titleOf } from '../../core/records.ts'
import { fieldName, valueWords } from '../conflict-words.ts'
import type { RecordView } from '../model.ts'
import { type Draft, fieldsOf } from './draft.ts'

const TEXTS = ['content', 'description']
const FACTS = ['url', 'tags', 'collectionIds', 'parentId']

/** The record as it will be when the merge is saved. */
export function preview(draft: Draft, records: ReadonlyMap<string, RecordView>): TemplateResult {
  const { mine } = draft.view
  const record = { ...mine, fields: { ...mine.fields, ...fieldsOf(draft) } }
  const facts = FACTS.map((field) => [field, valueWords(field, record.fields[field], records, 0)] as const)
  const said = facts.filter(([field, words]) => words !== '' && record.fields[field] !== undefined)
  return html`<section class="preview" role="region" aria-label="Preview" tabindex="-1">
    <h3 dir="auto">${titleOf(record)}</h3>
    ${isDeleted(record) ? html`<p class="soft">It goes to the Trash, as it is here.</p>` : nothing}
    ${
      said.length === 0
        ? nothing
        : html`<dl>${said.map(([field, words]) => html`<dt>${fieldName(field)}</dt><dd dir="auto">${words}</dd>`)}</dl>`
    }
    ${TEXTS.map((field) => {
      const words = text(record.fields[field])
      return words === '' ? nothing : html`<div class="text" dir="auto">${words}</div>`
    })}
  </section>`
}
