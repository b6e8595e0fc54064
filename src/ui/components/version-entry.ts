import { html, nothing, type TemplateResult } from 'lit'
import type { Shown } from '../../core/excerpt.ts'
import type { FieldPart, HistoryItem, PutBack } from '../history.ts'
import { CREATED, OLDEST } from '../history-words.ts'
import { count, fullTime, momentOf } from '../words.ts'

/** One entry of the timeline. `of` is the id of the record's title: each button is described by it and the version. */
export function versionEntry(
  item: HistoryItem,
  of: string,
  now: number,
  restore: (values: PutBack) => void,
): TemplateResult {
  const { key, at, who, where, parts, undo } = item
  const button = (words: string, values: PutBack): TemplateResult =>
    html`<button class="outlined" aria-describedby="${of} ${key}" @click=${() => restore(values)}>${words}</button>`
  const says = [item.says, item.now ? 'As it is now' : null].filter((words) => words !== null).join(' · ')
  return html`<li class="version ${item.is} ${item.now ? 'now' : ''}">
    <div class="line">
      <p class="when" id=${key}><time datetime=${new Date(at).toISOString()} title=${fullTime(at)}>${momentOf(at, now)}</time> ${who}${where ? html` · ${where}` : nothing}</p>
      <span class="choices">${undo ? button('Undo this merge', undo) : nothing}${undo && item.is === 'aside' ? nothing : button('Restore', item)}</span>
    </div>
    ${says === '' ? nothing : html`<p class="says">${says}</p>`}
    ${parts.length === 0 ? html`<p class="note">${nothingIn(item)}</p>` : parts.map(part)}
    ${item.comparedWith === 'now' && parts.length > 0 ? html`<p class="note">Compared with how it is now.</p>` : nothing}
  </li>`
}

function nothingIn({ comparedWith, says }: HistoryItem): string {
  if (comparedWith === 'now') return 'The same as it is now.'
  if (says === OLDEST) return 'What changed before it is no longer known.'
  return says === CREATED ? 'Empty.' : 'Nothing in it changed.'
}

function part({ label, is }: FieldPart): TemplateResult {
  if (is.is === 'words') return html`<p class="part">${is.words}</p>`
  return html`<div class="part">
    <h3>${label}</h3>
    ${
      is.is === 'set'
        ? html`<p class="chips">${is.added.map((item) => html`<ins dir="auto">${item}</ins> `)}${is.removed.map((item) => html`<del dir="auto">${item}</del> `)}</p>`
        : html`<p class="text" dir="auto">${is.excerpt.shown.map(piece)}</p>
            ${is.excerpt.more > 0 ? html`<p class="note">And ${count(is.excerpt.more, 'more change')}.</p>` : nothing}`
    }
  </div>`
}

function piece(shown: Shown): TemplateResult | string {
  switch (shown.is) {
    case 'same':
      return shown.text
    case 'ins':
      return html`<ins>${visible(shown.text)}</ins>`
    case 'del':
      return html`<del>${visible(shown.text)}</del>`
    case 'fold':
      return html`<span class="fold" title="Left out here"><span aria-hidden="true">···</span><span class="visually-hidden"> left out </span></span>`
  }
}

/** A change of nothing but white space would be a mark that nobody sees. */
const visible = (text: string): string =>
  /^\s+$/.test(text) ? text.replaceAll('\n', '↵\n').replaceAll(/[^\S\n]/g, '·') : text
