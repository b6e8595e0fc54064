import { css, html, nothing, type TemplateResult } from 'lit'
import { guard } from 'lit/directives/guard.js'
import { type RecordState, titleOf } from '../../core/records.ts'
import { icon } from '../icons.ts'
import { changedAt, collectionNames } from '../library.ts'
import type { RecordView } from '../model.ts'
import { pathOf } from '../router.ts'
import { count, fullTime, gist, shortTime } from '../words.ts'
import { resolveButton, resolveStyles } from './resolve-button.ts'
import { stateMark } from './state-mark.ts'

export interface EntryContext {
  readonly records: ReadonlyMap<string, RecordView>
  /** The path of what is open beside the list. */
  readonly current: string
  /** The collection that the list shows: not worth saying again in each entry. */
  readonly inside: string | null
  /** How many records a collection holds. */
  readonly holds: (id: string) => number
}

/** One of eight hues for a letter tile, the same for the same host on every device. */
function hueOf(name: string): number {
  let sum = 0
  for (let i = 0; i < name.length; i++) sum = (sum * 31 + name.charCodeAt(i)) % 9973
  return sum % 8
}

export function tile(view: RecordView): TemplateResult {
  const { record } = view
  if (record.kind !== 'card') {
    return html`<span class="tile" aria-hidden="true">${icon(record.kind === 'note' ? 'note' : 'collection')}</span>`
  }
  const name = gist(record) || titleOf(record)
  // The letter is drawn by CSS: an entry's text begins with its title and nothing else.
  return html`<span class="tile letter" data-hue=${hueOf(name)} data-letter=${[...name][0]?.toUpperCase() ?? ''} aria-hidden="true"></span>`
}

function secondLine(record: RecordState, first: string, inside: string): TemplateResult {
  const at = changedAt(record)
  return html`<span class="gist" dir="auto">${first}</span>
    ${inside ? html`<span class="inside">${inside}</span>` : nothing}
    ${
      at > 0
        ? html`<time datetime=${new Date(at).toISOString()} title=${fullTime(at)}>${shortTime(at)}</time>`
        : nothing
    }`
}

/** A list entry. No white space before the title: what reads the entry's text hears the title first. */
function render(view: RecordView, current: boolean, holds: number, inside: string): TemplateResult {
  const { record } = view
  const first = record.kind === 'collection' ? count(holds, 'record') : gist(record)
  return html`<li class="entry"><a class="title" href=${pathOf(record)} dir="auto" aria-current=${current ? 'page' : nothing}>${titleOf(record)}</a>
    ${tile(view)} <span class="second">${secondLine(record, first, inside)}</span>
    <span class="marks">${
      view.record.fields.pinned === true
        ? html`<span class="pinned" title="Pinned">${icon('pin')}<span class="visually-hidden">Pinned</span></span>`
        : nothing
    }
    ${stateMark(view)}${resolveButton(view, 'Resolve')}</span></li>`
}

/** Made anew only when something it shows has changed; `day` because “Yesterday” does by itself. */
export function entry(view: RecordView, context: EntryContext) {
  const { record } = view
  const current = pathOf(record) === context.current
  const holds = record.kind === 'collection' ? context.holds(record.id) : 0
  const inside = collectionNames(context.records, record, context.inside).join(', ')
  const day = new Date().getDate()
  return guard([view, current, holds, inside, day], () => render(view, current, holds, inside))
}

export const entryStyles = css`
  ${resolveStyles}
  .entry {
    position: relative;
    display: grid;
    grid-template: 'tile title marks' auto 'tile second marks' auto / 36px minmax(0, 1fr) auto;
    column-gap: 12px;
    align-content: center;
    height: 64px;
    padding: 0 12px;
    border-radius: var(--radius);
    /* Entries out of sight cost nothing to lay out. */
    content-visibility: auto;
    contain-intrinsic-size: auto 64px;
  }
  .entry .title {
    grid-area: title;
    align-self: end;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-weight: var(--weight-strong);
    line-height: 1.4;
    text-decoration: none;
    outline: none;
    -webkit-tap-highlight-color: transparent;
  }
  /* The whole entry opens it, while the link's name stays the title alone. */
  .entry a.title::after {
    content: '';
    position: absolute;
    inset: 1px 0;
    border-radius: var(--radius);
  }
  @media (hover: hover) {
    .entry:hover a.title::after {
      background: var(--hover);
    }
  }
  .entry .title[aria-current]::after {
    background: var(--selected);
  }
  @media (forced-colors: active) {
    .entry .title[aria-current]::after {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
  .entry .title:focus-visible::after {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  .second {
    grid-area: second;
    display: flex;
    min-width: 0;
    color: var(--ink-soft);
    font-size: var(--text-13);
    line-height: 1.4;
    white-space: nowrap;
  }
  .second > * {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .second > * + *:not(:empty)::before {
    content: '·';
    margin: 0 5px;
  }
  .second > :empty + *::before {
    content: none;
  }
  .gist {
    flex: 0 1 auto;
  }
  .inside {
    flex: none;
    max-width: 42%;
  }
  .second time {
    flex: none;
    font-variant-numeric: tabular-nums;
  }
  .tile {
    grid-area: tile;
    align-self: center;
    display: grid;
    place-items: center;
    width: 36px;
    height: 36px;
    border-radius: var(--radius-control);
    background: color-mix(in oklab, var(--ink) 6%, var(--paper));
    color: var(--ink-soft);
  }
  .letter {
    --hue: 45;
    background: light-dark(oklch(93% 0.035 var(--hue)), oklch(33% 0.045 var(--hue)));
    color: light-dark(oklch(42% 0.09 var(--hue)), oklch(88% 0.06 var(--hue)));
    font-weight: var(--weight-title);
    font-size: var(--text-15);
  }
  .letter::before {
    content: attr(data-letter);
  }
  .letter[data-hue='1'] {
    --hue: 85;
  }
  .letter[data-hue='2'] {
    --hue: 125;
  }
  .letter[data-hue='3'] {
    --hue: 165;
  }
  .letter[data-hue='4'] {
    --hue: 215;
  }
  .letter[data-hue='5'] {
    --hue: 260;
  }
  .letter[data-hue='6'] {
    --hue: 305;
  }
  .letter[data-hue='7'] {
    --hue: 350;
  }
  .marks {
    grid-area: marks;
    align-self: center;
    display: flex;
    align-items: center;
    gap: 6px;
    /* Above the link's layer, so that the tooltip in words can be reached. */
    position: relative;
    color: var(--ink-soft);
  }
  .pinned .icon {
    width: 16px;
    height: 16px;
  }
`
