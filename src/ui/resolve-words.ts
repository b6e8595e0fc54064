import type { Resolution } from '../core/conflict.ts'
import { isPurged, type RecordState, titleOf } from '../core/records.ts'
import type { ConflictView } from './model.ts'

/** What the dialog `Resolve conflict` says of what becomes of the two sides, and of what a person wrote. */
export const SETTLED = 'This conflict is settled meanwhile; what you wrote is still here.'
export const MERGED = 'The merged version is kept. What you wrote beside it is still here.'
export const NOT_LOADED =
  'The merge editor could not be loaded. Reload the page and try again; what you wrote is kept.'

const KEPT: Readonly<Record<Resolution['take'], string>> = {
  local: 'This device’s version',
  server: 'The server’s version',
  merged: 'The merged version',
}

export function keptWords({ title, theirs }: ConflictView, take: Resolution['take']): string {
  const kept = `${KEPT[take]} of “${title}” is kept`
  if (!isPurged(theirs)) return `${kept}; the rest is in its version history.`
  return take === 'server' ? `“${title}” is deleted for good.` : `${kept}.`
}

export const settledWords = (title: string): string => `The conflict of “${title}” is settled already.`

export function changedWords(theirs: boolean, merging: boolean): string {
  const which = theirs ? 'The other version' : 'This device’s version'
  const kept = merging ? ' What you chose and wrote is kept.' : ''
  return `${which} has changed meanwhile and is shown as it is now.${kept}`
}

export const whatStays = ({ theirs }: ConflictView): string =>
  isPurged(theirs)
    ? 'It was deleted for good there: with that version, what is here goes for good too.'
    : 'What you do not keep stays in its version history.'

/** @param record as it is now; null: it is gone */
export const leftWords = (title: string, record: RecordState | null): string =>
  record
    ? `Save what you wrote in “${titleOf(record)}” as an edit, copy it, or give it up.`
    : `“${title}” is not on this device any more. Copy what you wrote, or give it up.`
