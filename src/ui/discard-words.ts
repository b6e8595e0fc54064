import { isPurged } from '../core/records.ts'
import type { Held } from '../core/settle.ts'

const TRASH = 'it goes to the Trash on this device, with all its text'
const BACK = 'The record goes back to what the server has.'
const KEPT = 'Your text stays in its version history on this device.'

/** Where a change that is given up leaves its record, and where its text stays (core/failed.ts). */
export function discardWords({ base, entry }: Held): string {
  // What came while a request was on its way is the server's newest.
  const there = entry?.parked ?? base
  if (there && !isPurged(there))
    return there.version > 0
      ? `${BACK} ${KEPT}`
      : `The server has it no more: the record goes back to what it was before, and is sent whole. ${KEPT}`
  const gone = there ? 'It was deleted for good on another device' : 'It was never on the server'
  if (!entry?.flight) return `${gone}: ${TRASH}.`
  const before = there ? `${gone}. ` : ''
  return `${before}If this change has not arrived yet, ${TRASH}; if it has, the record goes back to what arrived. ${KEPT}`
}
