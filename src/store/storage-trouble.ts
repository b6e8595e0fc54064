/**
 * Why the library on this device can be neither read nor written for now, each with its remedy:
 * - `full`: no room left; free some, try again
 * - `lost`: the browser let go of the database twice; try again, else reload
 * - `gone`: the browser removed the database; put back what the page still holds
 * - `newer`: a newer Pawkit has opened it; reload
 * - `blocked`: an older tab does not let go; close that
 * - `broken`: the browser cannot read its own files; take out what is left
 */
export type StorageTrouble = 'full' | 'lost' | 'gone' | 'newer' | 'blocked' | 'broken'

/**
 * Faults that browsers have no name for, as errors of the same kind as theirs.
 * - `OpeningTimeout`: a frozen tab of an older version may not let go (design.md, "When a request fails")
 * - `Gone`: the database that was open is not there any more; it was not made anew
 */
export const fault = (name: 'OpeningTimeout' | 'Gone'): DOMException => new DOMException('', name)

const BY_NAME: ReadonlyMap<string, StorageTrouble> = new Map([
  ['QuotaExceededError', 'full'],
  ['VersionError', 'newer'],
  ['InvalidStateError', 'lost'],
  ['AbortError', 'lost'],
  ['OpeningTimeout', 'blocked'],
  ['Gone', 'gone'],
  ['UnknownError', 'broken'],
  ['NotFoundError', 'broken'],
  ['NotReadableError', 'broken'],
  ['DataError', 'broken'],
  ['EncodingError', 'broken'],
  ['TimeoutError', 'broken'],
])

/** WebKit says so when its database process has ended; Chromium's UnknownError means files that it cannot read. */
const LET_GO = /connection (?:to|is|was).*(?:lost|clos)/i

/** What an error says of the database; null: it is not the storage's fault. */
export function troubleOf(error: unknown): StorageTrouble | null {
  if (!(error instanceof DOMException)) return null
  if (error.name === 'UnknownError' && LET_GO.test(error.message)) return 'lost'
  return BY_NAME.get(error.name) ?? null
}
