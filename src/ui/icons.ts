import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit'
import type { RecordSyncState } from '../core/status.ts'

/** Line icons on a 20 px grid, drawn here so that none is fetched. Always decoration: the words stand beside them. */
const draw = (shape: SVGTemplateResult): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${shape}</svg>`

const CLOUD = 'M6 15.5a3.5 3.5 0 0 1-.6-6.95 4.8 4.8 0 0 1 9.3 1.02A3 3 0 0 1 14.5 15.5'

const SHAPES = {
  library: svg`<path d="M3.5 4.5h4v11h-4zM7.5 4.5h4v11h-4zM12.2 5.2l3.3-.8 2 10.5-3.3.7z"/>`,
  note: svg`<path d="M5 3.5h7l3.5 3.5v9.5H5zM12 3.5V7h3.5M7.5 10.5h5M7.5 13.5h3.5"/>`,
  card: svg`<path d="M8.5 11.5a3 3 0 0 0 4.3.2l2.4-2.4a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3-.2l-2.4 2.4A3 3 0 0 0 9.1 15l1-1"/>`,
  collection: svg`<path d="M3 6.2A1.7 1.7 0 0 1 4.7 4.5h3l1.8 2h5.8A1.7 1.7 0 0 1 17 8.2v5.6a1.7 1.7 0 0 1-1.7 1.7H4.7A1.7 1.7 0 0 1 3 13.8z"/>`,
  search: svg`<circle cx="9" cy="9" r="5"/><path d="m13 13 3.5 3.5"/>`,
  plus: svg`<path d="M10 4.5v11M4.5 10h11"/>`,
  trash: svg`<path d="M4 6h12M8 6V4h4v2M5.5 6l.7 10h7.6l.7-10M8.5 9v4.5M11.5 9v4.5"/>`,
  settings: svg`<path d="M3.5 6.5h7M14.5 6.5h2M3.5 13.5h2M9.5 13.5h7"/><circle cx="12.5" cy="6.5" r="2"/><circle cx="7.5" cy="13.5" r="2"/>`,
  menu: svg`<path d="M3.5 6h13M3.5 10h13M3.5 14h13"/>`,
  back: svg`<path d="M12 4.5 6.5 10l5.5 5.5"/>`,
  close: svg`<path d="m5.5 5.5 9 9M14.5 5.5l-9 9"/>`,
  pin: svg`<path d="M7.5 3.5h5l-.6 5 2.6 2.5h-9l2.6-2.5zM10 11v5.5"/>`,
  tag: svg`<path d="M3.5 4v5.2l7.3 7.3 5.7-5.7-7.3-7.3H4a.5.5 0 0 0-.5.5z"/><circle cx="7" cy="7" r=".9"/>`,
  person: svg`<circle cx="10" cy="7" r="3"/><path d="M4 16.5c.7-3 3-4.5 6-4.5s5.3 1.5 6 4.5"/>`,
  out: svg`<path d="M11.5 4.5v-1h-7v13h7v-1M8.5 10h8M13.5 7l3 3-3 3"/>`,
  open: svg`<path d="M11 4h5v5M16 4l-7.5 7.5M8.5 5H4v11h11v-4.5"/>`,
  restore: svg`<path d="M4.5 8.5h7a4 4 0 0 1 0 8h-4M7.5 5.5l-3 3 3 3"/>`,
  history: svg`<path d="M3.6 10a6.4 6.4 0 1 0 2-4.6L3.8 7M3.6 3.7V7.2h3.5M10 6.6V10l2.5 1.6"/>`,
  cloud: svg`<path d="${CLOUD}H6"/><path d="m7.6 11.8 1.7 1.7 3-3.2"/>`,
  'cloud-up': svg`<path d="${CLOUD}"/><path d="M10 16.5v-5.5M7.8 12.8 10 10.6l2.2 2.2"/>`,
  'cloud-off': svg`<path d="${CLOUD}H6M4 3.5l12.5 13"/>`,
  turning: svg`<path d="M15.8 8.5A6 6 0 0 0 5 6.7L3.8 8.2M4.2 11.5A6 6 0 0 0 15 13.3l1.2-1.5M3.8 4.7v3.5h3.5M16.2 15.3v-3.5h-3.5"/>`,
  alert: svg`<circle cx="10" cy="10" r="6.7"/><path d="M10 6.5v4.2M10 13.4v.1"/>`,
  apart: svg`<path d="M8 10H2.8M5.3 7.3 2.6 10l2.7 2.7M12 10h5.2M14.7 7.3l2.7 2.7-2.7 2.7"/>`,
  device: svg`<rect x="6" y="3" width="8" height="14" rx="1.5"/><path d="M9 14.5h2"/>`,
} as const

export type IconName = keyof typeof SHAPES
export const icon = (name: IconName): TemplateResult => draw(SHAPES[name])

const MARKS: Readonly<Record<RecordSyncState, IconName>> = {
  local: 'device',
  pending: 'cloud-up',
  syncing: 'turning',
  synced: 'cloud',
  failed: 'alert',
  conflict: 'apart',
}
export const stateIcon = (state: RecordSyncState): TemplateResult => icon(MARKS[state])

/** The app's own mark, the same shape as public/icons/icon.svg in one colour: a card with a paw on it. */
export const mark = (): TemplateResult =>
  html`<svg class="app-mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
    <path class="back" d="M9.5 3.5h13.7a3 3 0 0 1 3 3V24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>
    <rect class="card" x="3.5" y="7" width="19.5" height="22" rx="4" fill="currentColor"/>
    <g class="paw">
      <ellipse cx="8.3" cy="17" rx="1.7" ry="2.2" transform="rotate(-24 8.3 17)"/>
      <ellipse cx="11.6" cy="13.8" rx="1.7" ry="2.3" transform="rotate(-7 11.6 13.8)"/>
      <ellipse cx="15.6" cy="14" rx="1.7" ry="2.3" transform="rotate(9 15.6 14)"/>
      <ellipse cx="18.7" cy="17.4" rx="1.7" ry="2.2" transform="rotate(26 18.7 17.4)"/>
      <path d="M13.5 18.3c2.5 0 5 2.7 5 4.9 0 1.5-1.2 2.2-2.5 2.2-1 0-1.7-.4-2.5-.4s-1.5.4-2.5.4c-1.3 0-2.5-.7-2.5-2.2 0-2.2 2.5-4.9 5-4.9z"/>
    </g>
  </svg>`
