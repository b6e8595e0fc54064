import { isPurged, type RecordState } from '../core/records.ts'

/** Hands the whole library out as a JSON file, before it is removed from this device. */
export function downloadLibrary(records: readonly RecordState[]): void {
  const content = JSON.stringify(
    { pawkit: 1, records: records.filter((record) => !isPurged(record)) },
    null,
    2,
  )
  const url = URL.createObjectURL(new Blob([content], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'pawkit-library.json'
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
