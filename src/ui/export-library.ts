import { isPurged, type RecordState } from '../core/records.ts'

/** Hands the whole library out as a JSON file, before it is removed from this device. */
export function downloadLibrary(records: readonly RecordState[], name = 'library'): void {
  downloadJson({ pawkit: 1, records: records.filter((record) => !isPurged(record)) }, name)
}

/** Hands a value out as a JSON file whose name begins with `pawkit-`. */
export function downloadJson(value: unknown, name: string): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `pawkit-${name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60)}.json`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** Hands the texts of a record to the clipboard; false where there is none or the browser does not allow it. */
export function copyRecord(record: RecordState | undefined): Promise<boolean> {
  if (!record) return Promise.resolve(false)
  const { name, title, url, description, content } = record.fields
  const parts = [name, title, url, description, content].filter(
    (part) => typeof part === 'string' && part !== '',
  )
  return copyText(parts.join('\n\n'))
}

/** Hands a text to the clipboard; false where the browser does not allow it. */
export function copyText(text: string): Promise<boolean> {
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
}
